package org.wavebridge.graphs.assemble;

import java.util.ArrayList;
import java.util.List;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.Layers;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.PackedWeight;

/** The weights of a network as initializers, in the input order of its operators. */
final class NetworkWeights {
  private NetworkWeights() {}

  static List<Value> of(ModelBuilder g, Profile profile, Layers layers) {
    List<Value> values = new ArrayList<>();
    values.add(
        g.initializer(LayerRow.SAMPLE_WEIGHTS, layers.sample().values(), layers.sampleShape()));
    for (LayerRow row : layers.rows()) {
      WeightMatrix matrix = layers.weight(row);
      values.addAll(
          profile.quantises(row)
              ? PackedWeight.int8Of(matrix).addInt8To(g, matrix)
              : PackedWeight.of(matrix).addTo(g));
      row.bias()
          .ifPresent(
              name -> values.add(g.initializer(name, layers.bias(row), layers.bias(row).length)));
    }
    return values;
  }
}
