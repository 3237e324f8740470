package org.wavebridge.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wavebridge.reference.Arithmetic.CANONICAL_F32;
import static org.wavebridge.reference.Arithmetic.DOUBLE;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.graphs.model.Head.MixtureOfLogistics;
import org.wavebridge.graphs.model.WeightMatrix;

final class ArithmeticTest {
  private static final double LARGEST_UNIFORM = 1 - 0x1p-24;

  static Stream<Arithmetic> both() {
    return Stream.of(DOUBLE, CANONICAL_F32);
  }

  /** Order matters here: 1e8 absorbs 1, and every fourth column has its own sum. */
  @Test
  void theCanonicalOrderIsTheDocumentedOne() {
    float[] w = {1e8f, 1, -1e8f, 3, 1, 1e8f, 5, -1e8f, 7};
    float[] x = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    float[] s = new float[4];
    for (int k = 0; k < w.length; k++) {
      s[k % 4] = Math.fma(w[k], x[k], s[k % 4]);
    }
    float expected = (s[0] + s[1]) + (s[2] + s[3]) + 0.5f;
    WeightMatrix matrix = WeightMatrix.dense("w", 1, 9, w);
    assertArrayEquals(
        new double[] {expected},
        CANONICAL_F32.affine(matrix, Arithmetic.widen(x), new double[] {0.5}));
    assertArrayEquals(
        new double[] {17.5}, DOUBLE.affine(matrix, Arithmetic.widen(x), new double[] {0.5}));
  }

  /** The bound of a sum of K products with one rounding each, in any order. */
  @Test
  void productsAgreeWithinTheirBound() {
    Random random = new Random(3);
    for (int columns = 0; columns < 70; columns++) {
      int rows = 5;
      float[] w = new float[rows * columns];
      double[] x = new double[columns];
      double[] b = new double[rows];
      for (int i = 0; i < w.length; i++) {
        w[i] = (float) random.nextGaussian();
      }
      for (int i = 0; i < columns; i++) {
        x[i] = (float) random.nextGaussian();
      }
      for (int i = 0; i < rows; i++) {
        b[i] = (float) random.nextGaussian();
      }
      WeightMatrix matrix = WeightMatrix.dense("w", rows, columns, w);
      double[] exact = DOUBLE.affine(matrix, x, b);
      double[] found = CANONICAL_F32.affine(matrix, x, b);
      double nu = (columns + 1) * 0x1p-24;
      for (int r = 0; r < rows; r++) {
        double size = Math.abs(b[r]);
        for (int k = 0; k < columns; k++) {
          size += Math.abs(w[r * columns + k] * x[k]);
        }
        assertEquals(exact[r], found[r], nu / (1 - nu) * size);
        assertEquals((float) found[r], found[r]);
      }
    }
  }

  @Test
  void sizesAreChecked() {
    WeightMatrix matrix = WeightMatrix.dense("w", 2, 3, new float[6]);
    for (Arithmetic of : new Arithmetic[] {DOUBLE, CANONICAL_F32}) {
      assertEquals(
          "w input: expected 3 values, found 4",
          assertThrows(
                  IllegalArgumentException.class,
                  () -> of.affine(matrix, new double[4], new double[2]))
              .getMessage());
      assertThrows(
          IllegalArgumentException.class, () -> of.affine(matrix, new double[3], new double[3]));
    }
  }

  @ParameterizedTest
  @MethodSource("both")
  void theEndsOfTheUniformsDrawTheEndsOfAFlatDistribution(Arithmetic of) {
    assertEquals(0, of.drawClass(new double[256], 1, 0));
    assertEquals(255, of.drawClass(new double[256], 1, LARGEST_UNIFORM));
    assertEquals(128, of.drawClass(new double[256], 1, 0.5));
    assertEquals(127, of.drawClass(new double[256], 1, 0.5 - 0x1p-24));
    assertEquals(32_766, of.drawClass(new double[32_767], 1, LARGEST_UNIFORM));
    assertEquals(0, of.drawClass(new double[32_767], 1, 0));
  }

  @Test
  void moreClassesThanTheSumsHoldAreRefused() {
    assertEquals(
        "expected at most 32767 classes, found 32768",
        assertThrows(
                IllegalArgumentException.class,
                () -> CANONICAL_F32.drawClass(new double[32_768], 1, 0))
            .getMessage());
  }

  @ParameterizedTest
  @MethodSource("both")
  void oneHotAlwaysDrawsItsClass(Arithmetic of) {
    for (int hot : new int[] {0, 7, 255}) {
      double[] logits = new double[256];
      Arrays.fill(logits, -1000);
      logits[hot] = 3;
      for (double u : new double[] {0, 0.3, LARGEST_UNIFORM}) {
        assertEquals(hot, of.drawClass(logits, 1, u));
      }
      Arrays.fill(logits, Double.NEGATIVE_INFINITY);
      logits[hot] = 3;
      assertEquals(hot, of.drawClass(logits, 1, LARGEST_UNIFORM));
    }
  }

  @ParameterizedTest
  @MethodSource("both")
  void nanHasNoProbability(Arithmetic of) {
    assertEquals(1, of.drawClass(new double[] {Double.NaN, 0, Double.NaN}, 1, 0));
    assertEquals(1, of.drawClass(new double[] {Double.NaN, 0, Double.NaN}, 1, LARGEST_UNIFORM));
    assertEquals(0, of.drawClass(new double[] {Double.NaN, Double.NaN}, 1, 0.7));
    double lowest = Double.NEGATIVE_INFINITY;
    assertEquals(0, of.drawClass(new double[] {lowest, lowest}, 1, 0.7));
  }

  @ParameterizedTest
  @MethodSource("both")
  void temperatureSharpens(Arithmetic of) {
    double[] logits = {0, 1};
    assertEquals(0, of.drawClass(logits, 1, 0.26));
    assertEquals(1, of.drawClass(logits, 0.5, 0.26));
    assertEquals(0, of.drawClass(logits, 100, 0.49));
  }

  /** Away from the edges of a distribution both draw the same class. */
  @Test
  void bothDrawTheSameClasses() {
    Random random = new Random(5);
    double[] logits = new double[64];
    for (int trial = 0; trial < 2000; trial++) {
      for (int i = 0; i < logits.length; i++) {
        logits[i] = (float) (4 * random.nextGaussian());
      }
      double u = random.nextInt(1 << 24) * 0x1p-24;
      int exact = DOUBLE.drawClass(logits, 1, u);
      if (exact == DOUBLE.drawClass(logits, 1, Math.max(0, u - 1e-5))
          && exact == DOUBLE.drawClass(logits, 1, u + 1e-5)) {
        assertEquals(exact, CANONICAL_F32.drawClass(logits, 1, u));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("both")
  void valuesOfClasses(Arithmetic of) {
    assertEquals(-1, of.value(0, 256));
    assertEquals(1, of.value(255, 256));
    assertEquals(128 / 127.5 - 1, of.value(128, 256), 1e-7);
  }

  @ParameterizedTest
  @MethodSource("both")
  void mixturesTakeTheComponentWithTheLargestScore(Arithmetic of) {
    HeadReference head = HeadReference.of(new MixtureOfLogistics(2));
    double[] outputs = {0, 0, 0.25, -0.5, -40, -3};
    double[] first = {0.9, 0.1, 0.5};
    assertEquals(0.25, of.draw(head, outputs, 1, first), 1e-12);
    double[] second = {0.1, 0.9, 0.75};
    double expected = -0.5 + Math.exp(-3) * Math.log(3);
    assertEquals(expected, of.draw(head, outputs, 1, second), 1e-7);
    double colder = -0.5 + 0.5 * Math.exp(-3) * Math.log(3);
    assertEquals(colder, of.draw(head, outputs, 0.5, second), 1e-7);
    outputs[5] = 9;
    assertEquals(1, of.draw(head, outputs, 1, second));
    double[] ends = {0, 0, 0};
    assertTrue(Double.isFinite(of.draw(head, outputs, 1, ends)));
    double[] otherEnds = {1, LARGEST_UNIFORM, LARGEST_UNIFORM};
    assertTrue(Double.isFinite(of.draw(head, outputs, 1, otherEnds)));
  }

  @Test
  void resultsOfTheCanonicalProfileAreBinary32() {
    assertEquals((double) (0.1f + 0.7f), CANONICAL_F32.add(0.1f, 0.7f));
    assertEquals((double) (0.1f - 0.7f), CANONICAL_F32.subtract(0.1f, 0.7f));
    assertEquals((double) (0.1f * 0.7f), CANONICAL_F32.multiply(0.1f, 0.7f));
    assertEquals((double) (0.1f / 0.7f), CANONICAL_F32.divide(0.1f, 0.7f));
    assertEquals((double) Math.fma(0.1f, 0.7f, 0.3f), CANONICAL_F32.fma(0.1f, 0.7f, 0.3f));
    assertEquals((double) 0.1f, CANONICAL_F32.round(0.1));
    assertEquals(0.1, DOUBLE.round(0.1));
  }
}
