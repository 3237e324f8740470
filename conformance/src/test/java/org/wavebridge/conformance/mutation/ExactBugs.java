package org.wavebridge.conformance.mutation;

import java.util.List;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.ForwardingArithmetic;

/** Bugs that only the exact profiles show: another rounding or order of addition. */
final class ExactBugs {
  private ExactBugs() {}

  static List<Mutant> all() {
    return List.of(
        Mutant.ofCanonical("int8 activations rounded half up").arithmetic(FaultyInt8::halfUp),
        Mutant.ofCanonical("int8 activations cut off").arithmetic(FaultyInt8::cutOff),
        Mutant.ofCanonical("int8 product scaled with one fused rounding")
            .arithmetic(FaultyInt8::fused),
        Mutant.ofCanonical("f32 sums in plain order").arithmetic(ExactBugs::plainOrder),
        Mutant.ofCanonical("sums of a conditioner in plain order")
            .arithmetic(ExactBugs::plainOrder)
            .only(GraphKind.CONDITIONER),
        Mutant.ofCanonical("sums of a context in plain order")
            .arithmetic(ExactBugs::plainOrder)
            .only(GraphKind.CONTEXT),
        Mutant.ofCanonical("tanh of the platform")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public double tanh(double x) {
                        return (float) Math.tanh(x);
                      }
                    }));
  }

  private static Arithmetic plainOrder(Arithmetic right) {
    return new ForwardingArithmetic(right) {
      @Override
      public double[] affine(WeightMatrix weight, double[] x, double[] bias) {
        return weight.int8().isPresent()
            ? super.affine(weight, x, bias)
            : inPlainOrder(weight, x, bias);
      }
    };
  }

  private static double[] inPlainOrder(WeightMatrix weight, double[] x, double[] bias) {
    double[] y = new double[weight.rows()];
    for (int r = 0; r < y.length; r++) {
      float sum = 0;
      for (int k = 0; k < x.length; k++) {
        sum = Math.fma(weight.at(r, k), (float) x[k], sum);
      }
      y[r] = sum + (float) bias[r];
    }
    return y;
  }
}
