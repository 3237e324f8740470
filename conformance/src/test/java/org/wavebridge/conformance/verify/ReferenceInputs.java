package org.wavebridge.conformance.verify;

import java.util.Map;
import org.wavebridge.conformance.targets.ConditioningTensors;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.reference.Conditioning;
import org.wavebridge.runtime.spi.Tensor;

/** A backend's tensors as the reference takes them. */
public final class ReferenceInputs {
  private ReferenceInputs() {}

  /** The conditioning of one row, from the conditioner's outputs. */
  public static Conditioning of(VocoderModel model, Map<String, Tensor> outputs) {
    return ConditioningTensors.reference(
        model,
        tensor -> {
          Tensor found = outputs.get(tensor.name());
          if (found == null) {
            throw new IllegalArgumentException("no conditioning '" + tensor.name() + "'");
          }
          return found.values();
        });
  }
}
