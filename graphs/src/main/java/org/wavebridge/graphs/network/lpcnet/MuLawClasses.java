package org.wavebridge.graphs.network.lpcnet;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;

/**
 * The 256 mu-law classes of LPCNet. The class of a value is defined by an approximate logarithm,
 * the one of the original's C code, step by step in binary32; values are in units of 32768.
 *
 * <pre>
 * a = min(1 + 255 |x|, 512) = 2^k m, m from 1 to 2;  f = m - 1.5
 * l = (1 + k) + (-0.41445418 + f (0.95909232 + f (-0.33951290 + f 0.16541097)))
 * U(x) = floor(0.5 + clip(128 +- 128 (0.69315 l) / 5.5451774445, 0, 255))      sign of x
 * V(i) = sign(i - 128) / 255 (exp(|i - 128| / 128 * 5.5451774445) - 1)
 * </pre>
 */
public final class MuLawClasses {
  /** Coefficients of the polynomial, lowest power first. */
  private static final float[] LOG2 = {-0.41445418f, 0.95909232f, -0.33951290f, 0.16541097f};

  /** ln 2, as the definition rounds it. */
  private static final float LN_2 = 0.69315f;

  /** ln 256, as the definition rounds it. */
  private static final float LN_256 = 5.5451774445f;

  /** The largest a: every value beyond has the outermost class. */
  private static final float MOST = 512;

  private static final int HALF = LpcNetNetwork.CLASSES / 2;
  private static final int LARGEST_EXPONENT = 9;

  private MuLawClasses() {}

  /** V for every class, {@code [256]}: in double precision, rounded to binary32, over 32768. */
  public static float[] values() {
    float[] values = new float[LpcNetNetwork.CLASSES];
    for (int i = 0; i < values.length; i++) {
      int distance = Math.abs(i - HALF);
      double level = 32768.0 / 255 * (StrictMath.exp(distance / 128.0 * 5.5451774445) - 1);
      values[i] = (float) (i < HALF ? -level : level) / 32768;
    }
    return values;
  }

  /** U(x). */
  public static int of(float x) {
    float a = 1 + 255 * Math.abs(x);
    a = a < MOST ? a : MOST;
    int k = Math.getExponent(a);
    float f = Math.scalb(a, -k) - 1.5f;
    float p = LOG2[3];
    for (int i = 2; i >= 0; i--) {
      p = LOG2[i] + f * p;
    }
    float u = HALF * (LN_2 * (1 + k + p)) / LN_256;
    float level = HALF + (x < 0 ? -u : u);
    return (int) (0.5f + Math.max(0, Math.min(LpcNetNetwork.CLASSES - 1, level)));
  }

  /** U(x) as int64, of x {@code [N, 1]}. */
  static Value of(Nodes g, Value x) {
    Value a =
        g.node(
            "Min",
            List.of(
                add(g, constant(g, 1), mul(g, constant(g, 255), unary(g, "Abs", x))),
                constant(g, MOST)));
    float[] powers = new float[LARGEST_EXPONENT];
    float[] inverse = new float[LARGEST_EXPONENT + 1];
    inverse[0] = 1;
    for (int k = 1; k <= LARGEST_EXPONENT; k++) {
      powers[k - 1] = 1 << k;
      inverse[k] = 1f / (1 << k);
    }
    Value reached = g.node("GreaterOrEqual", List.of(a, floats(g, powers)));
    Value k =
        g.node(
            "ReduceSum",
            List.of(cast(g, reached, ElementType.FLOAT), longs(g, 1)),
            Attribute.of("keepdims", 1));
    Value mantissa = mul(g, a, gather(g, floats(g, inverse), cast(g, k, ElementType.INT64), 0));
    Value f = sub(g, mantissa, constant(g, 1.5f));
    Value p = constant(g, LOG2[3]);
    for (int i = 2; i >= 0; i--) {
      p = add(g, constant(g, LOG2[i]), mul(g, f, p));
    }
    Value l = add(g, add(g, constant(g, 1), k), p);
    Value scaled = mul(g, constant(g, HALF), mul(g, constant(g, LN_2), l));
    Value u = div(g, scaled, constant(g, LN_256));
    Value negative = g.node("Less", List.of(x, constant(g, 0)));
    Value signed = g.node("Where", List.of(negative, unary(g, "Neg", u), u));
    Value limited = clip(g, add(g, constant(g, HALF), signed), 0, LpcNetNetwork.CLASSES - 1);
    return limited(g, unary(g, "Floor", add(g, constant(g, 0.5f), limited)));
  }

  /** Numbers as classes, int64; one that is no number becomes some class. */
  static Value limited(Nodes g, Value x) {
    Value whole = cast(g, x, ElementType.INT64);
    Value lowest = g.node("Max", List.of(whole, scalar(g, 0)));
    return g.node("Min", List.of(lowest, scalar(g, LpcNetNetwork.CLASSES - 1)));
  }
}
