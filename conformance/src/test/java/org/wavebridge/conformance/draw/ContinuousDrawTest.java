package org.wavebridge.conformance.draw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.numbers.gamma.Erfc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.conformance.measure.GoodnessOfFit;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.runtime.Uniforms;

/** A million draws from mixtures of logistics or a Gaussian follow their distribution function. */
final class ContinuousDrawTest {
  private static final int CELLS = 400;

  /** In standard deviations; seeds are fixed, so that a sound draw never fails by chance. */
  private static final double BOUND = 4;

  /** Exceeded by one set of draws in a thousand. */
  private static final double KOLMOGOROV_SMIRNOV = 1.95;

  @TempDir Path folder;

  /** Mixture logits, means, log scales; mean and log of the deviation of a Gaussian. */
  private static float[] outputs(String name) {
    return switch (name) {
      case "one" -> new float[] {7, 0.2f, -3};
      case "narrow and wide" -> new float[] {1, 0, -0.5f, -0.4f, 0.3f, 0.1f, -6, -3, -1.5f};
      case "one beyond the end" -> new float[] {0, 1, 1.1f, -0.3f, -3, -2};
      case "one impossible" -> new float[] {0, Float.NEGATIVE_INFINITY, 0.4f, -0.4f, -3, -3};
      case "gaussian" -> new float[] {-0.3f, -2};
      case "gaussian of the least deviation" -> new float[] {0.1f, -20};
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Head head(float[] outputs) {
    return outputs.length == 2
        ? new Head.Gaussian()
        : new Head.MixtureOfLogistics(outputs.length / 3);
  }

  @ParameterizedTest
  @CsvSource({
    "f32, one, 1",
    "f32, narrow and wide, 1",
    "int8, narrow and wide, 0.8",
    "int8, one beyond the end, 1",
    "f32, one impossible, 1.2",
    "f32, gaussian, 1",
    "int8, gaussian, 0.7"
  })
  void theRuntime(String precision, String name, float temperature) {
    float[] outputs = outputs(name);
    Head head = head(outputs);
    float[] values =
        ConstantVoice.values(
            ConstantVoice.residualGru(head, outputs), precision, temperature, folder);
    assertEquals(ConstantVoice.SAMPLES, values.length);
    assertFits(name, values, outputs, temperature);
  }

  @Test
  void aDeviationIsAtLeastTheLeast() {
    float[] outputs = outputs("gaussian of the least deviation");
    float[] values =
        ConstantVoice.values(ConstantVoice.residualGru(head(outputs), outputs), "f32", 1, folder);
    double squares = 0;
    for (float value : values) {
      squares += (value - 0.1) * (value - 0.1);
    }
    assertEquals(Math.exp(-7), Math.sqrt(squares / values.length), 0.005 * Math.exp(-7));
  }

  @ParameterizedTest
  @ValueSource(strings = {"narrow and wide", "gaussian"})
  void theReferences(String name) {
    float[] outputs = outputs(name);
    Head head = head(outputs);
    for (Arithmetic of : new Arithmetic[] {Arithmetic.DOUBLE, Arithmetic.CANONICAL_F32}) {
      Uniforms uniforms = new Uniforms(22);
      float[] values = new float[ConstantVoice.SAMPLES];
      double[] drawn = new double[head.draws()];
      for (int t = 0; t < values.length; t++) {
        for (int draw = 0; draw < drawn.length; draw++) {
          drawn[draw] = uniforms.at(0, t, draw);
        }
        values[t] = (float) draw(of, head, Arithmetic.widen(outputs), drawn);
      }
      assertFits(of.toString(), values, outputs, 1);
    }
  }

  private static double draw(Arithmetic of, Head head, double[] outputs, double[] uniforms) {
    return head instanceof Head.MixtureOfLogistics mixture
        ? of.drawMixture(mixture, outputs, 1, uniforms)
        : of.drawGaussian(outputs, 1, uniforms[0]);
  }

  /** P(value below x) of a Gaussian or a mixture. */
  private static DoubleUnaryOperator below(float[] outputs, double temperature) {
    if (outputs.length == 2) {
      double deviation = Math.exp(outputs[1]) * temperature;
      return x -> Erfc.value((outputs[0] - x) / (deviation * Math.sqrt(2))) / 2;
    }
    return belowMixture(outputs, temperature);
  }

  /** P(value below x): a softmax of logistic distributions, whose scales the temperature widens. */
  private static DoubleUnaryOperator belowMixture(float[] outputs, double temperature) {
    int mixtures = outputs.length / 3;
    double[] shares = GoodnessOfFit.softmax(Arrays.copyOf(outputs, mixtures), temperature);
    return x -> {
      double probability = 0;
      for (int i = 0; i < mixtures; i++) {
        double scale = Math.exp(outputs[2 * mixtures + i]) * temperature;
        probability += shares[i] / (1 + Math.exp((outputs[mixtures + i] - x) / scale));
      }
      return probability;
    };
  }

  /** The draws fit, and do not fit another temperature: so the test could have failed. */
  private static void assertFits(String what, float[] values, float[] outputs, double temperature) {
    DoubleUnaryOperator exact = below(outputs, temperature);
    DoubleUnaryOperator warmer = below(outputs, 1.03 * temperature);
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
