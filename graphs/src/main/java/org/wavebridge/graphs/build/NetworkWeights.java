package org.wavebridge.graphs.build;

import java.util.ArrayList;
import java.util.List;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AuxAffine;
import org.wavebridge.graphs.model.DualSoftmaxNetwork;
import org.wavebridge.graphs.model.MultiBandGruNetwork;
import org.wavebridge.graphs.model.ResidualGruNetwork;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Profile;

/**
 * Adds a network's weights as initializers, in the input order of the fused operators
 * (docs/operators.md).
 */
final class NetworkWeights {
  private final ModelBuilder g;
  private final Profile profile;
  private final List<Value> values = new ArrayList<>();

  private NetworkWeights(ModelBuilder g, Profile profile) {
    this.g = g;
    this.profile = profile;
  }

  static List<Value> of(ModelBuilder g, Profile profile, DualSoftmaxNetwork network) {
    return new NetworkWeights(g, profile)
        .plain("sample_weights", network.sample().values(), network.sample().rows(), 3)
        .layer("conditioning", network.conditioning())
        .layer("recurrent", network.recurrent())
        .layer("coarse_hidden", network.coarseHidden())
        .layer("coarse_output", network.coarseOutput())
        .layer("fine_hidden", network.fineHidden())
        .layer("fine_output", network.fineOutput())
        .values;
  }

  static List<Value> of(ModelBuilder g, Profile profile, ResidualGruNetwork network) {
    return new NetworkWeights(g, profile)
        .plain("sample_weights", network.sample(), network.sample().length)
        .layer("input", network.input())
        .layer("gru1", network.gru1Input())
        .layer("gru1_recurrent", network.gru1Recurrent())
        .layer("gru2", network.gru2Input())
        .layer("gru2_recurrent", network.gru2Recurrent())
        .layer("fc1", network.fc1())
        .layer("fc2", network.fc2())
        .layer("output", network.output())
        .values;
  }

  static List<Value> of(ModelBuilder g, Profile profile, MultiBandGruNetwork network) {
    return new NetworkWeights(g, profile)
        .plain(
            "sample_weights",
            network.sample().values(),
            network.sample().rows(),
            network.sample().columns())
        .layer("recurrent", network.recurrent())
        .layer("projection", network.projection())
        .layer("band_output", network.output())
        .values;
  }

  private NetworkWeights layer(String name, Affine layer) {
    return weight(layer.weight()).plain(name + "_bias", layer.bias(), layer.bias().length);
  }

  private NetworkWeights layer(String name, AuxAffine layer) {
    return weight(layer.weight())
        .weight(layer.aux())
        .plain(name + "_bias", layer.bias(), layer.bias().length);
  }

  private NetworkWeights weight(WeightMatrix matrix) {
    if (profile.quantises(matrix.name())) {
      values.addAll(PackedWeight.int8Of(matrix).addInt8To(g, matrix));
    } else {
      values.addAll(PackedWeight.of(matrix).addTo(g));
    }
    return this;
  }

  private NetworkWeights plain(String name, float[] data, long... shape) {
    values.add(g.initializer(name, data, shape));
    return this;
  }
}
