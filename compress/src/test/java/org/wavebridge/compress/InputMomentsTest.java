package org.wavebridge.compress;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Moments against their definition, added up step by step. */
final class InputMomentsTest {
  private static final int COLUMNS = 5;
  private static final int CLASSES = 32;

  @Test
  void areTheMeansOfProductsHoweverTheyWereGathered() {
    Random random = new Random(1);
    InputMoments all = new InputMoments(COLUMNS, 0);
    InputMoments first = new InputMoments(COLUMNS, 0);
    InputMoments second = new InputMoments(COLUMNS, 0);
    int size = COLUMNS + 1;
    double[] expected = new double[size * size];
    int steps = 700;
    for (int t = 0; t < steps; t++) {
      float[] x = input(random);
      all.add(x);
      (t < 300 ? first : second).add(x);
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          expected[i * size + j] += (i < COLUMNS ? x[i] : 1.0) * (j < COLUMNS ? x[j] : 1.0) / steps;
        }
      }
    }
    first.add(second);
    assertArrayEquals(expected, all.secondMoments(), 1e-12);
    assertArrayEquals(expected, first.secondMoments(), 1e-12);
    assertEquals(steps, first.steps());
    assertArrayEquals(all.largest(), first.largest());
  }

  @Test
  void stepsCountByTheDoubtAboutTheClassesOfAGroup() {
    Random random = new Random(2);
    InputMoments moments = new InputMoments(COLUMNS, CLASSES);
    double[] sure = new double[CLASSES + 1];
    sure[1 + 3] = 60;
    double[] doubtful = new double[CLASSES + 1];
    doubtful[1 + 16] = 60;
    doubtful[1 + 17] = 60;
    float[] x = input(random);
    moments.add(input(random), sure, 1, CLASSES);
    moments.add(x, doubtful, 1, CLASSES);
    assertArrayEquals(new double[36], moments.secondMoments(0), 1e-12);
    double[] second = moments.secondMoments(1);
    assertEquals(0.5 * x[1] * x[2] / 2, second[6 + 2], 1e-6);
    assertEquals(second[6 + 2], second[2 * 6 + 1]);
    assertEquals(0.5 / 2, second[35], 1e-6);
  }

  @Test
  void manyThreadsReadTheSame() {
    float[] x = new float[100];
    for (int k = 0; k < x.length; k++) {
      x[k] = k % 7;
    }
    for (int round = 0; round < 30; round++) {
      InputMoments moments = new InputMoments(x.length, 0);
      for (int t = 0; t < 200; t++) {
        moments.add(x);
      }
      List<double[]> read =
          IntStream.range(0, 8).parallel().mapToObj(i -> moments.secondMoments()).toList();
      for (double[] each : read) {
        assertEquals(6 * 5, each[6 * (x.length + 1) + 5], 1e-9);
      }
    }
  }

  private static float[] input(Random random) {
    float[] x = new float[COLUMNS];
    for (int k = 0; k < COLUMNS; k++) {
      x[k] = (float) random.nextGaussian();
    }
    return x;
  }
}
