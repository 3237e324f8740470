package org.wavebridge.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.bench.StreamBenchmark;
import org.wavebridge.runtime.bench.StreamBenchmark.Work;
import org.wavebridge.runtime.io.SpeakerEmbedding;

/**
 * {@code bench --stream}: an utterance pushed frame by frame in turn with the same one pushed at
 * once, its conditioning alone and everything, in the same process.
 */
final class StreamBench {
  private final VocoderOptions options;
  private final double utterance;
  private final double seconds;
  private final Optional<SpeakerEmbedding> speaker;
  private final Report report;

  /**
   * Settings of a measurement.
   *
   * @param utterance seconds of audio to make
   * @param seconds to measure each of the four at least
   * @param speaker of a bundle that takes one; a made-up one where none is given
   */
  StreamBench(
      VocoderOptions options,
      double utterance,
      double seconds,
      Optional<SpeakerEmbedding> speaker,
      Report report) {
    this.options = options;
    this.utterance = utterance;
    this.seconds = seconds;
    this.speaker = speaker;
    this.report = report;
  }

  /** Measures; what {@code bench} prints. */
  Map<String, Object> measure(Path bundle, String name) {
    report.message("preparing %s %s", options.backend(), options.precision());
    try (Vocoder vocoder = Vocoder.open(bundle, options)) {
      BundleManifest manifest = vocoder.manifest();
      int hop = manifest.features().hop();
      int without = manifest.utterance().leadFrames() + manifest.utterance().tailFrames();
      int frames = without + GraphBench.frames(manifest, utterance);
      Optional<SpeakerEmbedding> who =
          speaker.or(() -> SpeakerEmbedding.madeUp(manifest.speakerSize()));
      Map<String, StreamBenchmark> runs = new LinkedHashMap<>();
      for (Work work : Work.values()) {
        StreamBenchmark whole = new StreamBenchmark(vocoder, work, frames, frames, who);
        StreamBenchmark single = new StreamBenchmark(vocoder, work, frames, 1, who);
        long end = System.nanoTime() + (long) (seconds * 2e9);
        do {
          whole.call();
          single.call();
        } while (System.nanoTime() < end);
        runs.put("whole " + work, whole);
        runs.put("single " + work, single);
      }
      StreamBenchmark.Timing first = timing(runs, "single " + Work.EVERYTHING);
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("model", name);
      object.put("backend", vocoder.backend());
      object.put("precision", options.precision());
      object.put("rate", manifest.audio().sampleRate());
      object.put("hop", hop);
      object.put("frames", frames);
      object.put("threads", options.threads());
      object.put("machine", Machine.description());
      object.put("first_sample_frames", first.firstFrames());
      object.put(
          "first_sample_frames_milliseconds",
          rounded(1e3 * first.firstFrames() * hop / manifest.audio().sampleRate()));
      object.put("first_sample_work_milliseconds", rounded(first.firstMilliseconds()));
      object.put("results", results(runs, frames));
      for (Work work : Work.values()) {
        object.put(
            name(work) + "_cost_ratio",
            rounded(
                timing(runs, "single " + work).microsecondsPerFrame()
                    / timing(runs, "whole " + work).microsecondsPerFrame()));
      }
      return object;
    }
  }

  private static List<Map<String, Object>> results(Map<String, StreamBenchmark> runs, int frames) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Work work : Work.values()) {
      for (String way : List.of("whole ", "single ")) {
        StreamBenchmark.Timing timing = timing(runs, way + work);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("run", name(work));
        row.put("frames_per_push", way.equals("single ") ? 1 : frames);
        row.put("microseconds_per_frame", rounded(timing.microsecondsPerFrame()));
        row.put("utterances", timing.utterances());
        rows.add(row);
      }
    }
    return rows;
  }

  private static StreamBenchmark.Timing timing(Map<String, StreamBenchmark> runs, String key) {
    StreamBenchmark run = runs.get(key);
    if (run == null) {
      throw new IllegalStateException("no run " + key);
    }
    return run.timing();
  }

  private static String name(Work work) {
    return switch (work) {
      case CONDITIONING -> "conditioning";
      case EVERYTHING -> "everything";
    };
  }

  private static double rounded(double value) {
    return Math.rint(value * 1e3) / 1e3;
  }
}
