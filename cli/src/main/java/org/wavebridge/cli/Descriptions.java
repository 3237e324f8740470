package org.wavebridge.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.wavebridge.graphs.bundle.BundleManifest.BandPart;
import org.wavebridge.graphs.bundle.BundleManifest.StreamPart;
import org.wavebridge.graphs.bundle.BundleManifest.SubscalePart;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.FeatureFormat;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.runtime.Latency;
import org.wavebridge.runtime.SubscaleSchedule;

/** Formats as {@code inspect} shows them. */
final class Descriptions {
  /** The name of the size of the speaker embedding that every utterance brings. */
  static final String SPEAKER = "values of a speaker embedding";

  private Descriptions() {}

  /** A count in thousands or millions. */
  static String count(long count) {
    if (count < 10_000) {
      return Long.toString(count);
    }
    return count < 1_000_000
        ? String.format(Locale.ROOT, "%.0f thousand", count * 1e-3)
        : String.format(Locale.ROOT, "%.1f million", count * 1e-6);
  }

  static Map<String, Object> audio(AudioFormat audio) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("sample rate", audio.sampleRate());
    map.put("encoding", audio.encoding().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    map.put("bits", audio.bits());
    map.put("de-emphasis", round(audio.deEmphasis()));
    map.put("fade-out frames", audio.fadeOutFrames());
    return map;
  }

  static Map<String, Object> features(FeatureFormat features) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("mels", features.mels());
    map.put("hop", features.hop());
    features
        .analysis()
        .ifPresent(
            analysis -> {
              map.put("fft", analysis.fftSize());
              map.put("window", analysis.windowLength());
              map.put("minimum frequency", analysis.minimumFrequency());
              map.put("maximum frequency", analysis.maximumFrequency());
              map.put("mel scale", analysis.melScale().name().toLowerCase(Locale.ROOT));
              map.put("logarithm", analysis.logScale().name().toLowerCase(Locale.ROOT));
              map.put("floor", analysis.floor());
              map.put("shift", analysis.shift());
              map.put("scale", analysis.scale());
              map.put("minimum", analysis.minimum());
              map.put("maximum", analysis.maximum());
              map.put("framing", analysis.framing().name().toLowerCase(Locale.ROOT));
              map.put(
                  "filter shape",
                  analysis.filterShape().name().toLowerCase(Locale.ROOT).replace('_', '-'));
              map.put("full scale", analysis.fullScale());
              map.put("pre-emphasis", analysis.preEmphasis());
            });
    return map;
  }

  static Map<String, Object> stream(StreamPart stream) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("frames of padding before the first", stream.leadFrames());
    map.put("frames of padding after the last", stream.tailFrames());
    map.put(
        "padding",
        stream.padding().isPresent()
            ? String.valueOf(round(stream.padding().get()))
            : "a copy of the next frame");
    map.put("state", stream.state().stream().mapToInt(StreamPart.Run::count).sum());
    return map;
  }

  static Map<String, Object> bands(BandPart bands) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("bands", bands.count());
    map.put("levels per unit", round(bands.levelsPerUnit()));
    if (bands.prototype().isEmpty()) {
      map.put("synthesis", "quadrature mirror tree");
      map.put("even", bands.even().stream().map(Descriptions::round).toList());
      map.put("odd", bands.odd().stream().map(Descriptions::round).toList());
    } else {
      map.put("synthesis", "cosine-modulated filter bank");
      map.put("taps", bands.prototype().size());
      map.put("samples cut from the front", bands.synthesis().cut());
    }
    return map;
  }

  static Map<String, Object> utterance(Utterance utterance) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("frames before the first with samples", utterance.leadFrames());
    map.put("frames after the last with samples", utterance.tailFrames());
    map.put("crossfade", utterance.crossfade().name().toLowerCase(Locale.ROOT));
    map.put("folds are joined", utterance.joinsDecoded() ? "decoded" : "before decoding");
    return map;
  }

  /**
   * The sub-tensors of subscale generation, and the latency of a stream for the factor and lower
   * ones.
   */
  static Map<String, Object> subscale(SubscalePart subscale, int sampleRate) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("factor", subscale.factor());
    map.put("horizon", subscale.horizon());
    map.put("chunk", subscale.chunk());
    map.put("own past", subscale.ownPast());
    map.put("trained factor", subscale.trainedFactor());
    map.put("reach", subscale.reach());
    map.put("context", subscale.contextSize());
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int factor = subscale.factor(); factor > 0; factor /= 2) {
      rows.add(latency(subscale.withFactor(factor), sampleRate));
    }
    map.put("latency", rows);
    return map;
  }

  /**
   * A sample in the last row waits until row 0 is so many steps ahead, and each of those needs the
   * features of as many samples as there are rows.
   */
  private static Map<String, Object> latency(SubscalePart subscale, int sampleRate) {
    int factor = subscale.factor();
    int steps =
        new SubscaleSchedule(factor, subscale.horizon(), subscale.chunk(), factor).latency();
    long samples = (steps - 1L) * factor;
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("factor", factor);
    row.put("steps", steps);
    row.put("samples ahead", samples);
    row.put("milliseconds", Math.rint(samples * 1e4 / sampleRate) / 10);
    return row;
  }

  /** How far sound is behind frames; figures of frames only where it does not wait for all. */
  static Map<String, Object> latency(Latency latency) {
    Map<String, Object> map = new LinkedHashMap<>();
    boolean whole = latency.conditionerFrames().isEmpty();
    map.put("whole utterance", whole);
    if (whole) {
      map.put(
          "reason",
          "the first sample depends on the last frame, so a stream gives no sound before its features end");
    }
    latency
        .conditionerFrames()
        .ifPresent(
            frames -> {
              map.put("conditioner frames", frames);
              map.put("conditioner milliseconds", milliseconds(latency, frames * latency.hop()));
            });
    int tail = latency.utterance().tailFrames();
    map.put("utterance end frames", tail);
    map.put("utterance end milliseconds", milliseconds(latency, tail * latency.hop()));
    map.put("folding samples", latency.subscaleSamples());
    map.put("folding milliseconds", milliseconds(latency, (double) latency.subscaleSamples()));
    map.put("filter bank samples", Math.rint(latency.filterBankSamples() * 10) / 10);
    map.put("filter bank milliseconds", milliseconds(latency, latency.filterBankSamples()));
    latency.totalFrames().ifPresent(frames -> map.put("total frames", frames));
    latency
        .totalSamples()
        .ifPresent(samples -> map.put("total milliseconds", milliseconds(latency, samples)));
    latency
        .firstSampleFrames()
        .ifPresent(frames -> map.put("frames until the first sample", frames));
    return map;
  }

  private static double milliseconds(Latency latency, double samples) {
    return Math.rint(latency.milliseconds(samples) * 10) / 10;
  }

  /** The decimal number that a float stands for. */
  private static double round(float value) {
    return Double.parseDouble(Float.toString(value));
  }
}
