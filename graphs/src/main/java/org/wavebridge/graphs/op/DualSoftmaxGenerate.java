package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;

/**
 * The fused generation loop of the dual-softmax WaveRNN: conditioning {@code [N, F, E]} and
 * uniforms {@code [N, T, 2]} to audio {@code [N, T]}. Source: Kalchbrenner et al. 2018, equation 2.
 * The body is a Loop over {@link DualSoftmaxStep}.
 */
public final class DualSoftmaxGenerate {
  /** Attribute: size of a conditioning vector. */
  public static final String CONDITIONING_SIZE = "conditioning_size";

  /** The operator. */
  public static final CustomOperator OPERATOR =
      new CustomOperator(
          "DualSoftmaxGenerate",
          "Generates audio [N, T] = (256 c + f) / 32768 - 1 sample by sample: u = sigmoid(R_u h + I_u x), r = sigmoid(R_r h + I_r x),"
              + " e = tanh(r (R_e h) + I_e x), h' = u h + (1 - u) e; coarse class c from the first half of h', fine class f from the second."
              + " conditioning [N, F, E], uniforms [N, T, 2], previous [N, 2], state [N, H], temperature [1]; sample t uses frame t / samples_per_frame.",
          inputs(List.of("conditioning", "uniforms", "previous", "state", "temperature")),
          List.of("audio", "next_previous", "next_state"),
          List.of(SequenceAttributes.SAMPLES_PER_FRAME, CONDITIONING_SIZE),
          DualSoftmaxGenerate::body);

  private DualSoftmaxGenerate() {}

  /** Input names: the given ones, then the weights in the order of docs/operators.md. */
  static List<String> inputs(List<String> first) {
    List<String> names = new ArrayList<>(first);
    names.add("sample_weights");
    for (String weight : DualSoftmaxWeights.NAMES) {
      names.addAll(Weights.inputs(weight));
      names.add(DualSoftmaxWeights.biasOf(weight));
    }
    return List.copyOf(names);
  }

  private static List<Value> body(Nodes g, Map<String, Value> inputs) {
    Value conditioning = Inputs.get(inputs, "conditioning");
    Value uniforms = Inputs.get(inputs, "uniforms");
    Value temperature = Inputs.get(inputs, "temperature");
    Value samples = Inputs.get(inputs, "sample_weights");
    DualSoftmaxWeights w = DualSoftmaxWeights.in(g, inputs);
    Value gates =
        new DenseLayer(
                DualSoftmaxStep.coarseFirstRows(g, w.conditioning()),
                DualSoftmaxStep.coarseFirstRows(g, w.conditioningBias()))
            .sequence(g, conditioning);
    DualSoftmaxStep step =
        new DualSoftmaxStep(
            new DenseLayer(
                DualSoftmaxStep.coarseFirstRows(g, w.recurrent()),
                DualSoftmaxStep.coarseFirstRows(g, w.recurrentBias())),
            DualSoftmaxStep.previousWeights(g, samples),
            DualSoftmaxStep.coarseWeights(g, samples),
            w.coarseHidden(),
            w.coarseOutput(),
            w.fineHidden(),
            w.fineOutput());
    List<Value> results =
        g.loop(
            squeeze(g, size(g, uniforms, 1), 0),
            List.of(Inputs.get(inputs, "previous"), Inputs.get(inputs, "state")),
            1,
            (body, t, carried) -> {
              Value frame = gather(body, gates, SequenceAttributes.frame(body, t), 1);
              Value uniform = gather(body, uniforms, t, 1);
              DualSoftmaxStep.Result made =
                  step.build(body, frame, carried.get(0), carried.get(1), uniform, temperature);
              return List.of(made.previous(), made.state(), made.audio());
            });
    return List.of(transpose(g, results.get(2), 1, 0), results.get(0), results.get(1));
  }
}
