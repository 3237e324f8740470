package org.wavebridge.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.bench.Benchmark;
import org.wavebridge.runtime.bench.GenerateBenchmark;
import org.wavebridge.runtime.bench.SubscaleBenchmark;

/**
 * {@code bench} of a subscale model: its schedule in turn with the same step network run one sample
 * after the other, in the same process.
 */
final class SubscaleBench {
  private final VocoderOptions options;
  private final double utterance;
  private final double seconds;
  private final Report report;

  /**
   * Settings of a measurement.
   *
   * @param utterance seconds of audio to make
   * @param seconds to measure at least
   */
  SubscaleBench(VocoderOptions options, double utterance, double seconds, Report report) {
    this.options = options;
    this.utterance = utterance;
    this.seconds = seconds;
    this.report = report;
  }

  /**
   * Measures.
   *
   * @param bundle of the subscale model
   * @param sequential a bundle of its step network without context; if there is none, the subscale
   *     one is run with a factor of 1
   * @return what {@code bench} prints
   */
  Map<String, Object> measure(Path bundle, Optional<Path> sequential, String name) {
    report.message("preparing %s %s", options.backend(), options.precision());
    try (Vocoder subscale = Vocoder.open(bundle, options);
        Vocoder plain = Vocoder.open(sequential.orElse(bundle), plain(sequential))) {
      int rate = subscale.manifest().audio().sampleRate();
      int samples = (int) Math.max(1, Math.rint(utterance * rate));
      SubscaleBenchmark first = new SubscaleBenchmark(subscale, samples);
      Benchmark second =
          sequential.isPresent()
              ? new GenerateBenchmark(plain, 1)
              : new SubscaleBenchmark(plain, samples);
      long end = System.nanoTime() + (long) (2 * seconds * 1e9);
      do {
        first.call();
        second.call();
      } while (!first.done() || System.nanoTime() < end);
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("model", name);
      object.put("rate", rate);
      object.put("rows", subscale.subscale().orElseThrow().factor());
      object.put("threads", options.threads());
      object.put("machine", Machine.description());
      object.put("memory_mebibytes", Machine.residentMebibytes());
      object.put("results", List.of(result(subscale, first.timing()), result(plain, second, rate)));
      object.put("ratio", rounded(first.samplesPerSecond() / second.samplesPerSecond()));
      return object;
    }
  }

  private VocoderOptions plain(Optional<Path> sequential) {
    VocoderOptions own =
        new VocoderOptions(
            options.backend(), options.precision(), options.threads(), OptionalInt.empty());
    return sequential.isPresent() ? own : own.withFactor(1);
  }

  private Map<String, Object> result(Vocoder vocoder, SubscaleBenchmark.Timing timing) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("run", "subscale");
    row.put("backend", vocoder.backend());
    row.put("precision", options.precision());
    row.put("samples_per_second", Math.rint(timing.samplesPerSecond()));
    row.put("times_real_time", rounded(timing.timesRealTime()));
    row.put("microseconds_per_step", rounded(timing.microsecondsPerStep()));
    row.put("samples", timing.samples());
    row.put("steps", timing.steps());
    row.put("steps_saved", timing.stepsSaved());
    row.put("mean_active_rows", rounded(timing.meanActiveRows()));
    row.put("setup_seconds", rounded(timing.setupSeconds()));
    return row;
  }

  private Map<String, Object> result(Vocoder vocoder, Benchmark benchmark, int rate) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("run", "sequential");
    row.put("backend", vocoder.backend());
    row.put("precision", options.precision());
    row.put("samples_per_second", Math.rint(benchmark.samplesPerSecond()));
    row.put("times_real_time", rounded(benchmark.samplesPerSecond() / rate));
    row.put("microseconds_per_step", rounded(1e6 / benchmark.samplesPerSecond()));
    return row;
  }

  private static double rounded(double value) {
    return Math.rint(value * 1e3) / 1e3;
  }
}
