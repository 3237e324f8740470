package org.wavebridge.graphs.network.lpcnet;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.network.StepResult;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Inputs;
import org.wavebridge.graphs.op.Layer;
import org.wavebridge.graphs.op.SequenceAttributes;

/** The weights of an LPCNet's operator inside a function body. */
final class LpcNetWeights {
  private LpcNetWeights() {}

  /** Takes one step inside the loop. */
  @FunctionalInterface
  interface Take {
    /** Adds the step at sample {@code t}. */
    StepResult at(LpcNetStep step, Nodes g, Value t, Value frame, Value previous, Value state);
  }

  /**
   * A loop over the steps of a sequence.
   *
   * @param values of the mu-law classes; {@link Value#NONE} where samples are given
   * @param samples how many, int64 scalar
   * @param take adds a step
   * @param emitted what is kept of each step
   * @return what is kept {@code [T, N, ...]}, next_previous, next_state
   */
  static List<Value> loop(
      Profile profile,
      Nodes g,
      Map<String, Value> inputs,
      Value values,
      Value samples,
      Take take,
      Function<StepResult, Value> emitted) {
    LpcNetStep step = step(profile, g, inputs, values);
    Value conditioning = Inputs.get(inputs, "conditioning");
    List<Value> results =
        g.loop(
            samples,
            List.of(Inputs.get(inputs, "previous"), Inputs.get(inputs, "state")),
            1,
            (body, t, carried) -> {
              Value frame = gather(body, conditioning, SequenceAttributes.frame(body, t), 1);
              StepResult made = take.at(step, body, t, frame, carried.get(0), carried.get(1));
              return List.of(made.previous(), made.state(), emitted.apply(made));
            });
    return List.of(results.get(2), results.get(0), results.get(1));
  }

  private static LpcNetStep step(
      Profile profile, Nodes g, Map<String, Value> inputs, Value values) {
    Value sample = Inputs.get(inputs, LayerRow.SAMPLE_WEIGHTS);
    Value secondBias = Inputs.get(inputs, LpcNetLayout.SECOND_RECURRENT.biasName());
    // From constants, so that a runtime makes the dense matrices once.
    Value gates = size(g, sample, 0);
    Value secondGates = size(g, secondBias, 0);
    Value hidden = div(g, gates, longs(g, 3));
    Value second = div(g, secondGates, longs(g, 3));
    return new LpcNetStep(
        transpose(g, sample, 1, 0),
        floatAttributeList(g, LpcNetGenerate.DIAGONAL),
        values,
        Layer.of(profile, g, inputs, LpcNetLayout.RECURRENT, hidden),
        Layer.of(profile, g, inputs, LpcNetLayout.SECOND_INPUT, hidden, zeros(g, secondGates)),
        Layer.of(profile, g, inputs, LpcNetLayout.SECOND_RECURRENT, second),
        Layer.of(profile, g, inputs, LpcNetLayout.DUAL_DENSE, second),
        floatAttributeList(g, LpcNetGenerate.FACTOR),
        concat(g, 0, gates, secondGates, longs(g, LpcNetNetwork.ORDER, 1)),
        concat(g, 0, hidden, second));
  }

  private static Value zeros(Nodes g, Value shape) {
    return g.node("ConstantOfShape", List.of(shape));
  }
}
