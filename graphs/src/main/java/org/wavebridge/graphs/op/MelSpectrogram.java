package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.add;
import static org.wavebridge.graphs.onnx.StandardOps.attribute;
import static org.wavebridge.graphs.onnx.StandardOps.div;
import static org.wavebridge.graphs.onnx.StandardOps.floatAttribute;
import static org.wavebridge.graphs.onnx.StandardOps.longs;
import static org.wavebridge.graphs.onnx.StandardOps.matMul;
import static org.wavebridge.graphs.onnx.StandardOps.mul;
import static org.wavebridge.graphs.onnx.StandardOps.size;
import static org.wavebridge.graphs.onnx.StandardOps.transpose;
import static org.wavebridge.graphs.onnx.StandardOps.unary;
import static org.wavebridge.graphs.onnx.StandardOps.unsqueeze;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OperatorAttribute;
import org.wavebridge.graphs.onnx.OperatorTensor;
import org.wavebridge.graphs.onnx.Value;

/**
 * Mel analysis of a waveform: frames, window, magnitudes of a Fourier transform, filters,
 * logarithm, scale and limits. The operations and their order are those of docs/numerics.md.
 */
public final class MelSpectrogram {
  /** Attribute: samples from a frame to the next. */
  public static final String HOP = "hop";

  /** Attribute: smallest filtered magnitude. */
  public static final String FLOOR = "floor";

  /** Attribute: what the logarithm is multiplied by. */
  public static final String FACTOR = "factor";

  /** Attribute: what is then added. */
  public static final String SHIFT = "shift";

  /** Attribute: lower limit. */
  public static final String MINIMUM = "minimum";

  /** Attribute: upper limit. */
  public static final String MAXIMUM = "maximum";

  private static final int MOST_HOP = 1 << 24;

  /** The operator. */
  public static final CustomOperator OPERATOR =
      new CustomOperator(
          "MelSpectrogram",
          "features[n, f, m] = clip(log(max(floor, sum over k of filters[m, k] |DFT(window * waveform[n, f hop .. f hop + P))[k]|)) * factor + shift,"
              + " minimum, maximum). waveform [N, L], window [P], twiddles [P, 2] (cosine and sine of 2 pi n / P), filters [M, P / 2 + 1] as"
              + " filters_blocks, filters_columns, filters_rows; features [N, F, M], F = (L - P) / hop + 1.",
          List.of(
              OperatorTensor.values("waveform", "[N, L]"),
              OperatorTensor.constant("window", "[P]"),
              OperatorTensor.constant("twiddles", "[P, 2]"),
              OperatorTensor.weight("filters", "[M, P / 2 + 1]")),
          List.of(OperatorTensor.values("features", "[N, F, M]")),
          List.of(
              OperatorAttribute.integer(HOP, 1, MOST_HOP, "samples from a frame to the next"),
              OperatorAttribute.number(
                  FLOOR, Float.MIN_NORMAL, Float.MAX_VALUE, "the least filtered magnitude"),
              finite(FACTOR, "what the logarithm is multiplied by"),
              finite(SHIFT, "what is then added"),
              any(MINIMUM, "lower limit"),
              any(MAXIMUM, "upper limit, at least the lower one")),
          MelSpectrogram::body);

  private MelSpectrogram() {}

  private static OperatorAttribute finite(String name, String meaning) {
    return OperatorAttribute.number(name, -Float.MAX_VALUE, Float.MAX_VALUE, meaning);
  }

  private static OperatorAttribute any(String name, String meaning) {
    return OperatorAttribute.number(
        name, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, meaning);
  }

  /** The cosine and the sine of 2 pi n / points, n = 0, 1, ..., each rounded once. */
  public static float[] twiddles(int points) {
    float[] twiddles = new float[2 * points];
    for (int n = 0; n < points; n++) {
      double angle = 2 * Math.PI * n / points;
      twiddles[2 * n] = (float) StrictMath.cos(angle);
      twiddles[2 * n + 1] = (float) StrictMath.sin(angle);
    }
    return twiddles;
  }

  /** The standard transform has its own twiddles. */
  private static List<Value> body(Nodes g, Map<String, Value> inputs) {
    Value window = Inputs.get(inputs, "window");
    Value spectrum =
        g.node(
            "STFT",
            List.of(unsqueeze(g, Inputs.get(inputs, "waveform"), 2), attribute(g, HOP), window));
    Value magnitude =
        g.node(
            "ReduceL2",
            List.of(spectrum),
            Attribute.of("axes", new long[] {-1}),
            Attribute.of("keepdims", 0));
    Value bins = add(g, div(g, size(g, window, 0), longs(g, 2)), longs(g, 1));
    Value filters = Weights.dense(g, inputs, "filters", bins);
    Value mel = matMul(g, magnitude, transpose(g, filters, 1, 0));
    Value log = unary(g, "Log", g.node("Max", List.of(mel, floatAttribute(g, FLOOR))));
    Value scaled = add(g, mul(g, log, floatAttribute(g, FACTOR)), floatAttribute(g, SHIFT));
    return List.of(
        g.node("Clip", List.of(scaled, floatAttribute(g, MINIMUM), floatAttribute(g, MAXIMUM))));
  }
}
