package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OperatorAttribute;
import org.wavebridge.graphs.onnx.OperatorTensor;
import org.wavebridge.graphs.onnx.Value;

/**
 * The fused generation loop of the dual-softmax WaveRNN: conditioning {@code [N, F, E]} and
 * uniforms {@code [N, T, 2]} to audio {@code [N, T]}. Source: Kalchbrenner et al. 2018, equation 2.
 * The body is a Loop over {@link DualSoftmaxStep}.
 */
public final class DualSoftmaxGenerate {
  /** Attribute: size of a conditioning vector. */
  public static final String CONDITIONING_SIZE = "conditioning_size";

  static final List<OperatorAttribute> ATTRIBUTES =
      List.of(
          SequenceAttributes.SAMPLES,
          OperatorAttribute.integer(CONDITIONING_SIZE, 0, BlockSparseGemm.MOST_INPUTS, "E"));

  private DualSoftmaxGenerate() {}

  /** The operator in a profile. */
  public static CustomOperator in(Profile profile) {
    return new CustomOperator(
        profile.named("DualSoftmaxGenerate"),
        "Generates audio [N, T] = (256 c + f) / 32768 - 1 sample by sample: u = sigmoid(R_u h + I_u x), r = sigmoid(R_r h + I_r x),"
            + " e = tanh(r (R_e h) + I_e x), h' = u h + (1 - u) e; coarse class c from the first half of h', fine class f from the second."
            + " conditioning [N, F, E], uniforms [N, T, 2], previous [N, 2], state [N, H], temperature [1]; sample t uses frame t / samples_per_frame.",
        SequenceAttributes.inputs(
            List.of(
                OperatorTensor.values("conditioning", "[N, F, E]"),
                OperatorTensor.values("uniforms", "[N, T, 2]"),
                OperatorTensor.values("previous", "[N, 2]"),
                OperatorTensor.values("state", "[N, H]"),
                OperatorTensor.values("temperature", "[1]")),
            DualSoftmaxWeights.inputs(profile)),
        List.of(
            OperatorTensor.values("audio", "[N, T]"),
            OperatorTensor.values("next_previous", "[N, 2]"),
            OperatorTensor.values("next_state", "[N, H]")),
        ATTRIBUTES,
        (g, inputs) -> body(profile, g, inputs));
  }

  private static List<Value> body(Profile profile, Nodes g, Map<String, Value> inputs) {
    Value uniforms = Inputs.get(inputs, "uniforms");
    Value temperature = Inputs.get(inputs, "temperature");
    DualSoftmaxWeights w = DualSoftmaxWeights.in(profile, g, inputs);
    Value gates = w.conditioning().coarseFirst(g).sequence(g, Inputs.get(inputs, "conditioning"));
    DualSoftmaxStep step = w.step(g, Inputs.get(inputs, "sample_weights"));
    List<Value> results =
        g.loop(
            squeeze(g, size(g, uniforms, 1), 0),
            List.of(Inputs.get(inputs, "previous"), Inputs.get(inputs, "state")),
            1,
            (body, t, carried) -> {
              Value frame = gather(body, gates, SequenceAttributes.frame(body, t), 1);
              List<Value> uniform = split(body, gather(body, uniforms, t, 1), 1, 2);
              DualSoftmaxStep.Result made =
                  step.build(
                      body,
                      frame,
                      carried.get(0),
                      carried.get(1),
                      Choice.drawn(uniform.get(0), temperature),
                      Choice.drawn(uniform.get(1), temperature));
              return List.of(made.previous(), made.state(), made.audio());
            });
    return List.of(
        SequenceAttributes.rowsFirst(g, results.get(2), uniforms), results.get(0), results.get(1));
  }
}
