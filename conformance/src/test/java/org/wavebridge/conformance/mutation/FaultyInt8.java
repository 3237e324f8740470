package org.wavebridge.conformance.mutation;

import org.wavebridge.graphs.model.Int8Weights;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.ForwardingArithmetic;

/** int8 products that are nearly those of the profile. */
final class FaultyInt8 {
  private FaultyInt8() {}

  private interface Rounding {
    double round(double x);
  }

  private interface Scaling {
    float scale(int sum, float scale, float unit, float bias);
  }

  static Arithmetic halfUp(Arithmetic right) {
    return with(right, x -> Math.floor(x + 0.5), FaultyInt8::right);
  }

  static Arithmetic cutOff(Arithmetic right) {
    return with(right, x -> x < 0 ? Math.ceil(x) : Math.floor(x), FaultyInt8::right);
  }

  static Arithmetic fused(Arithmetic right) {
    return with(
        right, Math::rint, (sum, scale, unit, bias) -> Math.fma((float) sum, scale * unit, bias));
  }

  private static float right(int sum, float scale, float unit, float bias) {
    return (float) sum * (scale * unit) + bias;
  }

  private static Arithmetic with(Arithmetic right, Rounding rounding, Scaling scaling) {
    return new ForwardingArithmetic(right) {
      @Override
      public double[] affine(WeightMatrix weight, double[] x, double[] bias) {
        return weight
            .int8()
            .map(int8 -> product(weight, int8, x, bias, rounding, scaling))
            .orElseGet(() -> super.affine(weight, x, bias));
      }
    };
  }

  private static double[] product(
      WeightMatrix weight,
      Int8Weights int8,
      double[] x,
      double[] bias,
      Rounding rounding,
      Scaling scaling) {
    float largest = 0;
    for (double value : x) {
      largest = Math.max(largest, Math.abs((float) value));
    }
    largest = int8.boundedInput() ? 1 : largest;
    int most = int8.activations().largest();
    float factor = largest > 0 ? most / largest : 0;
    double[] y = new double[weight.rows()];
    for (int r = 0; r < y.length; r++) {
      int sum = 0;
      for (int k = 0; k < x.length; k++) {
        int q = (int) Math.max(-most, Math.min(most, rounding.round((float) x[k] * factor)));
        sum += int8.values()[r * x.length + k] * q;
      }
      y[r] = scaling.scale(sum, int8.scales()[r], largest / most, (float) bias[r]);
    }
    return y;
  }
}
