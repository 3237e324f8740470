package org.wavebridge.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.contract.HeadKind;
import org.wavebridge.graphs.files.OutputFile;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.Score;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.WaveformEncoder;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.NpyArray;
import org.wavebridge.runtime.io.NpyFile;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code wavebridge score}. */
@Command(
    name = "score",
    description =
        "Says how well a bundle predicts a given utterance: mean bits per sample under teacher forcing.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  wavebridge score voice --mel hello.npy --audio hello.wav",
      "  wavebridge score voice --mel hello.npy --samples hello.samples.npy --logits logits.npy",
      "  wavebridge score voice --mel tacotron.pt --audio hello.wav --mel-scale ln --strict"
    })
final class ScoreCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "BUNDLE", description = "A bundle made by 'wavebridge export'.")
  private Path bundle = Path.of("");

  @Option(
      names = "--mel",
      paramLabel = "M.npy",
      required = true,
      description =
          "Features, [mels, frames] or [frames, mels], of any float or integer type: .npy, .npz of one array, .pt of one tensor; - for standard input (.npy, .npz).")
  private Path mel = Path.of("");

  @ArgGroup(multiplicity = "1")
  private Given given = new Given();

  @Option(
      names = "--logits",
      paramLabel = "OUT.npy",
      description =
          "Write the logits, float32 [samples, classes]; [samples, 2, 256] for a dual softmax. With - they go to standard output, and the figure to standard error.")
  private @Nullable Path logits;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Mixin private SpeakerOption speaker = new SpeakerOption();

  @Mixin private MelOptions options = new MelOptions();

  @Mixin private RunOptions run = new RunOptions();

  /** The utterance. */
  static final class Given {
    @Option(
        names = "--audio",
        paramLabel = "A.wav",
        description =
            "The recording; mixed to one channel and resampled where needed. - for standard input.")
    private @Nullable Path audio;

    @Option(
        names = "--samples",
        paramLabel = "S.npy",
        description =
            "Class indices; for a dual softmax unsigned 16-bit samples. - for standard input.")
    private @Nullable Path samples;
  }

  @Override
  public void run() {
    InputFiles.requireBundle(bundle);
    Report report = new Report(spec);
    requireStreams();
    try (Vocoder vocoder = Vocoder.open(bundle, run.vocoder())) {
      int mels = vocoder.manifest().features().mels();
      Features features = options.apply(vocoder, mel, InputFiles.features(mel, mels), report);
      float[] values = values(vocoder.manifest(), report);
      LogitsArray all = new LogitsArray(logits == null ? 0 : values.length);
      Score score =
          report.withProgress("score", progress -> score(vocoder, features, values, all, progress));
      if (logits != null) {
        write(logits, array(all, values.length, vocoder.manifest()));
      }
      print(report, vocoder, score);
    }
  }

  private void requireStreams() {
    if (InputFiles.isStandard(mel) && (isStandard(given.audio) || isStandard(given.samples))) {
      throw new ParameterException(
          spec.commandLine(), "expected standard input (-) once, found it twice");
    }
    if (logits != null && !isStandard(logits)) {
      OutputFile.requireNotInput(
          logits,
          Stream.of(bundle, mel, given.audio, given.samples, speaker.file().orElse(null))
              .filter(Objects::nonNull)
              .toList());
    }
    if (json && isStandard(logits)) {
      throw new ParameterException(
          spec.commandLine(), "--json and --logits -: both would go to standard output");
    }
  }

  private static boolean isStandard(@Nullable Path file) {
    return file != null && InputFiles.isStandard(file);
  }

  private static void write(Path file, NpyArray array) {
    if (InputFiles.isStandard(file)) {
      StandardOutput.write(out -> NpyFile.write(out, array));
    } else {
      NpyFile.write(file, array);
    }
  }

  private Score score(
      Vocoder vocoder, Features features, float[] values, LogitsArray all, Progress progress) {
    try {
      return vocoder.score(features, speaker.read(), values, all::add, progress);
    } catch (InputException e) {
      throw InputFiles.named(mel, e);
    }
  }

  private float[] values(BundleManifest manifest, Report report) {
    if (given.samples != null) {
      NpyArray array = InputFiles.array(given.samples);
      if (array.type().isFloat() || array.shape().length != 1) {
        throw new InputException(
            "%s: expected integers [samples], found %s"
                .formatted(InputFiles.name(given.samples), array));
      }
      return new WaveformEncoder(manifest)
          .fromClasses(array.ints(), InputFiles.name(given.samples));
    }
    Path audio = given.audio == null ? Path.of("") : given.audio;
    return InputFiles.values(audio, manifest, options.strict(), report);
  }

  private static NpyArray array(LogitsArray all, int samples, BundleManifest manifest) {
    int classes = manifest.network().outputs();
    return manifest.network().head() == HeadKind.DUAL_SOFTMAX
        ? NpyArray.of(all.values(), samples, 2, classes)
        : NpyArray.of(all.values(), samples, classes);
  }

  private void print(Report report, Vocoder vocoder, Score score) {
    if (json) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("bits_per_sample", score.bitsPerSample());
      object.put("samples", score.bits().length);
      object.put("backend", vocoder.backend());
      report.json(object);
    } else {
      String line =
          String.format(
              Locale.ROOT,
              "bits per sample: %.4f (%d samples, %s)",
              score.bitsPerSample(),
              score.bits().length,
              vocoder.backend());
      if (isStandard(logits)) {
        report.message("%s", line);
      } else {
        report.data("%s", line);
      }
    }
  }
}
