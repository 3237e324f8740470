package org.wavebridge.graphs.network.dualsoftmax;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.network.StepResult;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OperatorAttribute;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.BlockSparseGemm;
import org.wavebridge.graphs.op.Choice;
import org.wavebridge.graphs.op.Inputs;
import org.wavebridge.graphs.op.SequenceAttributes;

/**
 * The fused generation loop of the dual-softmax WaveRNN: conditioning {@code [N, F, E]} and
 * uniforms {@code [N, T, 2]} to audio {@code [N, T]}. Source: Kalchbrenner et al. 2018, equation 2.
 * The body is a Loop over {@link DualSoftmaxStep}.
 */
final class DualSoftmaxGenerate {
  /** Attribute: size of a conditioning vector. */
  static final String CONDITIONING_SIZE = "conditioning_size";

  static final List<OperatorAttribute> ATTRIBUTES =
      List.of(
          SequenceAttributes.SAMPLES,
          OperatorAttribute.integer(CONDITIONING_SIZE, 0, BlockSparseGemm.MOST_INPUTS, "E"));

  private DualSoftmaxGenerate() {}

  /** The operator in a profile. */
  static CustomOperator in(Profile profile) {
    return DualSoftmaxLayout.OPERATORS.generate(
        profile,
        "Generates audio [N, T] = (256 c + f) / 32768 - 1 sample by sample: u = sigmoid(R_u h + I_u x), r = sigmoid(R_r h + I_r x),"
            + " e = tanh(r (R_e h) + I_e x), h' = u h + (1 - u) e; coarse class c from the first half of h', fine class f from the second."
            + " conditioning [N, F, E], uniforms [N, T, 2], previous [N, 2], state [N, H], temperature [N]; sample t uses frame t / samples_per_frame.",
        ATTRIBUTES,
        (g, inputs) -> body(profile, g, inputs));
  }

  private static List<Value> body(Profile profile, Nodes g, Map<String, Value> inputs) {
    Value uniforms = Inputs.get(inputs, "uniforms");
    Value temperature = unsqueeze(g, Inputs.get(inputs, "temperature"), 1);
    List<Value> made =
        DualSoftmaxWeights.loop(
            profile,
            g,
            inputs,
            nodes -> squeeze(nodes, size(nodes, uniforms, 1), 0),
            (body, t) -> drawn(body, gather(body, uniforms, t, 1), temperature),
            StepResult::audio);
    return List.of(
        SequenceAttributes.rowsFirst(g, made.get(0), uniforms), made.get(1), made.get(2));
  }

  /** The choices of coarse and fine by uniforms {@code [N, 2]}. */
  static List<Choice> drawn(Nodes g, Value uniforms, Value temperature) {
    return split(g, uniforms, 1, 2).stream()
        .map(uniform -> Choice.drawn(uniform, temperature))
        .toList();
  }
}
