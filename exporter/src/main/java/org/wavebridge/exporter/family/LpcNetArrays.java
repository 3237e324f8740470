package org.wavebridge.exporter.family;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.wavebridge.exporter.checkpoint.Checkpoint;

/**
 * The arrays of an LPCNet as its C code has them: in its source, in a weights blob, or in FreeDV's
 * file of floats. Blocks of the recurrent matrix have 8 outputs and 4 inputs with a tree, else 16
 * outputs and one input. int8 weights stand for as many 128ths.
 */
final class LpcNetArrays {
  private static final int CLASSES = 256;
  private static final int PITCHES = 64;
  private static final float INT8_SCALE = 128;
  private static final String FIRST = "gru_a_embed_sig_weights";
  private static final String RECURRENT = "sparse_gru_a_recurrent_weights";
  private static final String SECOND = "gru_b_weights";
  private static final String SECOND_RECURRENT = "gru_b_recurrent_weights";
  private static final String INDICES = "_idx";

  private final TensorReader tensors;
  private final boolean tree;

  private LpcNetArrays(TensorReader tensors) {
    this.tensors = tensors;
    this.tree = tree(tensors.checkpoint());
  }

  /** Whether a checkpoint has names as the C code gives them. */
  static boolean matches(Checkpoint checkpoint) {
    return checkpoint.tensors().containsKey(RECURRENT) || checkpoint.tensors().containsKey(FIRST);
  }

  private static boolean tree(Checkpoint checkpoint) {
    return checkpoint.tensors().containsKey(SECOND + INDICES);
  }

  /** Every array that is read. */
  static List<String> tensors(Checkpoint checkpoint) {
    List<String> names =
        new ArrayList<>(
            List.of(
                FIRST,
                "gru_a_embed_pred_weights",
                "gru_a_embed_exc_weights",
                "gru_a_dense_feature_weights",
                "gru_a_dense_feature_bias",
                SECOND,
                SECOND_RECURRENT,
                "gru_b_bias",
                "embed_pitch_weights",
                "dual_fc_weights",
                "dual_fc_bias",
                "dual_fc_factor",
                RECURRENT,
                RECURRENT + INDICES,
                RECURRENT + "_diag",
                "sparse_gru_a_bias"));
    for (String layer : List.of("conv1", "conv2", "dense1", "dense2")) {
      names.add("feature_" + layer + "_weights");
      names.add("feature_" + layer + "_bias");
    }
    if (tree(checkpoint)) {
      names.addAll(
          List.of(SECOND + INDICES, "gru_b_dense_feature_weights", "gru_b_dense_feature_bias"));
    }
    return names;
  }

  /** Arrays that are there for others: other networks in a blob, or the same in another form. */
  static Set<String> unused(Checkpoint checkpoint) {
    Set<String> names = new TreeSet<>(checkpoint.tensors().keySet());
    names.removeAll(tensors(checkpoint));
    names.removeIf(name -> name.startsWith("feature_") || name.startsWith("dual_fc_"));
    return names;
  }

  static LpcNetParts read(TensorReader tensors) {
    return new LpcNetArrays(tensors).parts();
  }

  private LpcNetParts parts() {
    int hidden = size("sparse_gru_a_bias") / 6;
    int second = size("gru_b_bias") / 6;
    int condition = size("feature_conv1_bias");
    int gates = 3 * hidden;
    int secondGates = 3 * second;
    int inputs = size("feature_conv1_weights") / Math.max(1, 3 * condition);
    float[] biasA = floats("sparse_gru_a_bias", 6 * hidden);
    float[] biasB = floats("gru_b_bias", 6 * second);
    float[] inputBias = tensors.floats("gru_a_dense_feature_bias", TensorReader.ANY);
    float[] secondInput;
    float[] ofCondition;
    if (tree) {
      secondInput = blocks(SECOND, secondGates, hidden, 8, 4);
      ofCondition = floats("gru_b_dense_feature_weights", condition * secondGates);
    } else {
      float[] all = floats(SECOND, (hidden + condition) * secondGates);
      secondInput = LpcNetParts.transposed(Arrays.copyOf(all, hidden * secondGates), hidden);
      ofCondition = Arrays.copyOfRange(all, hidden * secondGates, all.length);
    }
    return new LpcNetParts(
        hidden,
        second,
        condition,
        inputs - PITCHES,
        tree,
        floats("embed_pitch_weights", CLASSES * PITCHES),
        part("feature_conv1", 3 * inputs * condition, condition),
        part("feature_conv2", 3 * condition * condition, condition),
        part("feature_dense1", condition * condition, condition),
        part("feature_dense2", condition * condition, condition),
        tables(gates),
        new LpcNetParts.Part(
            floats("gru_a_dense_feature_weights", condition * gates),
            Arrays.copyOf(inputBias, gates)),
        new LpcNetParts.Part(recurrent(hidden), Arrays.copyOfRange(biasA, gates, 2 * gates)),
        new LpcNetParts.Part(ofCondition, Arrays.copyOf(biasB, secondGates)),
        secondInput,
        new LpcNetParts.Part(
            secondRecurrent(second), Arrays.copyOfRange(biasB, secondGates, 2 * secondGates)),
        new LpcNetParts.Part(dense(second), channels("dual_fc_bias")),
        channels("dual_fc_factor"));
  }

  private int size(String name) {
    return (int) tensors.shape(name, TensorReader.ANY)[0];
  }

  private float[] floats(String name, int count) {
    return tensors.floats(name, count);
  }

  private LpcNetParts.Part part(String layer, int weights, int outputs) {
    return new LpcNetParts.Part(
        floats(layer + "_weights", weights), floats(layer + "_bias", outputs));
  }

  private float[] tables(int gates) {
    float[] tables = new float[3 * CLASSES * gates];
    int at = 0;
    for (String of : List.of("sig", "pred", "exc")) {
      float[] table = floats("gru_a_embed_" + of + "_weights", CLASSES * gates);
      System.arraycopy(table, 0, tables, at, table.length);
      at += table.length;
    }
    return tables;
  }

  private float[] recurrent(int hidden) {
    float[] weights =
        tree
            ? blocks(RECURRENT, 3 * hidden, hidden, 8, 4)
            : blocks(RECURRENT, 3 * hidden, hidden, 16, 1);
    float[] diagonal = floats(RECURRENT + "_diag", 3 * hidden);
    for (int row = 0; row < diagonal.length; row++) {
      weights[row * hidden + row % hidden] += diagonal[row];
    }
    return weights;
  }

  private float[] secondRecurrent(int second) {
    int gates = 3 * second;
    if (!tensors.isFloat(SECOND_RECURRENT)) {
      double[] values = tensors.numbers(SECOND_RECURRENT, (long) gates * second);
      float[] dense = new float[values.length];
      int at = 0;
      for (int row = 0; row < gates; row += 8) {
        for (int column = 0; column < second; column += 4) {
          at = block(values, at, dense, row, column, second, 8, 4, true);
        }
      }
      return dense;
    }
    return LpcNetParts.transposed(floats(SECOND_RECURRENT, gates * second), second);
  }

  /** A matrix of blocks as a dense one, {@code [rows, columns]}. */
  private float[] blocks(String name, int rows, int columns, int height, int width) {
    double[] list = tensors.numbers(name + INDICES, TensorReader.ANY);
    boolean int8 = !tensors.isFloat(name);
    double[] values = tensors.numbers(name, TensorReader.ANY);
    float[] dense = new float[rows * columns];
    int at = 0;
    int next = 0;
    for (int row = 0; row < rows; row += height) {
      int count = next < list.length ? (int) list[next++] : -1;
      if (rows % height != 0 || count < 0 || next + count > list.length) {
        throw refused(
            name, "a count and as many inputs for each %d of %d outputs".formatted(height, rows));
      }
      for (int i = 0; i < count; i++) {
        int column = (int) list[next++];
        if (column < 0 || column + width > columns || at + height * width > values.length) {
          throw refused(
              name, "blocks of %d x %d within %d inputs".formatted(height, width, columns));
        }
        at = block(values, at, dense, row, column, columns, height, width, int8);
      }
    }
    return dense;
  }

  /** Copies a block; where the next one begins. int8 blocks go output by output. */
  private static int block(
      double[] values,
      int from,
      float[] dense,
      int row,
      int column,
      int columns,
      int height,
      int width,
      boolean int8) {
    for (int i = 0; i < height; i++) {
      for (int j = 0; j < width; j++) {
        double value = values[from + (int8 ? i * width + j : j * height + i)];
        dense[(row + i) * columns + column + j] = (float) (int8 ? value / INT8_SCALE : value);
      }
    }
    return from + height * width;
  }

  private RuntimeException refused(String name, String expected) {
    return tensors.refused(
        "array '%s': expected %s, found another list; is the file damaged?"
            .formatted(name + INDICES, expected));
  }

  /** {@code [256, 2, M]}; a softmax has {@code [M, 2, 256]}. */
  private float[] dense(int second) {
    float[] values = floats("dual_fc_weights", 2 * CLASSES * second);
    if (tree) {
      return values;
    }
    float[] byClass = new float[values.length];
    for (int i = 0; i < second; i++) {
      for (int channel = 0; channel < 2; channel++) {
        for (int k = 0; k < CLASSES; k++) {
          byClass[(2 * k + channel) * second + i] = values[(2 * i + channel) * CLASSES + k];
        }
      }
    }
    return byClass;
  }

  /** {@code [2, 256]} to {@code [256, 2]}. */
  private float[] channels(String name) {
    return LpcNetParts.transposed(floats(name, 2 * CLASSES), 2);
  }
}
