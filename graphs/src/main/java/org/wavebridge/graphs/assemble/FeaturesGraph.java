package org.wavebridge.graphs.assemble;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.MelSpectrogram;
import org.wavebridge.graphs.op.PackedWeight;

/**
 * {@code features}: waveform {@code [N, L]} to features {@code [N, M, F]}. The equation is that of
 * {@link MelAnalysis}. Centred frames: F = 1 + L / hop, frame f is centred on sample f * hop, and L
 * must be more than half the transform size (reflect padding). Causal frames: F = L / hop, and L
 * must be at least a hop.
 */
final class FeaturesGraph {
  private FeaturesGraph() {}

  static OnnxModel build(VocoderModel model, MelAnalysis analysis) {
    int mels = model.features().mels();
    int fft = analysis.fftSize();
    ModelBuilder g =
        new ModelBuilder(
            "features",
            "Waveform [N, L] in [-1, 1] at %d Hz to features [N, %d, F]: clip((log(max(%s, filters |STFT|)) + %s) / %s)."
                .formatted(
                    model.audio().sampleRate(),
                    mels,
                    analysis.floor(),
                    analysis.shift(),
                    analysis.scale()));
    Value waveform = g.input("waveform", Dim.N, Dim.L);
    Value padded = padded(g, waveform, analysis, model.features().hop());
    List<Value> filters =
        PackedWeight.of(MelFilters.weight(analysis, model.audio().sampleRate(), mels)).addTo(g);
    Value features =
        g.node(
                MelSpectrogram.OPERATOR,
                List.of(
                    padded,
                    g.initializer("window", window(analysis), fft),
                    g.initializer("twiddles", MelSpectrogram.twiddles(fft), fft, 2),
                    filters.get(0),
                    filters.get(1),
                    filters.get(2)),
                attributes(analysis, model.features().hop()))
            .get(0);
    g.output("features", transpose(g, features, 0, 2, 1), Dim.N, Dim.of(mels), Dim.F);
    return g.build();
  }

  private static Value padded(ModelBuilder g, Value waveform, MelAnalysis analysis, int hop) {
    int fft = analysis.fftSize();
    Value emphasised = emphasised(g, waveform, (float) analysis.preEmphasis());
    Value scaled =
        analysis.fullScale() == 1
            ? emphasised
            : mul(g, emphasised, constant(g, (float) analysis.fullScale()));
    return switch (analysis.framing()) {
      case CENTRED ->
          g.node(
              "Pad",
              List.of(scaled, longs(g, 0, fft / 2, 0, fft / 2)),
              Attribute.of("mode", "reflect"));
      case CAUSAL -> {
        int before = (fft - analysis.windowLength()) / 2;
        long start = (long) analysis.windowLength() - hop + before;
        long end = (long) fft - analysis.windowLength() - before;
        yield g.node("Pad", List.of(scaled, longs(g, 0, start, 0, end)));
      }
    };
  }

  /** {@code x[t] - share x[t - 1]}, each operation rounded; nothing comes before the first. */
  private static Value emphasised(ModelBuilder g, Value waveform, float share) {
    if (share == 0) {
      return waveform;
    }
    // Padding of -1 cuts the last sample off.
    Value before = g.node("Pad", List.of(waveform, longs(g, 0, 1, 0, -1)));
    return sub(g, waveform, mul(g, before, constant(g, share)));
  }

  private static Attribute[] attributes(MelAnalysis analysis, int hop) {
    double unit =
        switch (analysis.logScale()) {
          case NATURAL -> 1;
          case DECIBEL -> 20 / StrictMath.log(10);
        };
    return new Attribute[] {
      Attribute.of(MelSpectrogram.HOP, hop),
      Attribute.of(MelSpectrogram.FLOOR, Math.max((float) analysis.floor(), Float.MIN_NORMAL)),
      Attribute.of(MelSpectrogram.FACTOR, (float) (unit / analysis.scale())),
      Attribute.of(MelSpectrogram.SHIFT, (float) (analysis.shift() / analysis.scale())),
      Attribute.of(MelSpectrogram.MINIMUM, (float) analysis.minimum()),
      Attribute.of(MelSpectrogram.MAXIMUM, (float) analysis.maximum())
    };
  }

  /** Periodic Hann window, centred in the transform. */
  private static float[] window(MelAnalysis analysis) {
    float[] window = new float[analysis.fftSize()];
    int length = analysis.windowLength();
    int start = (analysis.fftSize() - length) / 2;
    for (int i = 0; i < length; i++) {
      window[start + i] = (float) (0.5 - 0.5 * StrictMath.cos(2 * Math.PI * i / length));
    }
    return window;
  }
}
