package org.wavebridge.conformance.mutation;

import java.util.Arrays;
import java.util.List;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.reference.ForwardingArithmetic;

/** Bugs of the functions and products of a network. */
final class FunctionBugs {
  private FunctionBugs() {}

  static List<Mutant> all() {
    return List.of(
        Mutant.of("tanh off by 1e-3")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public double tanh(double x) {
                        return super.tanh(x) * (1 - 1e-3);
                      }
                    }),
        Mutant.of("sigmoid by pieces of lines")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public double sigmoid(double x) {
                        return Math.max(0, Math.min(1, 0.2 * x + 0.5));
                      }
                    }),
        Mutant.of("sigmoid overflows far out")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public double sigmoid(double x) {
                        double e = (float) Math.exp(x);
                        return e / (1 + e);
                      }
                    }),
        Mutant.of("products in half precision")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public double[] affine(WeightMatrix weight, double[] x, double[] bias) {
                        double[] coarse =
                            Arrays.stream(x).map(v -> Math.rint(v * 2048) / 2048).toArray();
                        return super.affine(weight, coarse, bias);
                      }
                    }),
        Mutant.of("last column of every product dropped")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public double[] affine(WeightMatrix weight, double[] x, double[] bias) {
                        double[] cut = x.clone();
                        if (cut.length > 1) {
                          cut[cut.length - 1] = 0;
                        }
                        return super.affine(weight, cut, bias);
                      }
                    }));
  }
}
