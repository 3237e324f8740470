package org.wavebridge.runtime.internal.onnxruntime;

import java.util.Set;

/** The int8 profile of {@code docs/numerics.md} in plain Java. */
final class CanonicalInt8 {
  /** The weights of the sample path, which the int8 operators take quantised. */
  static final Set<String> QUANTISED =
      Set.of(
          "recurrent",
          "coarse_hidden",
          "coarse_output",
          "fine_hidden",
          "fine_output",
          "gru1_input",
          "gru1_recurrent",
          "gru2_input",
          "gru2_recurrent",
          "fc1",
          "fc2",
          "output");

  /** Those whose input is a GRU's state. */
  private static final Set<String> BOUNDED =
      Set.of("recurrent", "coarse_hidden", "fine_hidden", "gru1_recurrent", "gru2_recurrent");

  /** Values of a weight, row by row, and a scale for each row. */
  record Quantised(byte[] values, float[] scales) {}

  private CanonicalInt8() {}

  static Quantised quantise(CanonicalNetworks.Weight weight) {
    byte[] values = new byte[weight.values().length];
    float[] scales = new float[weight.rows()];
    for (int row = 0; row < weight.rows(); row++) {
      double most = 0;
      for (int k = 0; k < weight.inputs(); k++) {
        most = Math.max(most, Math.abs((double) weight.values()[row * weight.inputs() + k]));
      }
      scales[row] = most > 0 ? (float) (most / 127) : 1;
      for (int k = 0; k < weight.inputs(); k++) {
        int at = row * weight.inputs() + k;
        values[at] = (byte) Math.rint(weight.values()[at] / (double) scales[row]);
      }
    }
    return new Quantised(values, scales);
  }

  static float[] affine(CanonicalNetworks.Weight weight, float[] x, int from, float[] bias) {
    Quantised quantised = quantise(weight);
    float most = 0;
    for (int k = 0; k < weight.inputs(); k++) {
      most = Math.max(most, Math.abs(x[from + k]));
    }
    boolean bounded = BOUNDED.contains(weight.name());
    float factor = bounded ? 127 : most > 0 ? 127 / most : 0;
    float scale = bounded ? 1f / 127 : most / 127;
    float[] y = new float[weight.rows()];
    for (int row = 0; row < y.length; row++) {
      int sum = 0;
      for (int k = 0; k < weight.inputs(); k++) {
        long q = Math.max(-127, Math.min(127, (long) Math.rint((double) (x[from + k] * factor))));
        sum += quantised.values()[row * weight.inputs() + k] * (int) q;
      }
      y[row] = (float) sum * (quantised.scales()[row] * scale) + bias[row];
    }
    return y;
  }
}
