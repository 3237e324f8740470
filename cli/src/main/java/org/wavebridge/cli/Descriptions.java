package org.wavebridge.cli;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.FeatureFormat;

/** Formats as {@code inspect} shows them. */
final class Descriptions {
  private Descriptions() {}

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
            });
    return map;
  }

  /** The decimal number that a float stands for. */
  private static double round(float value) {
    return Double.parseDouble(Float.toString(value));
  }
}
