package org.wavebridge.spark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.graphs.PlainText;
import org.wavebridge.graphs.WaveBridgeException;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.runtime.FeatureScale;
import org.wavebridge.runtime.bulk.BulkSettings;
import org.wavebridge.runtime.bulk.BulkVocoder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The job for {@code spark-submit}: features in, a folder of WAV files or a table out. */
@Command(
    name = "WavebridgeJob",
    description = {
      "Turns a folder of features or a Parquet table into WAV files or a table with them, on Spark.",
      "Each row has a seed that its key gives: the first 8 bytes of SHA-256 over 'SEED:KEY', without the highest bit. The key of a file is its path in IN without the ending.",
      "A job that was ended is finished by the same command: rows that are there are not made again."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:the job failed",
      "2:wrong usage",
      "3:bad input, or rows that could not be made",
      "4:something missing on a machine"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  spark-submit --class org.wavebridge.spark.WavebridgeJob wavebridge-spark.jar mels spoken voice",
      "  spark-submit --class org.wavebridge.spark.WavebridgeJob wavebridge-spark.jar mels.parquet spoken.parquet voice --table --key id --features mel"
    })
public final class WavebridgeJob implements Callable<Integer> {
  private static final int BAD_INPUT = 3;
  private static final int MISSING = 4;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      paramLabel = "IN",
      description =
          "A folder with .npy and .npz files, at any depth, or a Parquet table, where all executors reach it.")
  private String in = "";

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      description =
          "A folder for the WAV files or the table, where all executors reach it: empty, or one that this job began with the same settings.")
  private String out = "";

  @Parameters(
      index = "2",
      paramLabel = "BUNDLE",
      description = "A bundle on the driver's machine, which gives it to the executors.")
  private Path bundle = Path.of("");

  @Option(names = "--table", description = "Write a Parquet table instead of WAV files.")
  private boolean table;

  @Option(
      names = "--key",
      paramLabel = "COLUMN",
      defaultValue = "key",
      description = "The column of a table with keys. Default: ${DEFAULT-VALUE}.")
  private String key = "key";

  @Option(
      names = "--features",
      paramLabel = "COLUMN",
      defaultValue = "features",
      description =
          "The column with features: paths or bytes of .npy files, arrays [mels][frames] or [frames][mels], or arrays frame after frame. Default: ${DEFAULT-VALUE}.")
  private String features = "features";

  @Option(
      names = "--speaker",
      paramLabel = "COLUMN",
      description = "The column with speakers' embeddings, for bundles that take them.")
  private @Nullable String speaker;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Seed of the whole, from which each row's seed is made. Default: 0.")
  private long seed;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "1",
      description = "Below 1 is more cautious, above 1 bolder. Default: 1.")
  private float temperature = 1;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "cpu",
      description = "What runs the graphs: cpu, stock or tensorrt. Default: ${DEFAULT-VALUE}.")
  private String backend = "cpu";

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = BundleManifest.F32,
      description = "Precision of the graphs. Default: ${DEFAULT-VALUE}.")
  private String precision = BundleManifest.F32;

  @Option(
      names = "--mel-scale",
      paramLabel = "SCALE",
      description =
          "The scale that the features are in, if not the bundle's: ${COMPLETION-CANDIDATES}.")
  private @Nullable FeatureScale scale;

  @Option(names = "--strict", description = "Refuse features that look like another scale's.")
  private boolean strict;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "" + BulkVocoder.DEFAULT_ROWS,
      description = "The most rows of a batch. Default: ${DEFAULT-VALUE}.")
  private int rows = BulkVocoder.DEFAULT_ROWS;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description =
          "Parts that the rows are divided into. Default: of files as many as the cluster has cores, or more of some batches each; of a table as Spark reads it.")
  private @Nullable Integer partitions;

  /** Runs the job and exits. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new WavebridgeJob())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler((error, line, parsed) -> failed(error, line));
  }

  /** One line that says what is wrong, and its exit code; of other errors the whole of them. */
  private static int failed(Exception error, CommandLine line) throws Exception {
    for (Throwable each = error; each != null; each = each.getCause()) {
      if (each instanceof WaveBridgeException ours) {
        line.getErr().println("wavebridge: " + PlainText.line(String.valueOf(ours.getMessage())));
        return ours instanceof BackendException ? MISSING : BAD_INPUT;
      }
    }
    throw error;
  }

  @Override
  public Integer call() throws IOException {
    if (!(temperature > 0) || Float.isInfinite(temperature)) {
      throw misuse("--temperature: expected a number above 0, found " + temperature);
    }
    if (rows < 1 || (partitions != null && partitions < 1)) {
      throw misuse("--rows and --partitions: expected 1 or more");
    }
    VocodeSettings settings =
        new VocodeSettings(
            backend.toLowerCase(Locale.ROOT),
            precision.toLowerCase(Locale.ROOT),
            seed,
            temperature,
            scale,
            strict,
            rows);
    SparkSession spark = SparkSession.builder().appName("wavebridge " + out).getOrCreate();
    try {
      return run(spark, settings);
    } finally {
      spark.stop();
    }
  }

  private int run(SparkSession spark, VocodeSettings settings) throws IOException {
    long start = System.nanoTime();
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    JobInput input = new JobInput(spark, HadoopFiles.qualified(in, hadoop));
    JobOutput output = new JobOutput(spark, HadoopFiles.qualified(out, hadoop), table);
    VocodeColumns columns =
        input.columns(new VocodeColumns(key, features, speaker, "audio", VocodeColumns.Form.WAV));
    BundleManifest manifest = ShippedBundle.manifest(bundle, settings.precision());
    Set<String> there =
        output.begin(
            BulkSettings.of(
                manifest, settings.opening(1), settings.generate(), settings.otherScale()),
            columns);
    JobCounters counters = new JobCounters(spark.sparkContext(), columns);
    int parts = partitions == null ? 0 : partitions;
    Dataset<Row> left = input.rows(columns, there, parts, rows);
    spark.sparkContext().setJobDescription("vocode " + in + " to " + out);
    output.write(
        new VocoderTransformer(bundle, settings, columns).transform(left), columns, counters);
    List<String> bad = counters.badRows();
    output.end(bad);
    double audio = (double) counters.samples() / manifest.audio().sampleRate();
    spec.commandLine()
        .getErr()
        .println(
            String.format(
                Locale.ROOT,
                "%s: %d made, %d were there, %d bad; %.2f s of audio in %.2f s",
                out,
                counters.made(),
                there.size(),
                bad.size(),
                audio,
                (System.nanoTime() - start) * 1e-9));
    if (bad.isEmpty()) {
      return 0;
    }
    spec.commandLine()
        .getErr()
        .printf(
            "wavebridge: %s: %d rows could not be made, see %s/%s%n",
            out, bad.size(), out, BulkSettings.BAD_ROWS);
    return BAD_INPUT;
  }

  private ParameterException misuse(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
