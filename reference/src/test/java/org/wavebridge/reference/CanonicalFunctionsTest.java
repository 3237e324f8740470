package org.wavebridge.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** The functions of the f32 profile against double precision, in units of the last place. */
final class CanonicalFunctionsTest {
  private static final int COUNT = 2_000_000;

  @Test
  void exp() {
    check("exp", CanonicalFunctions::exp, Math::exp, -87, 88, 1);
    check("exp", CanonicalFunctions::exp, Math::exp, -1, 1, 1);
  }

  @Test
  void log() {
    check("log", CanonicalFunctions::log, Math::log, 1e-7f, 1, 1);
    check("log", CanonicalFunctions::log, Math::log, 0.5f, 2, 1);
    check("log", CanonicalFunctions::log, Math::log, 1e-5f, 1e5f, 1);
    assertEquals(0, CanonicalFunctions.log(1));
    assertEquals((float) Math.log(Float.MIN_NORMAL), CanonicalFunctions.log(Float.MIN_NORMAL));
    assertEquals((float) Math.log(Float.MAX_VALUE), CanonicalFunctions.log(Float.MAX_VALUE));
  }

  @Test
  void tanh() {
    check("tanh", CanonicalFunctions::tanh, Math::tanh, -12, 12, 2);
    check("tanh", CanonicalFunctions::tanh, Math::tanh, -1, 1, 2);
  }

  @Test
  void sigmoid() {
    DoubleUnaryOperator exact = x -> 1 / (1 + Math.exp(-x));
    check("sigmoid", CanonicalFunctions::sigmoid, exact, -20, 20, 3);
    check("sigmoid", CanonicalFunctions::sigmoid, exact, -86, -20, 3);
  }

  @Test
  void expOutsideItsRangeIsThatOfTheEnds() {
    assertEquals(CanonicalFunctions.exp(88), CanonicalFunctions.exp(1000));
    assertEquals(CanonicalFunctions.exp(88), CanonicalFunctions.exp(Float.POSITIVE_INFINITY));
    assertEquals(CanonicalFunctions.exp(-87), CanonicalFunctions.exp(-1000));
    assertEquals(CanonicalFunctions.exp(-87), CanonicalFunctions.exp(Float.NEGATIVE_INFINITY));
    assertTrue(CanonicalFunctions.exp(-87) >= Float.MIN_NORMAL, "never subnormal");
    assertEquals(1, CanonicalFunctions.exp(0));
  }

  @Test
  void tanhIsOddAndBounded() {
    for (float x : new float[] {1e-30f, 0.3f, 0.625f, 1, 9, 100, Float.MAX_VALUE}) {
      assertEquals(-CanonicalFunctions.tanh(x), CanonicalFunctions.tanh(-x));
      assertTrue(CanonicalFunctions.tanh(x) <= 1);
    }
    assertEquals(1, CanonicalFunctions.tanh(Float.POSITIVE_INFINITY));
    assertEquals(0, Float.floatToRawIntBits(CanonicalFunctions.tanh(0f)));
    assertEquals(0, Float.floatToRawIntBits(CanonicalFunctions.tanh(-0f)), "0 by its fma");
  }

  @Test
  void aNanStaysOne() {
    assertTrue(Float.isNaN(CanonicalFunctions.exp(Float.NaN)));
    assertTrue(Float.isNaN(CanonicalFunctions.tanh(Float.NaN)));
    assertTrue(Float.isNaN(CanonicalFunctions.sigmoid(Float.NaN)));
  }

  private interface FloatFunction {
    float apply(float x);
  }

  private static void check(
      String name,
      FloatFunction function,
      DoubleUnaryOperator exact,
      float from,
      float to,
      double bound) {
    Random random = new Random(1);
    double worst = 0;
    float at = 0;
    for (int i = 0; i < COUNT; i++) {
      float x = from + (to - from) * random.nextFloat();
      double expected = exact.applyAsDouble(x);
      double error = Math.abs(function.apply(x) - expected) / ulp(expected);
      if (!(error <= worst)) {
        worst = error;
        at = x;
      }
    }
    assertTrue(worst <= bound, name + "(" + at + ") is off by " + worst + " ulp");
  }

  /** The distance between binary32 numbers around x. */
  private static double ulp(double x) {
    return Math.scalb(1.0, Math.max(Math.getExponent(x), Float.MIN_EXPONENT) - 23);
  }
}
