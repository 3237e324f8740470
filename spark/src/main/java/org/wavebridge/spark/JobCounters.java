package org.wavebridge.spark;

import java.io.Serializable;
import java.util.List;
import java.util.TreeSet;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.LongAccumulator;
import org.wavebridge.runtime.bulk.BulkSettings;

/** What became of rows. Spark's pages show the numbers with each stage while it runs. */
final class JobCounters implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int WAV_HEADER = 44;

  private final VocodeColumns columns;
  private final LongAccumulator made;
  private final LongAccumulator bad;
  private final LongAccumulator samples;
  private final CollectionAccumulator<String> reasons = new CollectionAccumulator<>();

  JobCounters(SparkContext context, VocodeColumns columns) {
    this.columns = columns;
    this.made = context.longAccumulator("wavebridge: rows made");
    this.bad = context.longAccumulator("wavebridge: rows bad");
    this.samples = context.longAccumulator("wavebridge: samples made");
    context.register(reasons);
  }

  /** Whether a row has audio; a bad one is noted. */
  boolean good(Row row) {
    if (row.isNullAt(row.fieldIndex(VocoderTransformer.ERROR))) {
      byte[] wav = row.getAs(columns.audio());
      made.add(1);
      samples.add((wav.length - WAV_HEADER) / 2);
      return true;
    }
    bad(String.valueOf(row.<Object>getAs(columns.key())), row.getAs(VocoderTransformer.ERROR));
    return false;
  }

  void bad(String key, String reason) {
    bad.add(1);
    reasons.add(BulkSettings.badRow(key, reason));
  }

  long made() {
    return made.value();
  }

  long samples() {
    return samples.value();
  }

  /** The lines of bad rows, each once, in the order of their keys. */
  List<String> badRows() {
    return List.copyOf(new TreeSet<>(reasons.value()));
  }
}
