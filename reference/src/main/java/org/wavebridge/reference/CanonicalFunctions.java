package org.wavebridge.reference;

/**
 * exp, log, sigmoid and tanh of {@code docs/numerics.md}: fixed sequences of binary32 operations.
 */
final class CanonicalFunctions {
  private static final float LN2_HIGH = 0x1.62e4p-1f;
  private static final float LN2_LOW = 0x1.7f7d1cp-20f;

  private static final float[] EXP = {
    0x1.6a242ap-10f, 0x1.1239e4p-7f, 0x1.5558f2p-5f, 0x1.555492p-3f, 0x1.fffffcp-2f, 1, 1
  };

  private static final float[] TANH = {
    -0.005716780200600624f,
    0.020650357007980347f,
    -0.053743429481983185f,
    0.13331490755081177f,
    -0.3333328366279602f
  };

  private static final float[] LOG = {
    -0.0762314423918724f,
    0.12905766069889069f,
    -0.1324307918548584f,
    0.14181599020957947f,
    -0.16609039902687073f,
    0.20001986622810364f,
    -0.25001585483551025f,
    0.33333325386047363f,
    -0.49999988079071045f
  };

  /** sqrt(1/2) as bits: mantissas are taken from [sqrt(1/2), sqrt(2)). */
  private static final int SQRT_HALF = 0x3f3504f3;

  private CanonicalFunctions() {}

  static float exp(float argument) {
    float x = argument < -87 ? -87 : argument > 88 ? 88 : argument;
    float n = Math.fma(x, 0x1.715476p+0f, 12582912f) - 12582912f;
    float r = Math.fma(n, -LN2_HIGH, x);
    r = Math.fma(n, -LN2_LOW, r);
    float p = horner(EXP, r);
    return Float.isNaN(p) ? p : Float.intBitsToFloat(Float.floatToRawIntBits(p) + ((int) n << 23));
  }

  static float sigmoid(float x) {
    return 1f / (1f + exp(-x));
  }

  static float tanh(float x) {
    float a = Math.abs(x);
    if (a < 0.625f) {
      float z = x * x;
      return Math.fma(horner(TANH, z) * z, x, x);
    }
    return Math.copySign(1f - 2f / (exp(a + a) + 1f), x);
  }

  static float log(float x) {
    int i = Float.floatToRawIntBits(x) - SQRT_HALF;
    float k = i >> 23;
    float f = Float.intBitsToFloat((i & 0x7fffff) + SQRT_HALF) - 1f;
    float y = (f * f) * horner(LOG, f);
    y = Math.fma(k, LN2_LOW, y);
    y = y + f;
    return Math.fma(k, LN2_HIGH, y);
  }

  /** ((c[0] x + c[1]) x + c[2]) x + ..., each step one fused multiply-add. */
  static float horner(float[] coefficients, float x) {
    float p = coefficients[0];
    for (int i = 1; i < coefficients.length; i++) {
      p = Math.fma(p, x, coefficients[i]);
    }
    return p;
  }
}
