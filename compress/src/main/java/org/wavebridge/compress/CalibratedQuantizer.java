package org.wavebridge.compress;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.graphs.contract.Activations;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.Int8Weights;
import org.wavebridge.graphs.model.Layers;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;

/**
 * A model with the weights that the int8 profile quantises rounded with compensation. Biases change
 * with them.
 */
public final class CalibratedQuantizer {
  private CalibratedQuantizer() {}

  /**
   * The model with quantised weights.
   *
   * @param calibration of this model
   * @throws IllegalArgumentException if a sum of products could overflow
   */
  public static VocoderModel quantise(
      VocoderModel model, Calibration calibration, Activations activations) {
    Layers layers = model.network().layers();
    Map<LayerRow, ChangedLayer> changes = new LinkedHashMap<>();
    for (LayerRow layer : layers.rows()) {
      if (Profile.of(activations).quantises(layer)) {
        changes.put(
            layer,
            CompensatedRounding.round(
                layers.weight(layer),
                calibration.of(layer.name()),
                layer.int8() == LayerRow.Int8.BOUNDED,
                activations));
      }
    }
    return model.with(model.network().with(ChangedLayer.apply(layers, changes)));
  }

  /**
   * A quantised model with the same weights and other activations.
   *
   * @throws IllegalArgumentException if a sum of products could overflow
   */
  public static VocoderModel with(VocoderModel quantised, Activations activations) {
    return quantised.with(quantised.network().map(matrix -> with(matrix, activations)));
  }

  private static WeightMatrix with(WeightMatrix matrix, Activations activations) {
    Optional<Int8Weights> int8 =
        matrix
            .int8()
            .map(
                own ->
                    new Int8Weights(own.values(), own.scales(), own.boundedInput(), activations));
    return new WeightMatrix(
        matrix.name(), matrix.rows(), matrix.columns(), matrix.values(), matrix.blocks(), int8);
  }
}
