package org.wavebridge.conformance.mutation;

import java.util.List;
import java.util.function.UnaryOperator;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.Conditioning;
import org.wavebridge.reference.ForwardingArithmetic;
import org.wavebridge.reference.HeadReference;
import org.wavebridge.reference.ReferenceState;

/** Bugs of the draw of a sample. */
final class DrawBugs {
  private DrawBugs() {}

  static List<Mutant> all() {
    return List.of(
        Mutant.of("class after the right one").arithmetic(draw((k, n) -> Math.min(n - 1, k + 1))),
        Mutant.of("values over C instead of C - 1")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public double value(int k, int classes) {
                        return 2.0 * k / classes - 1;
                      }
                    }),
        Mutant.of("temperature ignored")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public int drawClass(double[] logits, double temperature, double uniform) {
                        return super.drawClass(logits, 1, uniform);
                      }
                    }),
        Mutant.of("softmax without its maximum, overflowing")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public int drawClass(double[] logits, double temperature, double uniform) {
                        float total = 0;
                        for (double logit : logits) {
                          total += (float) Math.exp(2 * logit / temperature);
                        }
                        return Float.isInfinite(total)
                            ? 0
                            : super.drawClass(logits, temperature, uniform);
                      }
                    }),
        Mutant.of("uniform rounded to a byte")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public int drawClass(double[] logits, double temperature, double uniform) {
                        return super.drawClass(
                            logits, temperature, Math.floor(uniform * 256) / 256);
                      }
                    }),
        Mutant.of("edge of a class belongs to the class below")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public int drawClass(double[] logits, double temperature, double uniform) {
                        return super.drawClass(logits, temperature, Math.max(0, uniform - 1e-4));
                      }
                    }),
        Mutant.of("scale of a mixture without temperature")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public double draw(
                          HeadReference head,
                          double[] outputs,
                          double temperature,
                          double[] uniforms) {
                        double[] cooler = outputs.clone();
                        if (head.head() instanceof Head.MixtureOfLogistics mixture) {
                          for (int i = 2 * mixture.mixtures(); i < cooler.length; i++) {
                            cooler[i] -= Math.log(temperature);
                          }
                        }
                        return super.draw(head, cooler, temperature, uniforms);
                      }
                    }),
        Mutant.of("logistic quantile in place of the normal one")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public double draw(
                          HeadReference head,
                          double[] outputs,
                          double temperature,
                          double[] uniforms) {
                        if (head instanceof HeadReference.Normal normal) {
                          double u = Math.max(0x1p-24, Math.min(1 - 0x1p-24, uniforms[0]));
                          double logistic = Math.log(u / (1 - u)) / 1.702;
                          HeadReference.Outcome made =
                              normal.outcomes(this, outputs, temperature, uniforms).get(0);
                          double value = fma(made.scale(), logistic, made.location());
                          return Math.max(-1, Math.min(1, value));
                        }
                        return super.draw(head, outputs, temperature, uniforms);
                      }
                    }),
        Mutant.of("uniforms of a sample in another order")
            .network(
                right ->
                    new FaultyNetwork(right) {
                      @Override
                      public Step draw(
                          ReferenceState state,
                          Conditioning conditioning,
                          int t,
                          double[] uniforms,
                          double temperature,
                          Context context) {
                        double[] other = uniforms.clone();
                        for (int i = 0; i < other.length; i++) {
                          other[i] = uniforms[other.length - 1 - i];
                        }
                        return super.draw(state, conditioning, t, other, temperature, context);
                      }
                    }));
  }

  private interface Choice {
    int of(int drawn, int classes);
  }

  private static UnaryOperator<Arithmetic> draw(Choice choice) {
    return right ->
        new ForwardingArithmetic(right) {
          @Override
          public int drawClass(double[] logits, double temperature, double uniform) {
            return choice.of(super.drawClass(logits, temperature, uniform), logits.length);
          }
        };
  }
}
