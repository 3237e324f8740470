package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OperatorAttribute;
import org.wavebridge.graphs.onnx.OperatorTensor;
import org.wavebridge.graphs.onnx.Value;

/**
 * Repeats every vector of a sequence and smooths the repeats: x {@code [N, P, C]}, kernel {@code [2
 * factor + 1]}, bias {@code [1]}, y {@code [N, (P - 2) factor - 2 cut, C]}. The first and the last
 * vector of x only serve as neighbours. Source: fatchord's UpsampleNetwork (a stretch and a
 * convolution).
 */
public final class UpsampleFrames {
  /** Attribute: how often a vector is repeated. */
  public static final String FACTOR = "factor";

  /** Attribute: vectors left out at each end of the result. */
  public static final String CUT = "cut";

  /** Input: the smoothing taps. */
  public static final String KERNEL = "kernel";

  static final int MOST_FACTOR = 1 << 16;

  /** The operator. */
  public static final CustomOperator OPERATOR =
      new CustomOperator(
          "UpsampleFrames",
          "Every vector of x [N, P, C] repeated factor times along the second axis, each channel smoothed with kernel [2 factor + 1], plus bias [1];"
              + " the first and the last vector only serve as neighbours, and cut vectors are left out at each end: y [N, (P - 2) factor - 2 cut, C].",
          List.of(
              OperatorTensor.values("x", "[N, P, C]"),
              OperatorTensor.constant(KERNEL, "[2 factor + 1]"),
              OperatorTensor.constant("bias", "[1]")),
          List.of(OperatorTensor.values("y", "[N, (P - 2) factor - 2 cut, C]")),
          List.of(
              OperatorAttribute.integer(FACTOR, 1, MOST_FACTOR, "how often a vector is repeated"),
              OperatorAttribute.integer(CUT, 0, Integer.MAX_VALUE, "vectors left out at each end")),
          UpsampleFrames::body);

  private UpsampleFrames() {}

  /** Every channel is a row of its own: {@code [N C, 1, P factor]} before the convolution. */
  private static List<Value> body(Nodes g, Map<String, Value> inputs) {
    Value x = Inputs.get(inputs, "x");
    Value rows = size(g, x, 0);
    Value channels = size(g, x, 2);
    Value factor = unsqueeze(g, attribute(g, FACTOR), 0);
    Value byChannel =
        reshape(g, transpose(g, x, 0, 2, 1), concat(g, 0, longs(g, -1, 1), size(g, x, 1)));
    Value repeated =
        g.node(
            "Expand", List.of(unsqueeze(g, byChannel, 3), concat(g, 0, longs(g, 1, 1, 1), factor)));
    Value flat = reshape(g, repeated, 0, 1, -1);
    Value kernel = reshape(g, Inputs.get(inputs, KERNEL), 1, 1, -1);
    Value smooth = g.node("Conv", List.of(flat, kernel, Inputs.get(inputs, "bias")));
    Value whole = reshape(g, smooth, concat(g, 0, rows, channels, longs(g, -1)));
    Value cut = unsqueeze(g, attribute(g, CUT), 0);
    Value end = sub(g, size(g, whole, 2), cut);
    Value kept = g.node("Slice", List.of(whole, cut, end, longs(g, 2)));
    return List.of(transpose(g, kept, 0, 2, 1));
  }
}
