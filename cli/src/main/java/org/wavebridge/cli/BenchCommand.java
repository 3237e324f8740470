package org.wavebridge.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.graphs.assemble.StepWork;
import org.wavebridge.graphs.bundle.Bundle;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.files.FileErrors;
import org.wavebridge.graphs.files.Unfinished;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.quantize.Quantizer;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.bench.GenerateBenchmark;
import org.wavebridge.runtime.bench.MachineLimits;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code wavebridge bench}. */
@Command(
    name = "bench",
    description = {
      "Measures how fast a bundle generates. With --vs a second backend runs the f32 graphs in turn with the first, in the same process: the ratio"
          + " holds when the machine's speed drifts, single figures do not. The shares say how close a step comes to what this machine reads from the"
          + " cache that holds the weights, and to what it multiplies and adds, both measured in the same run; of the two, the one that takes longer bounds the step.",
      "For a model of subscale generation, the second run is the same step network without it: one sample after the other.",
      "With --stream it measures the time to the first sample of a stream, and what a frame costs that is pushed alone, beside whole utterances. With --graph it"
          + " measures one graph around the loop of samples.",
      "With --serve it measures a service of many live streams, which arrive at random at several loads: how many it keeps going in real time, whether they are"
          + " continuous, and the time to their first samples, beside what the machine makes in calls of the best number of rows."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  wavebridge bench voice --vs stock",
      "  wavebridge bench voice --rows 16 --threads 2 --json",
      "  wavebridge bench --model dual-softmax:H=1024,density=0.05,block=16x1,rate=24000 --vs stock",
      "  wavebridge bench --model residual-gru:R=512,classes=512",
      "  wavebridge bench --model residual-gru:bands=4,density=0.3,upsample=4x4x4",
      "  wavebridge bench --model dual-softmax:H=896,factor=16,horizon=64 --utterance 10",
      "  wavebridge bench voice --stream --json",
      "  wavebridge bench voice --serve --precision int8",
      "  wavebridge bench voice --graph features --vs stock",
      "  wavebridge bench --model residual-gru:channels=128,blocks=10 --graph conditioner --vs stock"
    })
final class BenchCommand implements Runnable {
  private static final int MOST_ROWS = 4096;

  @Spec private CommandSpec spec = CommandSpec.create();

  @ArgGroup(multiplicity = "1")
  private Subject subject = new Subject();

  @Mixin private RunOptions run = new RunOptions();

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "1",
      description = "Sequences made together, up to 4096. Default: 1.")
  private int rows = 1;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "3",
      description = "Time to measure each backend, or each load of --serve. Default: 3.")
  private double seconds = 3;

  @Option(
      names = "--vs",
      paramLabel = "BACKEND",
      description = "A second backend to run in turn with the first, in f32.")
  private @Nullable String versus;

  @Option(
      names = "--utterance",
      paramLabel = "S",
      description =
          "Seconds of audio that a subscale model makes, that a stream makes, or that a call of --graph is for; they are always made to their end. Default: 10, with --stream 2.")
  private @Nullable Double utterance;

  @Mixin private SpeakerOption speaker = new SpeakerOption();

  @ArgGroup private Part part = new Part();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  /** The part of a bundle to measure, where it is not the loop of samples. */
  static final class Part {
    @Option(
        names = "--stream",
        description =
            "Time to the first sample, and cost of one frame at a time: of conditioning alone, and of everything.")
    private boolean stream;

    @Option(names = "--serve", description = "Many live streams at several loads.")
    private boolean serve;

    @Option(
        names = "--graph",
        paramLabel = "GRAPH",
        description = "One graph alone: conditioner, features or synthesis.")
    private @Nullable String graph;
  }

  /** The bundle or model to measure. */
  static final class Subject {
    @Parameters(paramLabel = "BUNDLE", description = "A bundle made by 'wavebridge export'.")
    private @Nullable Path bundle;

    @Option(
        names = "--model",
        paramLabel = "SPEC",
        description = {
          "A model of random weights instead:",
          "dual-softmax:H=896,density=1,heads=DENSITY,block=16x1,rate=24000 (heads: density of the head matrices, default that of the recurrent one), or",
          "residual-gru:R=512,classes=512,mels=80,channels=80,blocks=1,upsample=5x5x11 (or mixtures=10 for classes; fatchord's conditioner has channels=128,blocks=10; with bands=4 a step makes a sample of each, and upsample is in steps; density=0.3,block=16x1: sparse in every step), or",
          "multi-band-gru:H=1024,density=0.0625,bands=4,mixtures=8,block=16x1, or",
          "lpcnet:H=384,M=16,condition=128,density=0.1,block=8x4,draw=tree, or",
          "embedding-gru:H=896,classes=1024,density=1,block=16x1;",
          "the first two with factor=16,horizon=64,chunk=1: subscale generation with that many sub-tensors, with a context network of 4 layers of 64 channels."
        })
    private @Nullable String model;
  }

  @Override
  public void run() {
    if (rows < 1 || rows > MOST_ROWS || !(seconds > 0 && seconds <= 3600)) {
      throw new ParameterException(
          spec.commandLine(),
          "--rows: expected 1 to %d, and --seconds more than 0 and up to 3600"
              .formatted(MOST_ROWS));
    }
    if (!(utterance() > 0 && utterance() <= 3600)) {
      throw new ParameterException(
          spec.commandLine(), "--utterance: expected more than 0 and up to 3600 seconds");
    }
    requirePart();
    if (subject.model != null) {
      runModel(subject.model);
    } else if (subject.bundle != null) {
      InputFiles.requireBundle(subject.bundle);
      if (isPart()) {
        measurePart(subject.bundle, subject.bundle.toString());
      } else if (isSubscale(subject.bundle)) {
        measureSubscale(subject.bundle, Optional.empty(), subject.bundle.toString());
      } else {
        measure(subject.bundle, subject.bundle.toString());
      }
    }
  }

  private double utterance() {
    return utterance == null ? (part.stream ? 2 : 10) : utterance;
  }

  private boolean isPart() {
    return part.stream || part.serve || part.graph != null;
  }

  private void requirePart() {
    if (speaker.file().isPresent() && !isPart()) {
      throw new ParameterException(
          spec.commandLine(),
          "--speaker: the loop of samples is measured without its conditioning; add --stream, --serve or --graph conditioner, or leave it out");
    }
    if (isPart() && rows != 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--stream and --graph measure one utterance, and --serve finds its rows; leave out --rows");
    }
    if (part.stream && versus != null) {
      throw new ParameterException(
          spec.commandLine(), "--stream: its second run is whole utterances; leave out --vs");
    }
    if (part.serve && versus != null) {
      throw new ParameterException(
          spec.commandLine(), "--serve measures one backend; leave out --vs");
    }
    if (part.graph != null) {
      graph(part.graph);
    }
  }

  private GraphKind graph(String name) {
    try {
      return GraphBench.kind(name);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private void measurePart(Path bundle, String name) {
    Report report = new Report(spec);
    Map<String, Object> found;
    if (part.graph != null) {
      found =
          new GraphBench(graph(part.graph), utterance(), seconds, speaker.read(), report)
              .measure(bundle, name, backends());
    } else if (part.stream) {
      found =
          new StreamBench(run.vocoder(), utterance(), seconds, speaker.read(), report)
              .measure(bundle, name);
    } else {
      found = serve(bundle, name, report);
    }
    print(report, found);
  }

  private Map<String, Object> serve(Path bundle, String name, Report report) {
    try {
      return new ServeBench(run.vocoder(), seconds, speaker.read(), report).measure(bundle, name);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while it measured", e);
    }
  }

  /** The backends that run in turns. */
  private List<VocoderOptions> backends() {
    List<VocoderOptions> options = new ArrayList<>(List.of(run.vocoder()));
    if (versus != null) {
      options.add(new VocoderOptions(versus, BundleManifest.F32, run.vocoder().threads()));
    }
    return options;
  }

  private static boolean isSubscale(Path path) {
    try (Bundle bundle = Bundle.open(path)) {
      return bundle.manifest().subscale().isPresent();
    }
  }

  private static StepWork work(Path path, String precision) {
    try (Bundle bundle = Bundle.open(path)) {
      return StepWork.of(bundle.graph(GraphKind.GENERATE, precision));
    }
  }

  private void measureSubscale(Path bundle, Optional<Path> sequential, String name) {
    if (rows != 1 || versus != null) {
      throw new ParameterException(
          spec.commandLine(),
          "%s: in subscale generation the sub-tensors are the rows, and the second run makes one sample after the other; leave out --rows and --vs"
              .formatted(name));
    }
    Report report = new Report(spec);
    Map<String, Object> found =
        new SubscaleBench(run.vocoder(), utterance(), seconds, report)
            .measure(bundle, sequential, name);
    print(report, found);
  }

  private void runModel(String words) {
    VocoderModel model;
    try {
      model = ModelSpec.model(words);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    Optional<VocoderModel> quantised =
        run.vocoder().precision().equals(BundleManifest.INT8)
            ? Optional.of(Quantizer.quantise(model))
            : Optional.empty();
    BundleManifest.Source source = new BundleManifest.Source(words, "");
    try (Unfinished temporary = Unfinished.temporary("bench")) {
      Path folder = temporary.folder();
      try (StagedBundle staged =
          StagedBundle.write(
              model, quantised, source, Version.producer(), folder.resolve("model"))) {
        if (isPart()) {
          measurePart(staged.directory(), words);
        } else if (model.subscale().isEmpty()) {
          measure(staged.directory(), words);
        } else {
          try (StagedBundle plain =
              StagedBundle.write(
                  model.withoutSubscale(),
                  quantised.map(VocoderModel::withoutSubscale),
                  source,
                  Version.producer(),
                  folder.resolve("sequential"))) {
            measureSubscale(staged.directory(), Optional.of(plain.directory()), words);
          }
        }
      }
    } catch (IOException e) {
      throw new BackendException("no temporary folder: " + FileErrors.reason(e), e);
    }
  }

  private void measure(Path bundle, String name) {
    Report report = new Report(spec);
    List<VocoderOptions> options = backends();
    List<Vocoder> vocoders = new ArrayList<>();
    try {
      List<GenerateBenchmark> benchmarks = new ArrayList<>();
      for (VocoderOptions option : options) {
        report.message("preparing %s %s", option.backend(), option.precision());
        Vocoder vocoder = Vocoder.open(bundle, option);
        vocoders.add(vocoder);
        benchmarks.add(new GenerateBenchmark(vocoder, rows));
      }
      long end = System.nanoTime() + (long) (seconds * 1e9 * benchmarks.size());
      do {
        benchmarks.forEach(GenerateBenchmark::turn);
      } while (System.nanoTime() < end);
      print(report, name, bundle, options, vocoders, benchmarks);
    } finally {
      vocoders.forEach(Vocoder::close);
    }
  }

  private void print(
      Report report,
      String name,
      Path bundle,
      List<VocoderOptions> options,
      List<Vocoder> vocoders,
      List<GenerateBenchmark> benchmarks) {
    List<Map<String, Object>> results = new ArrayList<>();
    for (int i = 0; i < benchmarks.size(); i++) {
      results.add(result(bundle, options.get(i), vocoders.get(i), benchmarks.get(i).timing()));
    }
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("model", name);
    object.put("rate", vocoders.get(0).manifest().audio().sampleRate());
    object.put("rows", rows);
    object.put("threads", run.vocoder().threads());
    object.put("machine", Machine.description());
    object.put("memory_mebibytes", Machine.residentMebibytes());
    object.put("results", results);
    if (benchmarks.size() > 1) {
      object.put(
          "ratio",
          rounded(
              benchmarks.get(0).timing().samplesPerSecond()
                  / benchmarks.get(1).timing().samplesPerSecond()));
    }
    print(report, object);
  }

  private void print(Report report, Map<String, Object> object) {
    if (json) {
      report.json(object);
    } else {
      new Inspection(object).lines().forEach(line -> report.data("%s", line));
    }
  }

  private Map<String, Object> result(
      Path bundle, VocoderOptions options, Vocoder vocoder, GenerateBenchmark.Timing timing) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("backend", vocoder.backend());
    row.put("precision", options.precision());
    if (vocoder.backend().equals("cpu")) {
      MachineLimits.cpuLevel().ifPresent(level -> row.put("cpu_level", level));
    }
    row.put("samples_per_second", Math.rint(timing.samplesPerSecond()));
    row.put("times_real_time", rounded(timing.timesRealTime()));
    row.put("microseconds_per_step", rounded(timing.microsecondsPerStep()));
    row.put("p50_milliseconds", rounded(timing.p50Milliseconds()));
    row.put("p99_milliseconds", rounded(timing.p99Milliseconds()));
    row.put("calls", timing.calls());
    row.put("samples_per_call", timing.samplesPerCall());
    row.put("setup_seconds", rounded(timing.setupSeconds()));
    StepWork work = work(bundle, options.precision());
    if (!vocoder.backend().equals("tensorrt")) {
      limits(row, work, options, timing.microsecondsPerStep() * 1e-6);
    }
    return row;
  }

  /** How much of what the machine's processor could do at best a result makes. */
  private void limits(
      Map<String, Object> row, StepWork work, VocoderOptions options, double stepSeconds) {
    int threads = options.threads();
    boolean int8 = options.precision().equals(BundleManifest.INT8);
    row.put("weight_bytes_per_step", work.weightBytes());
    OptionalDouble bandwidth = MachineLimits.readBandwidth(work.weightBytes(), threads);
    OptionalDouble multiplyAdds = MachineLimits.multiplyAdds(int8, threads);
    if (bandwidth.isEmpty() || multiplyAdds.isEmpty()) {
      return;
    }
    double reading = work.weightBytes() / bandwidth.getAsDouble();
    double multiplying = rows * work.multiplyAdds() / multiplyAdds.getAsDouble();
    row.put("read_gigabytes_per_second", rounded(bandwidth.getAsDouble() * 1e-9));
    row.put("share_of_bandwidth", rounded(reading / stepSeconds));
    row.put("giga_multiply_adds_per_second", rounded(multiplyAdds.getAsDouble() * 1e-9));
    row.put("share_of_multiply_adds", rounded(multiplying / stepSeconds));
    row.put("bound_by", reading > multiplying ? "reading weights" : "multiplying");
    row.put("share_of_bound", rounded(Math.max(reading, multiplying) / stepSeconds));
  }

  private static double rounded(double value) {
    return Math.rint(value * 1e3) / 1e3;
  }
}
