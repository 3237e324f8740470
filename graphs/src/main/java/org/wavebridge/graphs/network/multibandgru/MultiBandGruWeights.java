package org.wavebridge.graphs.network.multibandgru;

import static org.wavebridge.graphs.onnx.StandardOps.div;
import static org.wavebridge.graphs.onnx.StandardOps.longs;
import static org.wavebridge.graphs.onnx.StandardOps.size;
import static org.wavebridge.graphs.onnx.StandardOps.transpose;

import java.util.Map;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Inputs;
import org.wavebridge.graphs.op.Layer;

/** The weights of a multi-band operator inside a function body. */
final class MultiBandGruWeights {
  private MultiBandGruWeights() {}

  /** A step with the weights of an operator. */
  static MultiBandGruStep step(Profile profile, Nodes g, Map<String, Value> inputs) {
    Value sample = Inputs.get(inputs, LayerRow.SAMPLE_WEIGHTS);
    // From a constant, so that a runtime makes the dense matrices once.
    Value hidden = div(g, size(g, sample, 0), longs(g, 3));
    return new MultiBandGruStep(
        transpose(g, sample, 1, 0),
        Layer.of(profile, g, inputs, MultiBandGruLayout.RECURRENT, hidden),
        Layer.of(profile, g, inputs, MultiBandGruLayout.PROJECTION, hidden),
        Layer.of(
            profile,
            g,
            inputs,
            MultiBandGruLayout.OUTPUT,
            size(g, Inputs.get(inputs, MultiBandGruLayout.PROJECTION.biasName()), 0)));
  }
}
