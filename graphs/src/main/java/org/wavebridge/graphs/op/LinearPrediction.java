package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OperatorAttribute;
import org.wavebridge.graphs.onnx.OperatorTensor;
import org.wavebridge.graphs.onnx.Value;

/**
 * The coefficients of a linear prediction of order 16 from the energies of bands: autocorrelation
 * as a matrix, then the recursion of Levinson and Durbin, in double precision. Source: Valin and
 * Skoglund 2019, section 2.2; xiph/LPCNet.
 */
public final class LinearPrediction {
  /** Attribute: what is added to the energy of the signal. */
  public static final String NOISE_FLOOR = "noise_floor";

  /** Attribute: factor of the i-th coefficient to the power of i. */
  public static final String GAMMA = "gamma";

  /** Input: the matrix. */
  public static final String AUTOCORRELATION = "autocorrelation";

  private static final int ORDER = 16;
  private static final float LEAST_ERROR = 0.001f;

  /** The declaration of {@link #GAMMA}. */
  static final OperatorAttribute FACTOR =
      OperatorAttribute.number(GAMMA, 0, 1, "factor of the coefficients, by power");

  /** The operator. */
  public static final CustomOperator OPERATOR =
      new CustomOperator(
          "LinearPrediction",
          "Energies e = exp(log_energies [N, B]), c = autocorrelation [17, B] e, c_0 + noise_floor; the coefficients a [N, 16] that Levinson and Durbin's recursion"
              + " gives for c, the i-th times gamma^i, i = 1..16. The recursion ends when the error is below 0.001 c_0; later coefficients are 0.",
          List.of(
              OperatorTensor.values("log_energies", "[N, B]"),
              OperatorTensor.constant(AUTOCORRELATION, "[17, B]")),
          List.of(OperatorTensor.values("coefficients", "[N, 16]")),
          List.of(
              OperatorAttribute.between(
                  NOISE_FLOOR, 0, 65536, "what is added to the energy of the signal"),
              FACTOR),
          LinearPrediction::body);

  private LinearPrediction() {}

  private static List<Value> body(Nodes g, Map<String, Value> inputs) {
    Value energies = wide(g, unary(g, "Exp", Inputs.get(inputs, "log_energies")));
    Value matrix = wide(g, Inputs.get(inputs, AUTOCORRELATION));
    Value[] c =
        split(g, matMul(g, energies, transpose(g, matrix, 1, 0)), 1, ORDER + 1)
            .toArray(Value[]::new);
    c[0] = add(g, c[0], wide(g, floatAttribute(g, NOISE_FLOOR)));
    Value zero = sub(g, c[0], c[0]);
    Value least = mul(g, c[0], wide(g, constant(g, LEAST_ERROR)));
    Value error = c[0];
    Value going = g.node("GreaterOrEqual", List.of(error, least));
    Value a = Value.NONE;
    for (int i = 0; i < ORDER; i++) {
      Value sum = i == 0 ? c[1] : add(g, product(g, a, c, i), c[i + 1]);
      Value reflection = g.node("Where", List.of(going, unary(g, "Neg", div(g, sum, error)), zero));
      a = i == 0 ? reflection : concat(g, 1, extended(g, a, reflection, i), reflection);
      error = sub(g, error, mul(g, mul(g, reflection, reflection), error));
      going = g.node("And", List.of(going, g.node("GreaterOrEqual", List.of(error, least))));
    }
    return List.of(cast(g, mul(g, wide(g, powers(g)), a), ElementType.FLOAT));
  }

  /** gamma, gamma^2, ..., {@code [16]}. */
  static Value powers(Nodes g) {
    Value exponents = cast(g, add(g, range(g, scalar(g, ORDER)), scalar(g, 1)), ElementType.FLOAT);
    return g.node("Pow", List.of(floatAttribute(g, GAMMA), exponents));
  }

  /** sum_j a_j c_(i-j), {@code [N, 1]}. */
  private static Value product(Nodes g, Value a, Value[] c, int i) {
    Value[] reversed = new Value[i];
    for (int j = 0; j < i; j++) {
      reversed[j] = c[i - j];
    }
    return g.node(
        "ReduceSum",
        List.of(mul(g, a, concat(g, 1, reversed)), longs(g, 1)),
        Attribute.of("keepdims", 1));
  }

  /** a_j + r a_(i-1-j). */
  static Value extended(Nodes g, Value a, Value reflection, int i) {
    long[] order = new long[i];
    for (int j = 0; j < i; j++) {
      order[j] = i - 1L - j;
    }
    return add(g, a, mul(g, reflection, gather(g, a, longs(g, order), 1)));
  }

  private static Value wide(Nodes g, Value x) {
    return cast(g, x, ElementType.DOUBLE);
  }
}
