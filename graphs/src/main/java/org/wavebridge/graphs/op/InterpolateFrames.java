package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OperatorAttribute;
import org.wavebridge.graphs.onnx.OperatorTensor;
import org.wavebridge.graphs.onnx.Value;

/**
 * Stretches a sequence linearly from its first vector to its last: x {@code [N, F, C]} to y {@code
 * [N, F hop - 2 cut, C]}; sample t lies at t (F - 1) / (F hop - 1), which is divided in whole
 * numbers. Source: Coqui TTS' WaveRNN, torch.nn.functional.interpolate with aligned corners.
 */
public final class InterpolateFrames {
  /** Attribute: samples of a frame. */
  public static final String HOP = "hop";

  /** Attribute: samples left out at each end of the result. */
  public static final String CUT = "cut";

  /** The operator. */
  public static final CustomOperator OPERATOR =
      new CustomOperator(
          "InterpolateFrames",
          "x [N, F, C] stretched linearly to F hop vectors, the first and the last of both falling on each other, of which cut are left out at"
              + " each end: y [N, F hop - 2 cut, C].",
          List.of(OperatorTensor.values("x", "[N, F, C]")),
          List.of(OperatorTensor.values("y", "[N, F hop - 2 cut, C]")),
          List.of(
              OperatorAttribute.integer(HOP, 1, UpsampleFrames.MOST_FACTOR, "samples of a frame"),
              OperatorAttribute.integer(CUT, 0, Integer.MAX_VALUE, "samples left out at each end")),
          InterpolateFrames::body);

  private InterpolateFrames() {}

  private static List<Value> body(Nodes g, Map<String, Value> inputs) {
    Value x = Inputs.get(inputs, "x");
    Value frames = size(g, x, 1);
    Value samples = mul(g, frames, attribute(g, HOP));
    Value last = sub(g, frames, longs(g, 1));
    Value divisor = g.node("Max", List.of(sub(g, samples, longs(g, 1)), longs(g, 1)));
    Value cut = attribute(g, CUT);
    Value count = squeeze(g, sub(g, samples, mul(g, cut, longs(g, 2))), 0);
    Value position = mul(g, add(g, range(g, count), cut), last);
    Value frame = div(g, position, divisor);
    Value rest = sub(g, position, mul(g, frame, divisor));
    Value weight = div(g, cast(g, rest, ElementType.FLOAT), cast(g, divisor, ElementType.FLOAT));
    Value next = g.node("Min", List.of(add(g, frame, longs(g, 1)), last));
    Value here = gather(g, x, frame, 1);
    Value rise = sub(g, gather(g, x, next, 1), here);
    return List.of(add(g, here, mul(g, unsqueeze(g, weight, 1), rise)));
  }
}
