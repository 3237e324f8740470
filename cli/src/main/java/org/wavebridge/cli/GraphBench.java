package org.wavebridge.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.bench.GraphBenchmark;
import org.wavebridge.runtime.io.SpeakerEmbedding;

/** {@code bench --graph}: one graph of a bundle, on one backend or in turn with another. */
final class GraphBench {
  private final GraphKind kind;
  private final double utterance;
  private final double seconds;
  private final Optional<SpeakerEmbedding> speaker;
  private final Report report;

  /**
   * Settings of a measurement.
   *
   * @param kind one of {@link GraphBenchmark#KINDS}
   * @param utterance seconds of audio of a call
   * @param seconds to measure each backend at least
   * @param speaker of a bundle that takes one; a made-up one where none is given
   */
  GraphBench(
      GraphKind kind,
      double utterance,
      double seconds,
      Optional<SpeakerEmbedding> speaker,
      Report report) {
    this.kind = kind;
    this.utterance = utterance;
    this.seconds = seconds;
    this.speaker = speaker;
    this.report = report;
  }

  /**
   * The graph of a name.
   *
   * @throws IllegalArgumentException if it cannot be timed alone
   */
  static GraphKind kind(String name) {
    return GraphBenchmark.KINDS.stream()
        .filter(kind -> kind.label().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "--graph: expected conditioner, features or synthesis, found '%s'"
                        .formatted(name)));
  }

  /** Frames of some seconds of audio, at least 1. */
  static int frames(BundleManifest manifest, double seconds) {
    double frames = seconds * manifest.audio().sampleRate() / manifest.features().hop();
    return (int) Math.max(1, Math.rint(frames));
  }

  /** Measures on each backend in turn; what {@code bench} prints. */
  Map<String, Object> measure(Path bundle, String name, List<VocoderOptions> options) {
    List<Vocoder> vocoders = new ArrayList<>();
    try {
      List<GraphBenchmark> benchmarks = new ArrayList<>();
      for (VocoderOptions option : options) {
        report.message("preparing %s", option.backend());
        Vocoder vocoder = Vocoder.open(bundle, option);
        vocoders.add(vocoder);
        BundleManifest manifest = vocoder.manifest();
        benchmarks.add(
            new GraphBenchmark(
                vocoder,
                kind,
                frames(manifest, utterance),
                speaker.or(() -> SpeakerEmbedding.madeUp(manifest.speakerSize()))));
      }
      long end = System.nanoTime() + (long) (seconds * 1e9 * benchmarks.size());
      do {
        benchmarks.forEach(GraphBenchmark::turn);
      } while (System.nanoTime() < end);
      return result(name, options, vocoders, benchmarks);
    } finally {
      vocoders.forEach(Vocoder::close);
    }
  }

  private Map<String, Object> result(
      String name,
      List<VocoderOptions> options,
      List<Vocoder> vocoders,
      List<GraphBenchmark> benchmarks) {
    BundleManifest manifest = vocoders.get(0).manifest();
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int i = 0; i < benchmarks.size(); i++) {
      GraphBenchmark.Timing timing = benchmarks.get(i).timing();
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("backend", vocoders.get(i).backend());
      row.put("microseconds_per_frame", rounded(timing.microsecondsPerFrame()));
      row.put("p50_milliseconds", rounded(timing.p50Milliseconds()));
      row.put("p99_milliseconds", rounded(timing.p99Milliseconds()));
      row.put("calls", timing.calls());
      row.put("setup_seconds", rounded(timing.setupSeconds()));
      rows.add(row);
    }
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("model", name);
    object.put("graph", kind.label());
    object.put("rate", manifest.audio().sampleRate());
    object.put("hop", manifest.features().hop());
    object.put("frames_per_call", benchmarks.get(0).timing().framesPerCall());
    object.put("threads", options.get(0).threads());
    object.put("machine", Machine.description());
    object.put("results", rows);
    if (benchmarks.size() > 1) {
      object.put(
          "ratio",
          rounded(
              benchmarks.get(1).timing().microsecondsPerFrame()
                  / benchmarks.get(0).timing().microsecondsPerFrame()));
    }
    return object;
  }

  private static double rounded(double value) {
    return Math.rint(value * 1e3) / 1e3;
  }
}
