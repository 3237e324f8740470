package org.wavebridge.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.InputException;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.WavFile;
import org.wavebridge.runtime.io.Waveform;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code wavebridge vocode}. */
@Command(
    name = "vocode",
    description = "Turns features, or a recording analysed first, into a waveform.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  wavebridge vocode voice --mel hello.npy -o hello.wav",
      "  wavebridge vocode voice --wav recording.wav -o copy.wav --seed 7 --temperature 0.8",
      "  wavebridge vocode voice.zip --mel hello.npy -o hello.wav --backend stock"
    })
final class VocodeCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "BUNDLE", description = "A bundle made by 'wavebridge export'.")
  private Path bundle = Path.of("");

  @ArgGroup(multiplicity = "1")
  private Source source = new Source();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT.wav",
      required = true,
      description = "The WAV file to write: 16 bit, mono. Appears whole or not at all.")
  private Path output = Path.of("");

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Seed of the random numbers; the same seed gives the same file. Default: 0.")
  private long seed;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "1",
      description = "Below 1 is more cautious, above 1 bolder. Default: 1.")
  private float temperature = 1;

  @Option(
      names = "--chunk",
      paramLabel = "FRAMES",
      defaultValue = "32",
      description =
          "Frames made by one call of the graph; does not change the result. Default: 32.")
  private int chunk = 32;

  @Mixin private RunOptions run = new RunOptions();

  /** Where the features come from. */
  static final class Source {
    @Option(
        names = "--mel",
        paramLabel = "M.npy",
        description = "Features, float32 or float64, [mels, frames] or [frames, mels].")
    private @Nullable Path mel;

    @Option(
        names = "--wav",
        paramLabel = "IN.wav",
        description = "A mono recording at the bundle's sample rate, to be analysed first.")
    private @Nullable Path wav;
  }

  @Override
  public void run() {
    Report report = new Report(spec);
    GenerateOptions options = options();
    try (Vocoder vocoder = Vocoder.open(bundle, run.vocoder())) {
      Features features = features(vocoder);
      long start = System.nanoTime();
      Waveform waveform =
          report.withProgress("vocode", progress -> generate(vocoder, features, options, progress));
      double seconds = (System.nanoTime() - start) * 1e-9;
      WavFile.write(output, waveform);
      report.message(
          "%s: %.2f s of audio in %.2f s (%.1f x real time) on %s",
          output, waveform.seconds(), seconds, waveform.seconds() / seconds, vocoder.backend());
    }
  }

  private GenerateOptions options() {
    if (!(temperature > 0) || Float.isInfinite(temperature)) {
      throw new ParameterException(
          spec.commandLine(), "--temperature: expected a number above 0, found " + temperature);
    }
    if (chunk < 1) {
      throw new ParameterException(
          spec.commandLine(), "--chunk: expected at least 1 frame, found " + chunk);
    }
    return new GenerateOptions(seed, temperature, chunk);
  }

  private Features features(Vocoder vocoder) {
    if (source.mel != null) {
      return Features.read(source.mel, vocoder.manifest().features().mels());
    }
    Path wav = source.wav == null ? Path.of("") : source.wav;
    try {
      return vocoder.features(WavFile.read(wav));
    } catch (InputException e) {
      throw InputFiles.named(wav, e);
    }
  }

  private Waveform generate(
      Vocoder vocoder, Features features, GenerateOptions options, Progress progress) {
    try {
      return vocoder.generate(features, options, progress);
    } catch (InputException e) {
      throw InputFiles.named(source.mel == null ? bundle : source.mel, e);
    }
  }
}
