package org.wavebridge.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.bench.GenerateBenchmark;
import org.wavebridge.runtime.bench.ServiceBenchmark;
import org.wavebridge.runtime.io.SpeakerEmbedding;
import org.wavebridge.runtime.service.ServiceOptions;
import org.wavebridge.runtime.service.VocoderService;

/**
 * {@code bench --serve}: a service under streams that arrive at random, at several loads, beside
 * what the machine makes in calls of the best number of rows. That is measured before and after
 * each load, since the machine's speed drifts.
 */
final class ServeBench {
  /** Loads, as shares of what the machine makes. */
  private static final double[] LOADS = {0.5, 0.7, 0.85, 1, 2};

  private static final int MOST_ROWS = 64;
  private static final double SEARCH_SECONDS = 0.2;

  private final VocoderOptions options;
  private final double seconds;
  private final Optional<SpeakerEmbedding> speaker;
  private final Report report;

  /**
   * Settings of a measurement.
   *
   * @param seconds in which streams arrive, for each load
   * @param speaker of a bundle that takes one; a made-up one where none is given
   */
  ServeBench(
      VocoderOptions options, double seconds, Optional<SpeakerEmbedding> speaker, Report report) {
    this.options = options;
    this.seconds = seconds;
    this.speaker = speaker;
    this.report = report;
  }

  /** Measures; what {@code bench} prints. */
  Map<String, Object> measure(Path bundle, String name) throws InterruptedException {
    int threads = Math.max(options.threads(), Runtime.getRuntime().availableProcessors());
    report.message("preparing %s %s", options.backend(), options.precision());
    try (Vocoder all = Vocoder.open(bundle, options.withThreads(threads));
        VocoderService service = VocoderService.open(bundle, options, ServiceOptions.defaults())) {
      boolean alone = all.subscale().isPresent();
      int rows = alone ? 1 : bestRows(all);
      ServiceBenchmark loaded =
          new ServiceBenchmark(
              service, speaker.or(() -> SpeakerEmbedding.madeUp(all.manifest().speakerSize())));
      loaded.run(1, 1);
      List<Map<String, Object>> results = new ArrayList<>();
      // A subscale stream fills the rows of its calls itself.
      DoubleSupplier machine =
          alone ? () -> service.figures().capacity() : () -> streams(all, rows);
      double before = machine.getAsDouble();
      for (double load : LOADS) {
        double offered = load * before;
        ServiceBenchmark.Timing timing = loaded.run(offered, seconds);
        double after = machine.getAsDouble();
        results.add(result(load, timing, (before + after) / 2));
        before = after;
      }
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("model", name);
      object.put("backend", service.vocoder().backend());
      object.put("precision", options.precision());
      object.put("rate", service.vocoder().manifest().audio().sampleRate());
      object.put("machine", Machine.description());
      object.put("machine_rows", rows);
      object.put("machine_threads", threads);
      object.put("service_rows", service.rows());
      object.put("service_calls_at_a_time", service.workers());
      object.put("service_threads_a_call", service.vocoder().options().threads());
      object.put("results", results);
      return object;
    }
  }

  /** The rows of a call at which the machine makes the most. */
  private static int bestRows(Vocoder vocoder) {
    int best = 1;
    double most = 0;
    for (int rows = 1; rows <= MOST_ROWS; rows *= 2) {
      double streams = streams(vocoder, rows);
      if (streams > most) {
        best = rows;
        most = streams;
      }
    }
    return best;
  }

  /** Streams in real time that calls of so many rows make now. */
  private static double streams(Vocoder vocoder, int rows) {
    GenerateBenchmark benchmark = new GenerateBenchmark(vocoder, rows);
    long end = System.nanoTime() + (long) (SEARCH_SECONDS * 1e9);
    do {
      benchmark.turn();
    } while (System.nanoTime() < end);
    return benchmark.timing().timesRealTime();
  }

  private static Map<String, Object> result(
      double load, ServiceBenchmark.Timing timing, double machine) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("load_of_machine", load);
    row.put("streams_offered", rounded(timing.load()));
    row.put("streams_in_real_time", rounded(timing.realTimeStreams()));
    row.put("machine_streams", rounded(machine));
    row.put("share_of_machine", rounded(timing.realTimeStreams() / machine));
    row.put("admitted", timing.streams());
    row.put("refused", timing.refused());
    row.put("continuity", rounded(timing.continuity()));
    row.put("worst_gap_milliseconds", rounded(timing.worstMilliseconds()));
    row.put("first_sample_p50_milliseconds", rounded(timing.firstP50Milliseconds()));
    row.put("first_sample_p99_milliseconds", rounded(timing.firstP99Milliseconds()));
    row.put("rows_per_call", rounded(timing.rowsPerCall()));
    row.put("calls_at_a_time", rounded(timing.callsAtATime()));
    row.put("processors_busy", rounded(timing.processors()));
    return row;
  }

  private static double rounded(double value) {
    return Math.rint(value * 1e3) / 1e3;
  }
}
