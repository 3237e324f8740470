package org.wavebridge.exporter.family;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.wavebridge.exporter.checkpoint.Checkpoint;

/** The tensors of an LPCNet that Keras saved: GRUs in the layout of CuDNN, or in Keras' own. */
final class LpcNetKeras {
  private static final int CLASSES = 256;
  private static final int EMBEDDED = 128;

  /** Columns of the first convolution that are no features. */
  private static final int PITCHES = 64;

  private static final String SIGNALS = "embed_sig";
  private static final List<String> SIGNAL_NAMES = List.of("Variable", "embeddings");

  private LpcNetKeras() {}

  /** Whether a checkpoint has names as Keras gives them. */
  static boolean matches(Checkpoint checkpoint) {
    return checkpoint.tensors().keySet().stream().anyMatch(name -> name.startsWith("gru_a/"));
  }

  /** Every tensor. */
  static List<String> tensors(Checkpoint checkpoint) {
    return List.of(
        "embed_pitch/embeddings",
        "feature_conv1/kernel",
        "feature_conv1/bias",
        "feature_conv2/kernel",
        "feature_conv2/bias",
        "feature_dense1/kernel",
        "feature_dense1/bias",
        "feature_dense2/kernel",
        "feature_dense2/bias",
        signals(checkpoint),
        "gru_a/kernel",
        "gru_a/recurrent_kernel",
        "gru_a/bias",
        "gru_b/kernel",
        "gru_b/recurrent_kernel",
        "gru_b/bias",
        "dual_fc/kernel",
        "dual_fc/bias",
        "dual_fc/factor");
  }

  /** Settings that the file may hold as tensors. */
  static Set<String> unused() {
    return Set.of(
        "top_level_model_weights/lpc_gamma",
        "top_level_model_weights/flag_e2e",
        "top_level_model_weights/lookahead");
  }

  /** The embedding of signals has a name of its own or none. */
  private static String signals(Checkpoint checkpoint) {
    return SIGNAL_NAMES.stream()
        .map(name -> SIGNALS + "/" + name)
        .filter(checkpoint.tensors()::containsKey)
        .findFirst()
        .orElse(SIGNALS + "/embeddings");
  }

  static LpcNetParts read(TensorReader tensors, Settings settings) {
    int condition = size(tensors, "feature_conv1/bias");
    int hidden =
        (int) tensors.shape("gru_a/recurrent_kernel", TensorReader.ANY, TensorReader.ANY)[0];
    int second =
        (int) tensors.shape("gru_b/recurrent_kernel", TensorReader.ANY, TensorReader.ANY)[0];
    int inputs = (int) tensors.shape("feature_conv1/kernel", 3, TensorReader.ANY, condition)[1];
    int features = inputs - PITCHES;
    boolean tree = LpcNet.tree(tensors, settings, features);
    Gru first = Gru.read(tensors, "gru_a", 3 * EMBEDDED + condition, hidden);
    Gru other = Gru.read(tensors, "gru_b", hidden + condition, second);
    float[] embedding = tensors.floats(signals(tensors.checkpoint()), CLASSES, EMBEDDED);
    return new LpcNetParts(
        hidden,
        second,
        condition,
        features,
        tree,
        tensors.floats("embed_pitch/embeddings", CLASSES, PITCHES),
        part(tensors, "feature_conv1", condition, 3, inputs, condition),
        part(tensors, "feature_conv2", condition, 3, condition, condition),
        part(tensors, "feature_dense1", condition, condition, condition),
        part(tensors, "feature_dense2", condition, condition, condition),
        tables(embedding, first.kernel, 3 * hidden),
        new LpcNetParts.Part(
            Arrays.copyOfRange(first.kernel, 3 * EMBEDDED * 3 * hidden, first.kernel.length),
            first.inputBias),
        new LpcNetParts.Part(LpcNetParts.transposed(first.recurrent, hidden), first.recurrentBias),
        new LpcNetParts.Part(
            Arrays.copyOfRange(other.kernel, hidden * 3 * second, other.kernel.length),
            other.inputBias),
        LpcNetParts.transposed(Arrays.copyOf(other.kernel, hidden * 3 * second), hidden),
        new LpcNetParts.Part(LpcNetParts.transposed(other.recurrent, second), other.recurrentBias),
        dense(tensors, second),
        tensors.floats("dual_fc/factor", CLASSES, 2));
  }

  private static int size(TensorReader tensors, String name) {
    return (int) tensors.shape(name, TensorReader.ANY)[0];
  }

  private static LpcNetParts.Part part(
      TensorReader tensors, String layer, int outputs, long... shape) {
    return new LpcNetParts.Part(
        tensors.floats(layer + "/kernel", shape), tensors.floats(layer + "/bias", outputs));
  }

  /** {@code [256, M, 2]} to {@code [256, 2, M]}. */
  private static LpcNetParts.Part dense(TensorReader tensors, int second) {
    float[] kernel = tensors.floats("dual_fc/kernel", CLASSES, second, 2);
    float[] byChannel = new float[kernel.length];
    for (int k = 0; k < CLASSES; k++) {
      float[] one = Arrays.copyOfRange(kernel, 2 * k * second, 2 * (k + 1) * second);
      System.arraycopy(
          LpcNetParts.transposed(one, second), 0, byChannel, 2 * k * second, one.length);
    }
    return new LpcNetParts.Part(byChannel, tensors.floats("dual_fc/bias", CLASSES, 2));
  }

  /** The products of each embedding with its part of the kernel, summed in double precision. */
  private static float[] tables(float[] embedding, float[] kernel, int gates) {
    float[] tables = new float[3 * CLASSES * gates];
    double[] sum = new double[gates];
    for (int table = 0; table < 3; table++) {
      for (int k = 0; k < CLASSES; k++) {
        Arrays.fill(sum, 0);
        for (int i = 0; i < EMBEDDED; i++) {
          double x = embedding[k * EMBEDDED + i];
          int row = (table * EMBEDDED + i) * gates;
          for (int j = 0; j < gates; j++) {
            sum[j] += x * kernel[row + j];
          }
        }
        for (int j = 0; j < gates; j++) {
          tables[(table * CLASSES + k) * gates + j] = (float) sum[j];
        }
      }
    }
    return tables;
  }

  /**
   * A GRU, inputs by outputs: a bias of one axis tells that it was saved in the layout of CuDNN, of
   * which each gate is turned in its own way.
   */
  private static final class Gru {
    private final float[] kernel;
    private final float[] recurrent;
    private final float[] inputBias;
    private final float[] recurrentBias;

    private Gru(float[] kernel, float[] recurrent, float[] bias) {
      this.kernel = kernel;
      this.recurrent = recurrent;
      this.inputBias = Arrays.copyOf(bias, bias.length / 2);
      this.recurrentBias = Arrays.copyOfRange(bias, bias.length / 2, bias.length);
    }

    static Gru read(TensorReader tensors, String layer, int inputs, int units) {
      float[] kernel = tensors.floats(layer + "/kernel", inputs, 3L * units);
      float[] recurrent = tensors.floats(layer + "/recurrent_kernel", units, 3L * units);
      boolean plain = tensors.axes(layer + "/bias") == 2;
      float[] bias =
          plain
              ? tensors.floats(layer + "/bias", 2, 3L * units)
              : tensors.floats(layer + "/bias", 6L * units);
      return plain
          ? new Gru(kernel, recurrent, bias)
          : new Gru(
              ofGates(kernel, inputs, units, false), ofGates(recurrent, units, units, true), bias);
    }

    /**
     * Turns each gate {@code [inputs, units]} of CuDNN's.
     *
     * @param square whether the gate is transposed; otherwise its values are those of {@code
     *     [units, inputs]}, transposed
     */
    private static float[] ofGates(float[] values, int inputs, int units, boolean square) {
      int columns = 3 * units;
      float[] turned = new float[values.length];
      for (int gate = 0; gate < 3; gate++) {
        for (int output = 0; output < units; output++) {
          for (int input = 0; input < inputs; input++) {
            int flat = output * inputs + input;
            int row = square ? output : flat / units;
            int column = square ? input : flat % units;
            turned[input * columns + gate * units + output] =
                values[row * columns + gate * units + column];
          }
        }
      }
      return turned;
    }
  }
}
