package org.wavebridge.spark;

import java.io.IOException;
import java.util.Iterator;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.ForeachPartitionFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Writes the rows of a partition to files of their keys' names, in an executor. A task that is run
 * again writes the same bytes to the same places.
 *
 * @param out the folder
 */
record WaveFiles(
    String out, VocodeColumns columns, JobCounters counters, SerializableConfiguration hadoop)
    implements ForeachPartitionFunction<Row> {
  /** A path downwards whose names can be written and are not taken for hidden ones. */
  private static final Pattern PATH =
      Pattern.compile("(?:[^/\\p{Cntrl}:._][^/\\p{Cntrl}:]*/)*[^/\\p{Cntrl}:._][^/\\p{Cntrl}:]*");

  @Override
  public void call(Iterator<Row> rows) throws IOException {
    Path folder = new Path(out);
    Path unfinished =
        new Path(new Path(folder, HadoopFiles.UNFINISHED), UUID.randomUUID().toString());
    while (rows.hasNext()) {
      Row row = rows.next();
      String key = String.valueOf(row.<Object>getAs(columns.key()));
      if (!PATH.matcher(key).matches()) {
        counters.bad(
            key,
            "expected a key that is the path of a file in the output folder, without names that begin with . or _, found '%s'"
                .formatted(key));
      } else if (counters.good(row)) {
        byte[] wav = row.getAs(columns.audio());
        HadoopFiles.write(new Path(folder, key + ".wav"), wav, unfinished, hadoop.value());
      }
    }
  }
}
