package org.wavebridge.graphs.network.dualsoftmax;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.network.StepResult;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Choice;
import org.wavebridge.graphs.op.DenseLayer;
import org.wavebridge.graphs.op.Inputs;
import org.wavebridge.graphs.op.Layer;
import org.wavebridge.graphs.op.SequenceAttributes;

/**
 * The weights of a dual-softmax operator, dense, inside a function body.
 *
 * @param conditioning {@code [3H, E]}, f32 in every profile
 * @param recurrent {@code [3H, H]}
 * @param coarseHidden O1
 * @param coarseOutput O2
 * @param fineHidden O3
 * @param fineOutput O4
 */
record DualSoftmaxWeights(
    DenseLayer conditioning,
    Layer recurrent,
    Layer coarseHidden,
    Layer coarseOutput,
    Layer fineHidden,
    Layer fineOutput) {
  static DualSoftmaxWeights in(Profile profile, Nodes g, Map<String, Value> inputs) {
    Value hidden = size(g, Inputs.get(inputs, "state"), 1);
    Value half = div(g, hidden, longs(g, 2));
    Value e = size(g, Inputs.get(inputs, "conditioning"), 2);
    return new DualSoftmaxWeights(
        DenseLayer.of(g, inputs, DualSoftmaxLayout.CONDITIONING, e),
        Layer.of(profile, g, inputs, DualSoftmaxLayout.RECURRENT, hidden),
        Layer.of(profile, g, inputs, DualSoftmaxLayout.COARSE_HIDDEN, half),
        Layer.of(
            profile,
            g,
            inputs,
            DualSoftmaxLayout.COARSE_OUTPUT,
            rows(g, inputs, DualSoftmaxLayout.COARSE_HIDDEN)),
        Layer.of(profile, g, inputs, DualSoftmaxLayout.FINE_HIDDEN, half),
        Layer.of(
            profile,
            g,
            inputs,
            DualSoftmaxLayout.FINE_OUTPUT,
            rows(g, inputs, DualSoftmaxLayout.FINE_HIDDEN)));
  }

  /** The gates of conditioning {@code [N, F, E]}, coarse first: {@code [N, F, 3H]}. */
  Value gates(Nodes g, Value frames) {
    DenseLayer coarseFirst =
        conditioning.reordered(rows -> DualSoftmaxStep.coarseFirstRows(g, rows));
    return coarseFirst.sequence(g, frames);
  }

  /** One step with these weights; the sample weights come from the operator's input. */
  DualSoftmaxStep step(Nodes g, Value sampleWeights) {
    return new DualSoftmaxStep(
        recurrent.reordered(rows -> DualSoftmaxStep.coarseFirstRows(g, rows)),
        DualSoftmaxStep.previousWeights(g, sampleWeights),
        DualSoftmaxStep.coarseWeights(g, sampleWeights),
        coarseHidden,
        coarseOutput,
        fineHidden,
        fineOutput);
  }

  private static Value rows(Nodes g, Map<String, Value> inputs, LayerRow layer) {
    return size(g, Inputs.get(inputs, layer.biasName()), 0);
  }

  /** Chooses the two classes of a sample inside the loop. */
  @FunctionalInterface
  interface Choices {
    /** The choices of coarse and fine at sample {@code t}. */
    List<Choice> at(Nodes g, Value t);
  }

  /**
   * A loop over the steps of a sequence.
   *
   * @param samples how many, int64 scalar
   * @param choices of the classes
   * @param emitted what is kept of each step
   * @return what is kept {@code [T, N, ...]}, next_previous, next_state
   */
  static List<Value> loop(
      Profile profile,
      Nodes g,
      Map<String, Value> inputs,
      Function<Nodes, Value> samples,
      Choices choices,
      Function<StepResult, Value> emitted) {
    DualSoftmaxWeights w = in(profile, g, inputs);
    Value gates = w.gates(g, Inputs.get(inputs, "conditioning"));
    DualSoftmaxStep step = w.step(g, Inputs.get(inputs, LayerRow.SAMPLE_WEIGHTS));
    List<Value> results =
        g.loop(
            samples.apply(g),
            List.of(Inputs.get(inputs, "previous"), Inputs.get(inputs, "state")),
            1,
            (body, t, carried) -> {
              Value frame = gather(body, gates, SequenceAttributes.frame(body, t), 1);
              List<Choice> choice = choices.at(body, t);
              StepResult made =
                  step.build(
                      body, frame, carried.get(0), carried.get(1), choice.get(0), choice.get(1));
              return List.of(made.previous(), made.state(), emitted.apply(made));
            });
    return List.of(results.get(2), results.get(0), results.get(1));
  }
}
