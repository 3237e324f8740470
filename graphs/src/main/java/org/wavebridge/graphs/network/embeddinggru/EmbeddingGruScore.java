package org.wavebridge.graphs.network.embeddinggru;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Inputs;
import org.wavebridge.graphs.op.SequenceAttributes;

/**
 * Teacher forcing through a GRU over embedded classes: conditioning {@code [N, F, E]} and given
 * audio {@code [N, T]} to logits {@code [N, T, C]}. In the body only the recurrence is a loop; the
 * layers around it run over the sequence.
 */
final class EmbeddingGruScore {
  private EmbeddingGruScore() {}

  /** The operator in a profile. */
  static CustomOperator in(Profile profile) {
    return EmbeddingGruLayout.OPERATORS.score(
        profile,
        "Logits [N, T, C] of the step of EmbeddingGruGenerate when the samples are given: conditioning [N, F, E], audio [N, T], whose classes are the nearest,"
            + " previous [N, 1], state [N, H].",
        EmbeddingGruGenerate.ATTRIBUTES,
        (g, inputs) -> body(profile, g, inputs));
  }

  private static List<Value> body(Profile profile, Nodes g, Map<String, Value> inputs) {
    Value audio = Inputs.get(inputs, "audio");
    Value state = Inputs.get(inputs, "state");
    Value rows = size(g, audio, 0);
    Value samples = size(g, audio, 1);
    EmbeddingGruStep step = EmbeddingGruWeights.step(profile, g, inputs);

    Value all = concat(g, 1, Inputs.get(inputs, "previous"), audio);
    Value frames =
        SequenceAttributes.toSamples(
            g, EmbeddingGruWeights.gates(g, inputs), squeeze(g, samples, 0));
    Value gates = add(g, frames, step.rows(g, slice(g, all, 1, 0, -1)));
    List<Value> results =
        g.loop(
            squeeze(g, samples, 0),
            List.of(state),
            1,
            (body, t, carried) -> {
              Value next = step.state(body, gather(body, gates, t, 1), carried.get(0));
              return List.of(next, next);
            });
    Value units = size(g, state, 1);
    // A loop without iterations leaves an output of rank 1.
    Value made = reshape(g, results.get(1), concat(g, 0, samples, rows, units));
    Value states = transpose(g, made, 1, 0, 2);
    Value flat = step.outputs(g, reshape(g, states, concat(g, 0, mul(g, rows, samples), units)));
    Value logits = reshape(g, flat, concat(g, 0, rows, samples, size(g, flat, 1)));
    return List.of(logits, slice(g, all, 1, -1, Long.MAX_VALUE), results.get(0));
  }
}
