package org.wavebridge.conformance.draw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wavebridge.conformance.measure.GoodnessOfFit;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.runtime.Uniforms;

/** A million draws of classes follow softmax(logits / temperature). */
final class ClassDrawTest {
  private static final int CLASSES = 256;

  /** In standard deviations; seeds are fixed, so that a sound draw never fails by chance. */
  private static final double BOUND = 4;

  @TempDir Path folder;

  private static float[] logits(String name) {
    float[] logits = new float[CLASSES];
    Random random = new Random(8);
    for (int i = 0; i < CLASSES; i++) {
      logits[i] =
          switch (name) {
            case "flat" -> 3;
            case "peaked" -> i == 100 ? 5 : -Math.abs(i - 100) / 10f;
            case "heavy tail" -> (float) (-1.2 * Math.log(1 + (i * 101) % CLASSES));
            case "random" -> (float) (3 * random.nextGaussian());
            case "ties" -> i % 64 == 17 ? 10 : 3;
            case "every third impossible" ->
                i % 3 == 0 ? Float.NEGATIVE_INFINITY : (float) random.nextGaussian();
            default -> throw new IllegalArgumentException(name);
          };
    }
    return logits;
  }

  @ParameterizedTest
  @CsvSource({
    "f32, peaked, flat, 1",
    "int8, peaked, flat, 1",
    "f32, heavy tail, every third impossible, 1",
    "int8, heavy tail, every third impossible, 1",
    "f32, random, ties, 0.7",
    "int8, ties, random, 1.3"
  })
  void twoSoftmaxes(String precision, String coarse, String fine, float temperature) {
    long[] coarseCounts = new long[CLASSES];
    long[] fineCounts = new long[CLASSES];
    for (int sample : samples(precision, logits(coarse), logits(fine), temperature)) {
      coarseCounts[sample / CLASSES]++;
      fineCounts[sample % CLASSES]++;
    }
    assertFits(coarse, coarseCounts, logits(coarse), temperature);
    assertFits(fine, fineCounts, logits(fine), temperature);
  }

  @ParameterizedTest
  @CsvSource({"f32, heavy tail", "int8, heavy tail", "f32, peaked", "int8, random"})
  void oneSoftmax(String precision, String name) {
    float[] logits = logits(name);
    long[] counts = new long[CLASSES];
    for (float value :
        ConstantVoice.values(
            ConstantVoice.residualGru(new Head.Categorical(CLASSES), logits),
            precision,
            0.9f,
            folder)) {
      counts[Math.round((value + 1) * 127.5f)]++;
    }
    assertFits(name, counts, logits, 0.9f);
  }

  @Test
  void drawsAreIndependent() {
    float[] flat = logits("flat");
    int[] samples = samples("f32", flat, flat, 1);
    long[][] pairs = new long[3][CLASSES];
    for (int t = 1; t < samples.length; t += 2) {
      // The upper four bits of two draws: both of one sample, or of a sample and the one before.
      int coarse = samples[t] >> 12;
      int fine = samples[t] >> 4 & 15;
      pairs[0][16 * coarse + fine]++;
      pairs[1][16 * coarse + (samples[t - 1] >> 12)]++;
      pairs[2][16 * fine + (samples[t - 1] >> 4 & 15)]++;
    }
    for (long[] counts : pairs) {
      assertFits("pairs", counts, flat, 1);
    }
  }

  @Test
  void theReferences() {
    for (Arithmetic of : new Arithmetic[] {Arithmetic.DOUBLE, Arithmetic.CANONICAL_F32}) {
      for (String name : new String[] {"peaked", "heavy tail", "every third impossible"}) {
        float[] logits = Arrays.copyOfRange(logits(name), 90, 120);
        double[] wide = Arithmetic.widen(logits);
        long[] counts = new long[logits.length];
        Uniforms uniforms = new Uniforms(21);
        for (int t = 0; t < 1_000_000; t++) {
          counts[of.drawClass(wide, 0.9, uniforms.at(0, t, 0))]++;
        }
        assertFits(of + " " + name, counts, logits, 0.9);
      }
    }
  }

  /** The draws fit, and do not fit another temperature: so the test could have failed. */
  private static void assertFits(String what, long[] counts, float[] logits, double temperature) {
    double[] exact = GoodnessOfFit.softmax(logits, temperature);
    double fit = GoodnessOfFit.chiSquare(counts, exact, 10);
    assertTrue(Math.abs(fit) < BOUND, what + ": off by " + fit + " standard deviations");
    double[] warmer = GoodnessOfFit.softmax(logits, 1.03 * temperature);
    if (!Arrays.equals(exact, warmer)) {
      double other = GoodnessOfFit.chiSquare(counts, warmer, 10);
      assertTrue(other > BOUND, what + ": fits another temperature too, " + other);
    }
  }

  /** Samples 0..65535 of a network whose logits are always these. */
  private int[] samples(String precision, float[] coarse, float[] fine, float temperature) {
    float[] values =
        ConstantVoice.values(
            ConstantVoice.dualSoftmax(coarse, fine), precision, temperature, folder);
    assertEquals(ConstantVoice.SAMPLES, values.length);
    int[] samples = new int[values.length];
    Arrays.setAll(samples, t -> Math.round((values[t] + 1) * 32768));
    return samples;
  }
}
