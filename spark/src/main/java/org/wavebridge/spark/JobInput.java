package org.wavebridge.spark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.wavebridge.graphs.InputException;

/**
 * What a job reads: a folder of {@code .npy} and {@code .npz} files at any depth, whose keys are
 * their paths in it without the ending, or a Parquet table.
 */
final class JobInput {
  private static final List<String> ENDINGS = List.of(".npy", ".npz");
  private static final String TABLE_ENDING = ".parquet";

  private final SparkSession spark;
  private final Path in;
  private final SortedMap<String, Path> files;
  private final boolean table;

  /**
   * Looks at the input.
   *
   * @throws InputException if it is neither
   */
  JobInput(SparkSession spark, Path in) throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    this.spark = spark;
    this.in = in;
    SortedMap<String, Path> all = HadoopFiles.within(in, hadoop);
    this.table = all.keySet().stream().anyMatch(name -> name.endsWith(TABLE_ENDING));
    this.files = new TreeMap<>();
    all.forEach(
        (name, file) -> {
          if (ENDINGS.stream().anyMatch(name.toLowerCase(Locale.ROOT)::endsWith)) {
            add(name, file);
          }
        });
    if (table != files.isEmpty()) {
      throw new InputException(
          "%s: expected a folder with %s files, or a Parquet table, found %s"
              .formatted(in, String.join(", ", ENDINGS), table ? "both" : "neither"));
    }
  }

  private void add(String name, Path file) {
    Path other = files.put(name.substring(0, name.lastIndexOf('.')), file);
    if (other != null) {
      throw new InputException(
          "%s and %s: expected one file for a key, found two; move one away"
              .formatted(other, file));
    }
  }

  /** The columns to read: those named, or those that a folder gives. */
  VocodeColumns columns(VocodeColumns named) {
    return table ? named : VocodeColumns.defaults();
  }

  /**
   * The rows that are left to make.
   *
   * @param made keys that need not be made again
   * @param partitions of the rows, or 0 for as many as fit
   * @param batch rows of a batch
   */
  Dataset<Row> rows(VocodeColumns columns, Set<String> made, int partitions, int batch) {
    return table
        ? tableRows(columns, made, partitions)
        : fileRows(columns, made, partitions, batch);
  }

  private Dataset<Row> fileRows(VocodeColumns columns, Set<String> made, int parts, int batch) {
    List<Row> rows = new ArrayList<>();
    for (Map.Entry<String, Path> file : files.entrySet()) {
      if (!made.contains(file.getKey())) {
        rows.add(RowFactory.create(file.getKey(), file.getValue().toString()));
      }
    }
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    int fit = Math.max(context.defaultParallelism(), rows.size() / (4 * batch));
    int most = Math.max(1, rows.size());
    StructType schema =
        new StructType()
            .add(columns.key(), DataTypes.StringType)
            .add(columns.features(), DataTypes.StringType);
    return spark.createDataFrame(
        context.parallelize(rows, Math.min(most, parts > 0 ? parts : fit)), schema);
  }

  private Dataset<Row> tableRows(VocodeColumns columns, Set<String> made, int partitions) {
    Dataset<Row> rows = spark.read().parquet(in.toString());
    if (!List.of(rows.columns()).contains(columns.key())) {
      throw new InputException(
          "%s: expected a column '%s', found %s; see --key"
              .formatted(in, columns.key(), String.join(", ", rows.columns())));
    }
    Column key = rows.col(columns.key());
    List<Row> twice =
        rows.filter(key.isNotNull())
            .groupBy(key.cast(DataTypes.StringType).as("key"))
            .count()
            .filter("count > 1")
            .limit(1)
            .collectAsList();
    if (!twice.isEmpty()) {
      throw new InputException(
          "%s: expected one row for a key, found %d for '%s'"
              .formatted(in, twice.get(0).getLong(1), twice.get(0).getString(0)));
    }
    if (!made.isEmpty()) {
      Dataset<Row> there =
          spark.createDataset(List.copyOf(made), Encoders.STRING()).toDF("wavebridge_made");
      rows =
          rows.join(
              there,
              key.cast(DataTypes.StringType).equalTo(there.col("wavebridge_made")),
              "left_anti");
    }
    return partitions > 0 ? rows.repartition(partitions) : rows;
  }
}
