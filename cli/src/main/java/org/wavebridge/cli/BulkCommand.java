package org.wavebridge.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.bulk.BulkVocoder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code wavebridge bulk}. */
@Command(
    name = "bulk",
    description = {
      "Turns a folder of features, with the folders in it, into WAV files, on all processors.",
      "Each file has a seed that its key gives, its path in IN without the ending: the first 8 bytes of SHA-256 over 'SEED:KEY', without the highest bit. So it has the bytes that 'vocode --seed' writes with that seed, also where the Spark job makes it.",
      "A run that was ended is finished by the same command: files that are there are not made again."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  wavebridge bulk mels spoken voice",
      "  wavebridge bulk mels spoken voice --seed 7 --precision int8",
      "  wavebridge bulk mels spoken voice --workers 4 --threads 2 --bad bad.tsv",
      "  wavebridge bulk mels spoken voice --mel-scale ln --strict"
    })
final class BulkCommand implements Runnable {
  /** More are as good as none. */
  private static final int MOST = 1 << 16;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      paramLabel = "IN",
      description =
          "A folder with features in .npy, .npz or .pt files, at any depth, as 'vocode --mel' takes them.")
  private Path in = Path.of("");

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      description =
          "A folder for the WAV files, laid out as IN: empty, or one that this command began with the same settings. A file appears whole or not at all.")
  private Path out = Path.of("");

  @Parameters(
      index = "2",
      paramLabel = "BUNDLE",
      description = "A bundle made by 'wavebridge export'.")
  private Path bundle = Path.of("");

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Seed of the whole, from which each file's seed is made. Default: 0.")
  private long seed;

  @Mixin private TemperatureOption temperature = new TemperatureOption();

  @Option(
      names = "--bad",
      paramLabel = "FILE",
      description =
          "Where files that could not be made are listed: key, tabulator, reason. Default: _bad.tsv in OUT.")
  private @Nullable Path bad;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description =
          "Batches made at the same time, each on --threads threads. Default: the processors divided by --threads.")
  private @Nullable Integer workers;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "" + BulkVocoder.DEFAULT_ROWS,
      description = "The most files of a batch. Default: ${DEFAULT-VALUE}.")
  private int rows = BulkVocoder.DEFAULT_ROWS;

  @Mixin private SpeakerOption speaker = new SpeakerOption();

  @Mixin private MelOptions mel = new MelOptions();

  @Mixin private RunOptions run = new RunOptions();

  @Override
  public void run() {
    InputFiles.requireBundle(bundle);
    VocoderOptions opening = run.vocoder();
    int most =
        workers == null
            ? Math.max(1, Runtime.getRuntime().availableProcessors() / opening.threads())
            : range("--workers", workers);
    range("--rows", rows);
    GenerateOptions options =
        GenerateOptions.seed(seed).withTemperature(temperature.value()).with(speaker.read());
    BulkFolders folders = new BulkFolders(in, out, Optional.ofNullable(bad), bundle);
    new BulkRun(folders, options, mel, new Report(spec)).run(bundle, opening, most, rows);
  }

  private int range(String option, int value) {
    if (value < 1 || value > MOST) {
      throw misuse("%s: expected 1 to %d, found %d".formatted(option, MOST, value));
    }
    return value;
  }

  private ParameterException misuse(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
