package org.wavebridge.graphs.network.lpcnet;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.network.StepResult;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Inputs;

/**
 * Teacher forcing through an LPCNet: conditioning {@code [N, F, 3H + 3M + 17]} and given audio
 * {@code [N, T]} before de-emphasis to logits {@code [N, T, 256]}. The body is a Loop over {@link
 * LpcNetStep}.
 */
final class LpcNetScore {
  private LpcNetScore() {}

  /** The operator in a profile. */
  static CustomOperator in(Profile profile) {
    return LpcNetLayout.OPERATORS.score(
        profile,
        "Outputs [N, T, 256] of the step of LpcNetGenerate when the samples are given: conditioning [N, F, 3H + 3M + 17], audio [N, T] = s / 32768,"
            + " previous [N, 17], state [N, H + M]. The excitation of a sample is the mu-law class of what it adds to the prediction.",
        LpcNetGenerate.ATTRIBUTES,
        (g, inputs) -> body(profile, g, inputs));
  }

  private static List<Value> body(Profile profile, Nodes g, Map<String, Value> inputs) {
    Value audio = Inputs.get(inputs, "audio");
    List<Value> made =
        LpcNetWeights.loop(
            profile,
            g,
            inputs,
            Value.NONE,
            squeeze(g, size(g, audio, 1), 0),
            (step, body, t, frame, previous, state) -> {
              Value sample = unsqueeze(body, gather(body, audio, t, 1), 1);
              return step.build(
                  body, frame, previous, state, Optional.of(sample), ExcitationNodes.given(sample));
            },
            StepResult::logits);
    return List.of(transpose(g, made.get(0), 1, 0, 2), made.get(1), made.get(2));
  }
}
