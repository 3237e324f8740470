package org.wavebridge.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.files.OutputFile;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.runtime.Folding;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.Uniforms;
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
    description = "Turns features, or recordings analysed first, into waveforms.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  wavebridge vocode voice --mel hello.npy -o hello.wav",
      "  wavebridge vocode voice --wav recording.wav -o copy.wav --seed 7 --temperature 0.8",
      "  wavebridge vocode voice --mel one.npy two.npy three.npy -o spoken",
      "  wavebridge vocode voice --mel hello.npy -o hello.wav --fold 11000,550",
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
      paramLabel = "OUT",
      required = true,
      description =
          "The WAV file to write (a folder for several inputs): 16 bit, mono. Appears whole or not at all.")
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

  @Option(
      names = "--fold",
      paramLabel = "TARGET,OVERLAP",
      description =
          "Cut each utterance into folds of this many samples beside their overlaps and make them together, as fatchord's batched mode does (its defaults: 11000,550): faster, at some cost at the joints.")
  private @Nullable String fold;

  @Option(
      names = "--crossfade",
      paramLabel = "KIND",
      description =
          "How folds are joined: sustain (the earlier one stays, then ramps down; fatchord's master) or release (it ramps down, then is silent; its fix_crossfade branch). Default: as the checkpoint's family does.")
  private Utterance.@Nullable Crossfade crossfade;

  @Mixin private RunOptions run = new RunOptions();

  /** Where the features come from. */
  static final class Source {
    @Option(
        names = "--mel",
        arity = "1..*",
        paramLabel = "M.npy",
        description =
            "Features, float32 or float64, [mels, frames] or [frames, mels]. Several files are made together; -o is then a folder.")
    private List<Path> mels = List.of();

    @Option(
        names = "--wav",
        arity = "1..*",
        paramLabel = "IN.wav",
        description = "Mono recordings at the bundle's sample rate, to be analysed first.")
    private List<Path> wavs = List.of();

    private List<Path> files() {
      return mels.isEmpty() ? wavs : mels;
    }
  }

  @Override
  public void run() {
    Report report = new Report(spec);
    GenerateOptions options = options();
    requireFold();
    List<Path> outputs = outputs();
    List<Path> inputs = new ArrayList<>(source.files());
    inputs.add(bundle);
    outputs.forEach(each -> OutputFile.requireNotInput(each, inputs));
    if (outputs.size() > 1) {
      OutputFile.createFolder(output);
    }
    try (Vocoder vocoder = Vocoder.open(bundle, run.vocoder())) {
      Optional<Folding> folding = folding(vocoder.manifest().utterance());
      if (folding.isPresent() && vocoder.subscale().isPresent()) {
        throw misuse(
            "--fold: utterances of this bundle are made by subscale generation and cannot be cut into folds too");
      }
      List<Features> utterances = new ArrayList<>();
      for (Path file : source.files()) {
        utterances.add(features(vocoder, file));
      }
      long start = System.nanoTime();
      List<Waveform> made =
          report.withProgress(
              "vocode", progress -> generate(vocoder, utterances, options, folding, progress));
      double seconds = (System.nanoTime() - start) * 1e-9;
      double audio = 0;
      for (int i = 0; i < made.size(); i++) {
        WavFile.write(outputs.get(i), made.get(i));
        audio += made.get(i).seconds();
      }
      report.message(
          "%s: %.2f s of audio in %.2f s (%.1f x real time) on %s",
          output, audio, seconds, audio / seconds, vocoder.backend());
    }
  }

  private GenerateOptions options() {
    if (!(temperature > 0) || Float.isInfinite(temperature)) {
      throw misuse("--temperature: expected a number above 0, found " + temperature);
    }
    if (chunk < 1) {
      throw misuse("--chunk: expected at least 1 frame, found " + chunk);
    }
    return new GenerateOptions(seed, temperature, chunk);
  }

  private void requireFold() {
    if (fold != null && !fold.matches("[1-9]\\d{0,7},\\d{1,7}")) {
      throw misuse("--fold: expected TARGET,OVERLAP such as 11000,550, found '" + fold + "'");
    }
  }

  private Optional<Folding> folding(Utterance utterance) {
    if (fold == null) {
      return Optional.empty();
    }
    String[] sizes = fold.split(",");
    return Optional.of(
        new Folding(
            Integer.parseInt(sizes[0]),
            Integer.parseInt(sizes[1]),
            crossfade == null ? utterance.crossfade() : crossfade));
  }

  /** One input goes to the output, several go to files of their names in a folder. */
  private List<Path> outputs() {
    if (source.files().size() == 1) {
      return List.of(output);
    }
    Set<Path> outputs = new LinkedHashSet<>();
    for (Path file : source.files()) {
      String name = String.valueOf(file.getFileName()).replaceFirst("\\.[^.]*$", "");
      if (!outputs.add(output.resolve(name + ".wav"))) {
        throw misuse("two inputs would both be written to " + output.resolve(name + ".wav"));
      }
    }
    if (Files.exists(output) && !Files.isDirectory(output)) {
      throw misuse("-o: expected a folder for several inputs, found " + output);
    }
    return List.copyOf(outputs);
  }

  private Features features(Vocoder vocoder, Path file) {
    try {
      Features features =
          source.mels.isEmpty()
              ? vocoder.features(WavFile.read(file))
              : Features.read(file, vocoder.manifest().features().mels());
      if (features.frames() < 2) {
        throw new InputException(
            "expected features of at least 2 frames, found " + features.frames());
      }
      return features;
    } catch (InputException e) {
      throw InputFiles.named(file, e);
    }
  }

  private static List<Waveform> generate(
      Vocoder vocoder,
      List<Features> utterances,
      GenerateOptions options,
      Optional<Folding> folding,
      Progress progress) {
    if (folding.isPresent()) {
      Uniforms uniforms = new Uniforms(options.seed());
      return utterances.stream()
          .map(
              features ->
                  vocoder.generateFolded(features, options, folding.get(), uniforms, progress))
          .toList();
    }
    return utterances.size() == 1
        ? List.of(vocoder.generate(utterances.get(0), options, progress))
        : vocoder.generateAll(utterances, options, progress);
  }

  private ParameterException misuse(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
