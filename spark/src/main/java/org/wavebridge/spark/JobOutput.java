package org.wavebridge.spark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.util.SerializableConfiguration;
import org.wavebridge.graphs.InputException;
import org.wavebridge.runtime.bulk.BulkSettings;

/**
 * What a job writes: a folder of WAV files, or a Parquet table with a column of them.
 *
 * @param out the folder of either
 * @param table which of them
 */
record JobOutput(SparkSession spark, Path out, boolean table) {
  private static final String WAV = ".wav";
  private static final String PARQUET = ".parquet";

  private Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }

  /**
   * Begins the output, or goes on with one.
   *
   * @return the keys that are there
   * @throws InputException if it has files of another origin, or was begun with other settings
   */
  Set<String> begin(BulkSettings settings, VocodeColumns columns) throws IOException {
    BulkSettings own = table ? new BulkSettings(settings.text() + "output: table\n") : settings;
    Set<String> there = HadoopFiles.within(out, hadoop()).keySet();
    there.removeIf(name -> name.startsWith(HadoopFiles.UNFINISHED + "/"));
    if (there.contains(BulkSettings.FILE)) {
      own.requireSame(HadoopFiles.read(new Path(out, BulkSettings.FILE), hadoop()), out.toString());
    } else if (!there.isEmpty()) {
      throw new InputException(
          "%s: expected an empty folder, or one that this job began, found other files; choose another"
              .formatted(out));
    } else {
      write(BulkSettings.FILE, own.text());
    }
    if (table) {
      return there.stream().anyMatch(name -> name.endsWith(PARQUET))
          ? Set.copyOf(tableKeys(columns))
          : Set.of();
    }
    return there.stream()
        .filter(name -> name.endsWith(WAV))
        .map(name -> name.substring(0, name.length() - WAV.length()))
        .collect(Collectors.toSet());
  }

  private List<String> tableKeys(VocodeColumns columns) {
    Dataset<Row> made = spark.read().parquet(out.toString());
    return made.select(made.col(columns.key()).cast(DataTypes.StringType))
        .as(Encoders.STRING())
        .collectAsList();
  }

  /** Makes and writes rows. */
  void write(Dataset<Row> made, VocodeColumns columns, JobCounters counters) {
    if (table) {
      // What finished tasks have written stays where a job is ended; a task that is run again
      // replaces its own file.
      made.filter((FilterFunction<Row>) counters::good)
          .drop(columns.features(), VocoderTransformer.ERROR)
          .write()
          .mode(SaveMode.Append)
          .option("mapreduce.fileoutputcommitter.algorithm.version", "2")
          .parquet(out.toString());
    } else {
      made.foreachPartition(
          new WaveFiles(
              out.toString(), columns, counters, new SerializableConfiguration(hadoop())));
    }
  }

  /** Lists bad rows and removes what tasks that were ended have left. */
  void end(List<String> badRows) throws IOException {
    write(BulkSettings.BAD_ROWS, String.join("", badRows));
    Path unfinished = new Path(out, HadoopFiles.UNFINISHED);
    HadoopFiles.of(unfinished, hadoop()).delete(unfinished, true);
  }

  private void write(String name, String text) throws IOException {
    Path unfinished = new Path(new Path(out, HadoopFiles.UNFINISHED), name);
    HadoopFiles.replace(
        new Path(out, name), text.getBytes(StandardCharsets.UTF_8), unfinished, hadoop());
  }
}
