package org.wavebridge.graphs.network.multibandgru;

import static org.wavebridge.graphs.onnx.StandardOps.add;
import static org.wavebridge.graphs.onnx.StandardOps.concat;
import static org.wavebridge.graphs.onnx.StandardOps.div;
import static org.wavebridge.graphs.onnx.StandardOps.gather;
import static org.wavebridge.graphs.onnx.StandardOps.matMul;
import static org.wavebridge.graphs.onnx.StandardOps.mul;
import static org.wavebridge.graphs.onnx.StandardOps.range;
import static org.wavebridge.graphs.onnx.StandardOps.reshape;
import static org.wavebridge.graphs.onnx.StandardOps.size;
import static org.wavebridge.graphs.onnx.StandardOps.slice;
import static org.wavebridge.graphs.onnx.StandardOps.squeeze;
import static org.wavebridge.graphs.onnx.StandardOps.transpose;
import static org.wavebridge.graphs.onnx.StandardOps.unsqueeze;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Inputs;
import org.wavebridge.graphs.op.SequenceAttributes;

/**
 * Teacher forcing through a multi-band GRU: conditioning {@code [N, F, 3H]} and given audio {@code
 * [N, T]} to logits {@code [N, T, 3K]}. In the body only the recurrence is a loop; the layers
 * around it run over the sequence.
 */
final class MultiBandGruScore {
  private MultiBandGruScore() {}

  /** The operator in a profile. */
  static CustomOperator in(Profile profile) {
    return MultiBandGruLayout.OPERATORS.score(
        profile,
        "Outputs [N, T, 3 * mixtures] of the steps of MultiBandGruGenerate when the samples are given: conditioning [N, F, 3H], audio [N, T],"
            + " T = B * steps, previous [N, B], state [N, H].",
        MultiBandGruGenerate.ATTRIBUTES,
        (g, inputs) -> body(profile, g, inputs));
  }

  private static List<Value> body(Profile profile, Nodes g, Map<String, Value> inputs) {
    Value audio = Inputs.get(inputs, "audio");
    Value previous = Inputs.get(inputs, "previous");
    Value bands = size(g, previous, 1);
    Value rows = size(g, previous, 0);
    Value steps = div(g, size(g, audio, 1), bands);
    MultiBandGruStep step = MultiBandGruWeights.step(profile, g, inputs);

    Value given = reshape(g, audio, concat(g, 0, rows, steps, bands));
    Value all = concat(g, 1, unsqueeze(g, previous, 1), given);
    Value first = mul(g, range(g, squeeze(g, steps, 0)), bands);
    Value columns =
        gather(g, Inputs.get(inputs, "conditioning"), SequenceAttributes.frame(g, first), 1);
    Value gates = add(g, columns, matMul(g, slice(g, all, 1, 0, -1), step.sampleWeights()));
    List<Value> results =
        g.loop(
            squeeze(g, steps, 0),
            List.of(Inputs.get(inputs, "state")),
            1,
            (body, t, carried) -> {
              Value next = step.state(body, gather(body, gates, t, 1), carried.get(0));
              return List.of(next, next);
            });
    Value hidden = size(g, Inputs.get(inputs, "state"), 1);
    // A loop without iterations leaves an output of rank 1.
    Value made = reshape(g, results.get(1), concat(g, 0, steps, rows, hidden));
    Value states = transpose(g, made, 1, 0, 2);
    Value flat = step.outputs(g, reshape(g, states, concat(g, 0, mul(g, rows, steps), hidden)));
    Value logits =
        reshape(g, flat, concat(g, 0, rows, mul(g, steps, bands), outputs(g, flat, bands)));
    Value last = squeeze(g, slice(g, all, 1, -1, Long.MAX_VALUE), 1);
    return List.of(logits, last, results.get(0));
  }

  private static Value outputs(Nodes g, Value flat, Value bands) {
    return div(g, size(g, flat, 1), bands);
  }
}
