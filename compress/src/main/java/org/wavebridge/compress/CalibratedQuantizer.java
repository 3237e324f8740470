package org.wavebridge.compress;

import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.VocoderModel;

/** A model with the weights that the int8 profile quantises rounded with compensation. */
public final class CalibratedQuantizer {
  private CalibratedQuantizer() {}

  /**
   * The model with quantised weights.
   *
   * @param calibration of this model
   */
  public static VocoderModel quantise(VocoderModel model, Calibration calibration) {
    StepNetwork network = model.network();
    return model.with(
        network.with(
            network
                .layers()
                .map(
                    (layer, matrix) ->
                        Profile.INT8.quantises(layer)
                            ? CompensatedRounding.round(
                                matrix,
                                calibration.of(layer.name()),
                                layer.int8() == LayerRow.Int8.BOUNDED)
                            : matrix)));
  }
}
