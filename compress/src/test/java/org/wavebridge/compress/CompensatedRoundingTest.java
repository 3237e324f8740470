package org.wavebridge.compress;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.graphs.contract.Activations;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.Int8Weights;
import org.wavebridge.graphs.model.WeightMatrix;

/** Rounded layers against the outputs of the layer on inputs like those heard, and on others. */
final class CompensatedRoundingTest {
  private static final int ROWS = 32;
  private static final int COLUMNS = 40;

  @Test
  void errorsOfOutputsAreAFractionOfThoseOfRoundingToNearest() {
    Random random = new Random(1);
    CorrelatedInputs inputs = new CorrelatedInputs(random, COLUMNS, 6);
    WeightMatrix matrix = CorrelatedInputs.matrix(random, ROWS, COLUMNS);
    ChangedLayer rounded = round(matrix, inputs.heard(random, 2000));
    double error = inputs.error(random, matrix, rounded);
    double nearest =
        inputs.error(random, matrix, new ChangedLayer(nearest(matrix), new double[ROWS]));
    assertTrue(error < 0.25 * nearest, error + " of " + nearest);
  }

  @Test
  void independentInputsAreRoundedHardlyWorseThanToNearest() {
    Random random = new Random(2);
    CorrelatedInputs inputs = new CorrelatedInputs(random, COLUMNS, COLUMNS * 20);
    WeightMatrix matrix = CorrelatedInputs.matrix(random, ROWS, COLUMNS);
    ChangedLayer rounded = round(matrix, inputs.heard(random, 4000));
    double error = inputs.error(random, matrix, rounded);
    double nearest =
        inputs.error(random, matrix, new ChangedLayer(nearest(matrix), new double[ROWS]));
    assertTrue(error < 1.1 * nearest, error + " of " + nearest);
  }

  /** By the moments that it goes by, whatever the inputs are. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 12, 40, 800})
  void noRowIsWorseThanRoundedToNearest(int sources) {
    Random random = new Random(sources);
    WeightMatrix matrix = CorrelatedInputs.matrix(random, ROWS, COLUMNS);
    InputMoments heard = new CorrelatedInputs(random, COLUMNS, sources).heard(random, 300);
    ChangedLayer rounded = round(matrix, heard);
    WeightMatrix nearest = nearest(matrix);
    DampedMoments moments = DampedMoments.of(heard, 0);
    for (int row = 0; row < ROWS; row++) {
      double error = error(matrix, rounded.weight(), rounded.bias()[row], row, moments);
      double plain = error(matrix, nearest, 0, row, moments);
      assertTrue(error <= plain * (1 + 1e-6), error + " of " + plain);
    }
  }

  private static double error(
      WeightMatrix matrix, WeightMatrix changed, double bias, int row, DampedMoments moments) {
    double[] left = new double[COLUMNS + 1];
    for (int k = 0; k < COLUMNS; k++) {
      left[k] = (double) changed.at(row, k) - matrix.at(row, k);
    }
    left[COLUMNS] = bias;
    double sum = 0;
    for (int i = 0; i <= COLUMNS; i++) {
      for (int j = 0; j <= COLUMNS; j++) {
        sum += left[i] * moments.at(i, j) * left[j];
      }
    }
    return sum;
  }

  @Test
  void onlyStoredBlocksTakePart() {
    Random random = new Random(3);
    float[] values = CorrelatedInputs.matrix(random, ROWS, COLUMNS).values();
    for (int i = 0; i < values.length; i++) {
      boolean kept = (i / COLUMNS / 4 + i % COLUMNS / 4) % 3 == 0;
      values[i] = kept ? values[i] : 0;
    }
    WeightMatrix matrix =
        new WeightMatrix("w", ROWS, COLUMNS, values, Optional.of(new BlockShape(4, 4)));
    CorrelatedInputs inputs = new CorrelatedInputs(random, COLUMNS, 6);
    WeightMatrix rounded = round(matrix, inputs.heard(random, 500)).weight();
    for (int i = 0; i < values.length; i++) {
      if (values[i] == 0) {
        assertEquals(0, rounded.values()[i]);
      }
    }
    assertEquals(matrix.blocks(), rounded.blocks());
  }

  @Test
  void valuesAreWholeNumbersOfTheRowsScale() {
    Random random = new Random(4);
    CorrelatedInputs inputs = new CorrelatedInputs(random, COLUMNS, 6);
    WeightMatrix matrix = CorrelatedInputs.matrix(random, ROWS, COLUMNS);
    WeightMatrix rounded = round(matrix, inputs.heard(random, 500)).weight();
    Int8Weights int8 = rounded.int8().orElseThrow();
    for (int i = 0; i < rounded.values().length; i++) {
      assertTrue(Math.abs(int8.values()[i]) <= 127);
      assertEquals(int8.values()[i] * int8.scales()[i / COLUMNS], rounded.values()[i]);
    }
  }

  /** Zero rows, and inputs that never came. */
  @Test
  void nothingHeardIsRoundedToNearest() {
    Random random = new Random(5);
    WeightMatrix matrix = CorrelatedInputs.matrix(random, ROWS, COLUMNS);
    Arrays.fill(matrix.values(), 0, COLUMNS, 0);
    ChangedLayer rounded = round(matrix, new InputMoments(COLUMNS, 0));
    assertArrayEquals(new double[ROWS], rounded.bias());
    Int8Weights int8 = rounded.weight().int8().orElseThrow();
    for (int i = 0; i < matrix.values().length; i++) {
      float scale = int8.scales()[i / COLUMNS];
      double nearest = Math.rint((double) matrix.values()[i] / scale);
      assertEquals((byte) Math.max(-127, Math.min(127, nearest)), int8.values()[i]);
    }
  }

  private static ChangedLayer round(WeightMatrix matrix, InputMoments moments) {
    return CompensatedRounding.round(matrix, moments, false, Activations.BITS_12);
  }

  private static WeightMatrix nearest(WeightMatrix matrix) {
    float[] values = new float[matrix.values().length];
    for (int row = 0; row < matrix.rows(); row++) {
      float largest = 0;
      for (int k = 0; k < COLUMNS; k++) {
        largest = Math.max(largest, Math.abs(matrix.at(row, k)));
      }
      for (int k = 0; k < COLUMNS; k++) {
        float scale = largest / 127;
        values[row * COLUMNS + k] = (float) Math.rint(matrix.at(row, k) / scale) * scale;
      }
    }
    return WeightMatrix.dense("w", matrix.rows(), COLUMNS, values);
  }
}
