package org.wavebridge.spark;

import java.nio.file.Path;
import java.util.Arrays;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.InputException;

/**
 * Makes audio of features, row by row of a table.
 *
 * <p>The column of features has one of these:
 *
 * <ul>
 *   <li>text: the place of a {@code .npy} or {@code .npz} file that every executor reaches;
 *   <li>binary: the bytes of such a file, as the source {@code binaryFile} reads them;
 *   <li>arrays of arrays of numbers, {@code [mels][frames]} or {@code [frames][mels]};
 *   <li>arrays of numbers, frame after frame.
 * </ul>
 *
 * <p>The rows that come out have these columns more: audio, {@link #SAMPLE_RATE}, {@link #SEED},
 * {@link #ERROR}. A row that cannot be made has an error and no audio, and stops no other. Rows of
 * a partition are made in lockstep batches, on as many threads as {@code spark.task.cpus} says, and
 * come out in another order.
 */
public final class VocoderTransformer {
  /** Samples per second, a column of integers. */
  public static final String SAMPLE_RATE = "sample_rate";

  /** The seed that a row was made with, a column of long integers. */
  public static final String SEED = "seed";

  /** Why there is no audio; null where there is. */
  public static final String ERROR = "error";

  private final Path bundle;
  private final VocodeSettings settings;
  private final VocodeColumns columns;

  /**
   * A transformer with a bundle of the driver's machine, which it gives to the executors.
   *
   * @param bundle a folder or a zip
   */
  public VocoderTransformer(Path bundle, VocodeSettings settings, VocodeColumns columns) {
    this.bundle = bundle;
    this.settings = settings;
    this.columns = columns;
  }

  /**
   * The table with audio; computed when the result is used.
   *
   * @throws InputException if a column is missing, or one that is added is there
   * @throws BundleException if the bundle cannot be read, or has no graphs in the precision
   */
  public Dataset<Row> transform(Dataset<Row> table) {
    StructType schema = table.schema();
    requireColumns(schema);
    ShippedBundle.manifest(bundle, settings.precision());
    SparkContext context = table.sparkSession().sparkContext();
    StructType made =
        schema
            .add(columns.audio(), DataTypes.BinaryType)
            .add(SAMPLE_RATE, DataTypes.IntegerType)
            .add(SEED, DataTypes.LongType)
            .add(ERROR, DataTypes.StringType);
    VocodePartition partition =
        new VocodePartition(
            ShippedBundle.of(context, bundle),
            settings,
            columns,
            schema,
            made,
            new SerializableConfiguration(context.hadoopConfiguration()));
    return table.mapPartitions(partition, Encoders.row(made));
  }

  private void requireColumns(StructType schema) {
    for (String column : new String[] {columns.key(), columns.features(), columns.speaker()}) {
      if (column != null && !Arrays.asList(schema.fieldNames()).contains(column)) {
        throw new InputException(
            "expected a column '%s', found %s"
                .formatted(column, Arrays.toString(schema.fieldNames())));
      }
    }
    for (String column : new String[] {columns.audio(), SAMPLE_RATE, SEED, ERROR}) {
      if (Arrays.asList(schema.fieldNames()).contains(column)) {
        throw new InputException(
            "expected a table without column '%s', which is added; rename or drop it"
                .formatted(column));
      }
    }
  }
}
