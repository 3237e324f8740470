package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OperatorTensor;
import org.wavebridge.graphs.onnx.Value;

/**
 * Steps of the subscale schedule of the dual-softmax WaveRNN over one utterance, or a window of it.
 * Source: Kalchbrenner et al. 2018, equation 2 and section 4. The body is a Loop over {@link
 * DualSoftmaxStep} for all rows; it depends on the structure of the context network.
 */
public final class DualSoftmaxSubscaleGenerate {
  private DualSoftmaxSubscaleGenerate() {}

  /** The operator in a profile, for a horizon and context network. */
  public static CustomOperator in(Profile profile, Subscale subscale) {
    return new CustomOperator(
        profile.named("DualSoftmaxSubscaleGenerate"),
        "Makes steps of the subscale schedule with the step of DualSoftmaxGenerate in B rows: in step n row s makes sample g = B (n - s (horizon + chunk)) + s"
            + " if that lies in the window; its gates also take W context, the context from the samples of earlier rows up to horizon positions ahead."
            + " conditioning [F, E], uniforms [A, 2], audio [A] (samples made so far), previous [B, 2], state [B, H], temperature [1],"
            + " schedule [4] = first sample of the window, chunk, first step, steps; sample g uses frame g / samples_per_frame.",
        SubscaleLoop.inputs(
            SequenceAttributes.inputs(
                List.of(
                    OperatorTensor.values("conditioning", "[F, E]"),
                    OperatorTensor.values("uniforms", "[A, 2]"),
                    OperatorTensor.values("audio", "[A]"),
                    OperatorTensor.values("previous", "[B, 2]"),
                    OperatorTensor.values("state", "[B, H]"),
                    OperatorTensor.values("temperature", "[1]"),
                    OperatorTensor.integers("schedule", "[4]")),
                DualSoftmaxWeights.inputs(profile)),
            "3H"),
        List.of(
            OperatorTensor.values("next_audio", "[A]"),
            OperatorTensor.values("next_previous", "[B, 2]"),
            OperatorTensor.values("next_state", "[B, H]")),
        SubscaleLoop.attributes(subscale, DualSoftmaxGenerate.ATTRIBUTES),
        (g, inputs) -> body(profile, subscale, g, inputs));
  }

  private static List<Value> body(
      Profile profile, Subscale subscale, Nodes g, Map<String, Value> inputs) {
    Map<String, Value> one = new HashMap<>(inputs);
    Value conditioning = unsqueeze(g, Inputs.get(inputs, "conditioning"), 0);
    one.put("conditioning", conditioning);
    DualSoftmaxWeights w = DualSoftmaxWeights.in(profile, g, one);
    Value gates =
        SubscaleLoop.zeroEnded(
            g, squeeze(g, w.conditioning().coarseFirst(g).sequence(g, conditioning), 0));
    Value uniforms = SubscaleLoop.zeroEnded(g, Inputs.get(inputs, "uniforms"));
    Value temperature = Inputs.get(inputs, "temperature");
    DualSoftmaxStep step = w.step(g, Inputs.get(inputs, "sample_weights"));
    SubscaleLoop subscaled = new SubscaleLoop(g, inputs, subscale);
    Optional<Value> joined =
        subscaled.contextInput().map(weight -> DualSoftmaxStep.coarseFirstRows(g, weight));
    Value frames = squeeze(g, size(g, conditioning, 1), 0);
    return subscaled.loop(
        g,
        inputs,
        frames,
        (body, indices, context, previous, state) -> {
          Value frame = gather(body, gates, indices.frame(), 0);
          List<Value> uniform = split(body, gather(body, uniforms, indices.sample(), 0), 1, 2);
          DualSoftmaxStep.Result made =
              step.build(
                  body,
                  context.map(c -> gemm(body, c, joined.orElseThrow(), frame)).orElse(frame),
                  previous,
                  state,
                  Choice.drawn(uniform.get(0), temperature),
                  Choice.drawn(uniform.get(1), temperature));
          return new SubscaleLoop.Made(made.audio(), made.previous(), made.state());
        });
  }
}
