package org.wavebridge.graphs.quantize;

import java.util.Optional;
import org.wavebridge.graphs.contract.Activations;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.Int8Weights;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;

/**
 * Quantises a model's weights for the int8 profile (docs/numerics.md): one scale for each row, the
 * largest weight of the row at 127. A row whose weights are whole 128ths, as in LPCNet's int8
 * files, keeps them.
 */
public final class Quantizer {
  private static final int LARGEST = 127;

  /** The scale of weights that a project has rounded already. */
  public static final float ROUNDED = 1 / 128f;

  private Quantizer() {}

  /** Whether the weights of a row are multiples of {@link #ROUNDED} that int8 holds. */
  public static boolean isRounded(WeightMatrix matrix, int row) {
    for (int column = 0; column < matrix.columns(); column++) {
      float level = matrix.at(row, column) / ROUNDED;
      if (level != Math.rint(level) || Math.abs(level) > LARGEST) {
        return false;
      }
    }
    return true;
  }

  /** The model with quantised weights where the profile wants them, and activations of 8 bits. */
  public static VocoderModel quantise(VocoderModel model) {
    return quantise(model, Activations.BITS_8);
  }

  /**
   * The same with other activations.
   *
   * @throws IllegalArgumentException if a sum of products could overflow
   */
  public static VocoderModel quantise(VocoderModel model, Activations activations) {
    StepNetwork network = model.network();
    return model.with(
        network.with(
            network.layers().map((layer, matrix) -> quantise(layer, matrix, activations))));
  }

  private static WeightMatrix quantise(
      LayerRow layer, WeightMatrix matrix, Activations activations) {
    if (!Profile.of(activations).quantises(layer)) {
      return matrix;
    }
    byte[] bytes = new byte[matrix.values().length];
    float[] values = new float[bytes.length];
    float[] scales = new float[matrix.rows()];
    for (int row = 0; row < matrix.rows(); row++) {
      float scale = scale(matrix, row);
      scales[row] = scale;
      for (int i = row * matrix.columns(); i < (row + 1) * matrix.columns(); i++) {
        bytes[i] =
            (byte)
                Math.max(
                    -LARGEST, Math.min(LARGEST, Math.rint((double) matrix.values()[i] / scale)));
        values[i] = bytes[i] * scale;
      }
    }
    return new WeightMatrix(
        matrix.name(),
        matrix.rows(),
        matrix.columns(),
        values,
        matrix.blocks(),
        Optional.of(
            new Int8Weights(bytes, scales, layer.int8() == LayerRow.Int8.BOUNDED, activations)));
  }

  private static float scale(WeightMatrix matrix, int row) {
    if (isRounded(matrix, row)) {
      return ROUNDED;
    }
    double largest = 0;
    for (int column = 0; column < matrix.columns(); column++) {
      largest = Math.max(largest, Math.abs(matrix.at(row, column)));
    }
    float scale = (float) (largest / LARGEST);
    return scale > 0 ? scale : 1;
  }
}
