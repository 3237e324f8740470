package org.wavebridge.graphs.network.embeddinggru;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.Map;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.DenseLayer;
import org.wavebridge.graphs.op.Inputs;
import org.wavebridge.graphs.op.Layer;

/** The weights of the operators of a GRU over embedded classes inside a function body. */
final class EmbeddingGruWeights {
  private EmbeddingGruWeights() {}

  /** A step with the weights of an operator. */
  static EmbeddingGruStep step(Profile profile, Nodes g, Map<String, Value> inputs) {
    Value table = Inputs.get(inputs, LayerRow.SAMPLE_WEIGHTS);
    // From a constant, so that a runtime makes the dense matrices once.
    Value units = div(g, size(g, table, 1), longs(g, 3));
    return new EmbeddingGruStep(
        table,
        Layer.of(profile, g, inputs, EmbeddingGruLayout.RECURRENT, units),
        Layer.of(profile, g, inputs, EmbeddingGruLayout.HIDDEN, units),
        Layer.of(
            profile,
            g,
            inputs,
            EmbeddingGruLayout.OUTPUT,
            size(g, Inputs.get(inputs, EmbeddingGruLayout.HIDDEN.biasName()), 0)));
  }

  /** What the conditioning {@code [N, F, E]} gives to the gates, {@code [N, F, 3H]}. */
  static Value gates(Nodes g, Map<String, Value> inputs) {
    Value frames = Inputs.get(inputs, "conditioning");
    return DenseLayer.of(g, inputs, EmbeddingGruLayout.CONDITIONING, size(g, frames, 2))
        .sequence(g, frames);
  }
}
