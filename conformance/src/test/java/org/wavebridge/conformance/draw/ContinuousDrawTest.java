package org.wavebridge.conformance.draw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.conformance.measure.GoodnessOfFit;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.HeadReference;
import org.wavebridge.runtime.Uniforms;

/** A million draws of a continuous head follow its distribution function. */
final class ContinuousDrawTest {
  private static final int CELLS = 400;

  /** In standard deviations; seeds are fixed, so that a sound draw never fails by chance. */
  private static final double BOUND = 4;

  /** Exceeded by one set of draws in a thousand. */
  private static final double KOLMOGOROV_SMIRNOV = 1.95;

  @TempDir Path folder;

  /** A head with outputs whose distribution is known. */
  private record Case(String name, Head head, float[] outputs) {
    /** Logits, means, log scales. */
    static Case mixture(String name, float... outputs) {
      return new Case(name, new Head.MixtureOfLogistics(outputs.length / 3), outputs);
    }

    DoubleUnaryOperator below(double temperature) {
      double[] wide = Arithmetic.widen(outputs);
      return x -> reference().below(wide, temperature, x);
    }

    HeadReference.Continuous reference() {
      return (HeadReference.Continuous) HeadReference.of(head);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    cases.add(Case.mixture("one", 7, 0.2f, -3));
    cases.add(Case.mixture("narrow and wide", 1, 0, -0.5f, -0.4f, 0.3f, 0.1f, -6, -3, -1.5f));
    cases.add(Case.mixture("one beyond the end", 0, 1, 1.1f, -0.3f, -3, -2));
    cases.add(Case.mixture("one impossible", 0, Float.NEGATIVE_INFINITY, 0.4f, -0.4f, -3, -3));
    for (Head head : ResidualGruNetwork.HEADS) {
      if (head.categorical().isEmpty()) {
        float[] outputs = new float[head.outputs()];
        Random random = new Random(1);
        for (int i = 0; i < outputs.length; i++) {
          outputs[i] = random.nextFloat(-2, 0);
        }
        cases.add(new Case(head.toString(), head, outputs));
      }
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theRuntime(Case c) {
    for (String precision : List.of("f32", "int8")) {
      float temperature = precision.equals("f32") ? 1 : 0.8f;
      float[] values =
          ConstantVoice.values(
              ConstantVoice.residualGru(c.head(), c.outputs()),
              precision,
              temperature,
              folder.resolve(precision));
      assertEquals(ConstantVoice.SAMPLES, values.length);
      assertFits(c + " " + precision, values, c, temperature);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theReferences(Case c) {
    double[] outputs = Arithmetic.widen(c.outputs());
    for (Arithmetic of : new Arithmetic[] {Arithmetic.DOUBLE, Arithmetic.CANONICAL_F32}) {
      Uniforms uniforms = new Uniforms(22);
      float[] values = new float[ConstantVoice.SAMPLES];
      double[] drawn = new double[c.head().draws()];
      for (int t = 0; t < values.length; t++) {
        for (int draw = 0; draw < drawn.length; draw++) {
          drawn[draw] = uniforms.at(0, t, draw);
        }
        values[t] = (float) of.draw(c.reference(), outputs, 1, drawn);
      }
      assertFits(c + " " + of, values, c, 1);
    }
  }

  /** The draws fit, and do not fit another temperature: so the test could have failed. */
  private static void assertFits(String what, float[] values, Case c, double temperature) {
    DoubleUnaryOperator exact = c.below(temperature);
    DoubleUnaryOperator warmer = c.below(1.03 * temperature);
    double fit = chiSquare(values, exact);
    assertTrue(Math.abs(fit) < BOUND, what + ": off by " + fit + " standard deviations");
    double other = chiSquare(values, warmer);
    assertTrue(other > BOUND, what + ": fits another temperature too, " + other);
    double distance = GoodnessOfFit.kolmogorovSmirnov(values, exact);
    assertTrue(distance < KOLMOGOROV_SMIRNOV, what + ": Kolmogorov-Smirnov " + distance);
    double farther = GoodnessOfFit.kolmogorovSmirnov(values, warmer);
    assertTrue(farther > KOLMOGOROV_SMIRNOV, what + ": fits another temperature too, " + farther);
  }

  /** Cells of equal width; the outer ones hold what was clamped. */
  private static double chiSquare(float[] values, DoubleUnaryOperator below) {
    long[] counts = new long[CELLS];
    for (float value : values) {
      counts[Math.min(CELLS - 1, (int) ((value + 1.0) / 2 * CELLS))]++;
    }
    double[] probabilities = new double[CELLS];
    double before = 0;
    for (int i = 0; i < CELLS; i++) {
      double after = i == CELLS - 1 ? 1 : below.applyAsDouble(2.0 * (i + 1) / CELLS - 1);
      probabilities[i] = after - before;
      before = after;
    }
    return GoodnessOfFit.chiSquare(counts, probabilities, 200);
  }
}
