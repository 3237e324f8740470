package org.wavebridge.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.runtime.Folding;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.Uniforms;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.io.Features;
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
      "  wavebridge vocode voice --mel mels -o spoken",
      "  wavebridge vocode voice --mel tacotron.pt -o hello.wav --mel-scale ln",
      "  wavebridge vocode voice --mel hello.npy -o hello.wav --fold 11000,550",
      "  wavebridge vocode voices --mel hello.npy --speaker anna.npy -o hello.wav",
      "  wavebridge vocode voice --mel - -o - < hello.npy | sox -t wav - hello.flac",
      "  wavebridge vocode voice --wav recording.wav -o copy.wav --report copy.html",
      "  wavebridge vocode voice.zip --mel hello.npy -o hello.wav --backend stock"
    })
final class VocodeCommand implements Runnable {
  /** Files made together: as many rows as pay, and little lost where a run is ended. */
  private static final int TOGETHER = 32;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "BUNDLE", description = "A bundle made by 'wavebridge export'.")
  private Path bundle = Path.of("");

  @ArgGroup(multiplicity = "1")
  private FeatureInputs inputs = new FeatureInputs();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      required = true,
      description =
          "The WAV file to write (a folder for several inputs, - for standard output): 16 bit, mono. A file appears whole or not at all.")
  private Path output = Path.of("");

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Seed of the random numbers; the same seed gives the same file. Default: 0.")
  private long seed;

  @Mixin private TemperatureOption temperature = new TemperatureOption();

  @Option(
      names = "--chunk",
      paramLabel = "FRAMES",
      defaultValue = "32",
      description =
          "Frames made by one call of the graph; up to 32767; does not change the result. Default: 32.")
  private int chunk = 32;

  @Option(
      names = "--fold",
      paramLabel = "TARGET,OVERLAP",
      description =
          "Cut each utterance into folds of this many samples beside their overlaps and make them together, as fatchord's batched mode does (its defaults: 11000,550; at most 1000000 each): faster, at some cost at the joints. An utterance shorter than a fold is made without.")
  private @Nullable String fold;

  @Option(
      names = "--crossfade",
      paramLabel = "KIND",
      description =
          "How the folds of --fold are joined: sustain (the earlier one stays, then ramps down; fatchord's master) release (it ramps down, then is silent; its fix_crossfade branch) or align (the later one is moved to where it fits best; begeekmyfriend's). Default: as the checkpoint's family does.")
  private Utterance.@Nullable Crossfade crossfade;

  @Mixin private SpeakerOption speaker = new SpeakerOption();

  @Option(
      names = "--level",
      paramLabel = "DB",
      description =
          "Bring each waveform to this level, the root of the mean square in dB of full scale, 0 or less; peaks beyond full scale are cut. begeekmyfriend's project uses -20. Default: as the network made it.")
  private @Nullable Double level;

  @Mixin private MelOptions mel = new MelOptions();

  @Mixin private RunOptions run = new RunOptions();

  @Mixin private PageOption page = new PageOption();

  @Override
  public void run() {
    InputFiles.requireBundle(bundle);
    Report report = new Report(spec);
    GenerateOptions options = options();
    requireFold();
    requireInputs();
    boolean several = inputs.several();
    WaveOutputs targets = new WaveOutputs(spec, bundle, output);
    targets.requireUsable(several);
    List<Path> files = inputs.files();
    List<Path> outputs = targets.of(files, several);
    List<Path> read = new ArrayList<>(files);
    read.add(bundle);
    page.requireUsable(read, outputs);
    try (Vocoder vocoder = Vocoder.open(bundle, run.vocoder())) {
      Optional<Folding> folding = folding(vocoder.manifest().utterance());
      if (folding.isPresent() && vocoder.subscale().isPresent()) {
        throw misuse(
            "--fold: utterances of this bundle are made by subscale generation and cannot be cut into folds too");
      }
      inputs.requireAnalysis(vocoder, bundle);
      Batch batch =
          new Batch(files, outputs, report, new VocodeRecord(vocoder.manifest(), page.wanted()));
      for (int from = 0; from < files.size(); from += TOGETHER) {
        batch.make(vocoder, options, folding, from, Math.min(files.size(), from + TOGETHER));
      }
      batch.summarise(vocoder);
    }
  }

  /** Inputs and their outputs, and what has become of them. */
  private final class Batch {
    private final List<Path> files;
    private final List<Path> outputs;
    private final Report report;
    private final VocodeRecord record;
    private int failed;

    Batch(List<Path> files, List<Path> outputs, Report report, VocodeRecord record) {
      this.files = files;
      this.outputs = outputs;
      this.report = report;
      this.record = record;
    }

    /** Makes a part of the files together. A bad one is reported, and does not stop the others. */
    void make(
        Vocoder vocoder, GenerateOptions options, Optional<Folding> folding, int from, int to) {
      List<Features> utterances = new ArrayList<>();
      List<Integer> read = new ArrayList<>();
      for (int i = from; i < to; i++) {
        int index = i;
        attempt(
            () -> {
              utterances.add(inputs.read(vocoder, files.get(index), mel, report));
              read.add(index);
            });
      }
      if (utterances.isEmpty()) {
        return;
      }
      long start = System.nanoTime();
      List<Waveform> made =
          report.withProgress(
              "vocode",
              progress -> generate(vocoder, utterances, options, folding, record, progress));
      record.took((System.nanoTime() - start) * 1e-9);
      for (int i = 0; i < made.size(); i++) {
        Features features = utterances.get(i);
        int index = read.get(i);
        Waveform waveform = level == null ? made.get(i) : made.get(i).atLevel(level);
        attempt(
            () -> {
              WaveOutputs.write(outputs.get(index), waveform);
              record.add(files.get(index), outputs.get(index), features, waveform);
            });
      }
    }

    private void attempt(Runnable work) {
      try {
        work.run();
      } catch (InputException e) {
        if (files.size() == 1) {
          throw e;
        }
        failed++;
        report.message("wavebridge: %s", String.valueOf(e.getMessage()));
      }
    }

    void summarise(Vocoder vocoder) {
      String name = InputFiles.isStandard(output) ? "standard output" : output.toString();
      if (failed < files.size()) {
        report.message(
            "%s: %.2f s of audio in %.2f s (%.1f x real time) on %s",
            name, record.audio(), record.wall(), record.timesRealTime(), vocoder.backend());
        if (page.wanted()) {
          page.write(report, record.page(bundle, vocoder, settings(), failed));
        }
      }
      if (failed > 0) {
        throw new InputException(
            "%s: %d of %d files could not be made, see above"
                .formatted(name, failed, files.size()));
      }
    }
  }

  private GenerateOptions options() {
    if (chunk < 1 || chunk > GenerateOptions.MOST_CHUNK_FRAMES) {
      throw misuse(
          "--chunk: expected 1 to %d frames, found %d"
              .formatted(GenerateOptions.MOST_CHUNK_FRAMES, chunk));
    }
    if (level != null && !(level <= 0 && level > Double.NEGATIVE_INFINITY)) {
      throw misuse("--level: expected decibels of 0 or less, such as -20, found " + level);
    }
    return new GenerateOptions(seed, temperature.value(), chunk, speaker.read());
  }

  /** What decides the samples beside the bundle and the features, in words. */
  private Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("seed", Long.toString(seed));
    settings.put("temperature", Float.toString(temperature.value()));
    settings.put("frames of a chunk", Integer.toString(chunk));
    if (fold != null) {
      settings.put("fold", fold);
    }
    if (level != null) {
      settings.put("level", level + " dB");
    }
    return settings;
  }

  private void requireInputs() {
    if (inputs.standardInputs() > 1) {
      throw misuse("expected standard input (-) once, found it twice");
    }
    if (inputs.analysed() && mel.scale().isPresent()) {
      throw misuse(
          "--mel-scale: features of --wav are computed in the bundle's scale; leave it out");
    }
  }

  private void requireFold() {
    if (crossfade != null && fold == null) {
      throw misuse("--crossfade: says how folds are joined; add --fold TARGET,OVERLAP");
    }
    if (fold != null && !fold.matches("[1-9]\\d{0,7},\\d{1,7}")) {
      throw misuse("--fold: expected TARGET,OVERLAP such as 11000,550, found '" + fold + "'");
    }
    if (fold != null) {
      folding(Utterance.PLAIN);
    }
  }

  private Optional<Folding> folding(Utterance utterance) {
    if (fold == null) {
      return Optional.empty();
    }
    String[] sizes = fold.split(",");
    try {
      return Optional.of(
          new Folding(
              Integer.parseInt(sizes[0]),
              Integer.parseInt(sizes[1]),
              crossfade == null ? utterance.crossfade() : crossfade));
    } catch (IllegalArgumentException e) {
      throw misuse("--fold: " + e.getMessage());
    }
  }

  private static List<Waveform> generate(
      Vocoder vocoder,
      List<Features> utterances,
      GenerateOptions options,
      Optional<Folding> folding,
      VocodeRecord record,
      Progress progress) {
    if (folding.isPresent()) {
      Uniforms uniforms = new Uniforms(options.seed());
      return utterances.stream()
          .map(
              features ->
                  vocoder.generateFolded(
                      features, options, folding.get(), uniforms, record.listening(progress)))
          .toList();
    }
    Progress heard = record.listening(progress);
    return utterances.size() == 1
        ? List.of(vocoder.generate(utterances.get(0), options, heard))
        : vocoder.generateAll(utterances, options, heard);
  }

  private ParameterException misuse(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
