package org.wavebridge.runtime.internal.onnxruntime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Values of an output, row after row, and between the arrays of a runtime and of the reference. */
final class RowValues {
  private final DoubleStream.Builder values = DoubleStream.builder();

  void add(double... more) {
    Arrays.stream(more).forEach(values);
  }

  /** The values that were added; one that is no binary32 number fails. */
  float[] floats() {
    return floats(values.build().toArray());
  }

  static float[] floats(double[] exact) {
    float[] floats = new float[exact.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) exact[i];
      assertEquals(exact[i], floats[i], "not a binary32 number");
    }
    return floats;
  }

  static double[] doubles(float[] floats) {
    return IntStream.range(0, floats.length).mapToDouble(i -> floats[i]).toArray();
  }

  /** One of so many rows. */
  static float[] of(float[] all, int row, int rows) {
    int size = all.length / rows;
    return Arrays.copyOfRange(all, row * size, (row + 1) * size);
  }

  static double[][] table(float[] values, int rows, int columns) {
    double[][] table = new double[rows][];
    for (int row = 0; row < rows; row++) {
      table[row] = doubles(Arrays.copyOfRange(values, row * columns, (row + 1) * columns));
    }
    return table;
  }

  static void assertBits(float[] expected, float[] found) {
    assertArrayEquals(bits(expected), bits(found));
  }

  static void assertBits(List<float[]> expected, List<float[]> found) {
    assertEquals(expected.size(), found.size());
    for (int i = 0; i < expected.size(); i++) {
      assertBits(expected.get(i), found.get(i));
    }
  }

  private static int[] bits(float[] values) {
    return IntStream.range(0, values.length).map(i -> Float.floatToRawIntBits(values[i])).toArray();
  }
}
