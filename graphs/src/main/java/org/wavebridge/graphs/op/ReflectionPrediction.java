package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OperatorTensor;
import org.wavebridge.graphs.onnx.Value;

/**
 * The coefficients of a linear prediction of order 16 from its reflection coefficients. Source:
 * Subramani et al. 2022, section 3.2; xiph/LPCNet.
 */
public final class ReflectionPrediction {
  private static final int ORDER = 16;

  /** The operator. */
  public static final CustomOperator OPERATOR =
      new CustomOperator(
          "ReflectionPrediction",
          "The coefficients a [N, 16] of the prediction whose reflection coefficients are k [N, 16]: for i = 1..16, a_j + k_i a_(i-j) for j < i, then a_i = k_i;"
              + " at last the i-th times gamma^i.",
          List.of(OperatorTensor.values("reflections", "[N, 16]")),
          List.of(OperatorTensor.values("coefficients", "[N, 16]")),
          List.of(LinearPrediction.FACTOR),
          ReflectionPrediction::body);

  private ReflectionPrediction() {}

  private static List<Value> body(Nodes g, Map<String, Value> inputs) {
    List<Value> k = split(g, Inputs.get(inputs, "reflections"), 1, ORDER);
    Value a = k.get(0);
    for (int i = 1; i < ORDER; i++) {
      a = concat(g, 1, LinearPrediction.extended(g, a, k.get(i), i), k.get(i));
    }
    return List.of(mul(g, LinearPrediction.powers(g), a));
  }
}
