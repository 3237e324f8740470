package org.wavebridge.graphs.assemble;

import java.util.ArrayList;
import java.util.List;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.NetworkKind;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.SequenceAttributes;

/**
 * {@code score}: conditioning, given audio {@code [N, T]}, previous, state to logits (dual softmax
 * {@code [N, T, 2, 256]}, else {@code [N, T, C]}), next_previous, next_state. Teacher forcing with
 * the step of {@code generate}.
 */
final class ScoreGraph {
  private ScoreGraph() {}

  static OnnxModel build(VocoderModel model, Profile profile) {
    StepNetwork network = model.network();
    ModelBuilder g =
        new ModelBuilder(
            "score",
            "Teacher forcing: what the network predicts for each of the given samples, audio [N, T] in the values that generate emits."
                + " logits [N, T, 2, 256] (coarse, fine) for a dual softmax, else [N, T, C] in the order of the head's outputs.");
    List<Value> inputs = new ArrayList<>();
    model.conditioningTensors().forEach(tensor -> inputs.add(tensor.sequenceInput(g)));
    inputs.add(g.input("audio", Dim.N, Dim.T));
    inputs.add(StateTensors.previousInput(g, network));
    inputs.add(StateTensors.stateInput(g, network));
    List<Value> made = fused(g, profile, inputs, network, model.samplesPerVector());
    outputs(g, network, made, Dim.N);
    return g.build();
  }

  /**
   * Adds the operator.
   *
   * @param inputs all those before the weights
   * @param samples that share a vector of conditioning
   */
  static List<Value> fused(
      ModelBuilder g, Profile profile, List<Value> inputs, StepNetwork network, int samples) {
    NetworkKind<StepNetwork> kind = Networks.of(network);
    List<Value> all = new ArrayList<>(inputs);
    Value driver = inputs.get(network.conditioningTensors().size());
    all.set(0, kind.vectors(g, network, inputs.get(0), driver));
    all.addAll(NetworkWeights.of(g, profile, network.layers()));
    List<Attribute> attributes = new ArrayList<>();
    attributes.add(Attribute.of(SequenceAttributes.SAMPLES_PER_FRAME, samples));
    attributes.addAll(kind.scoreAttributes(network));
    attributes.addAll(SequenceAttributes.of(profile));
    return g.node(kind.score(profile, network), all, attributes.toArray(Attribute[]::new));
  }

  /**
   * Names the outputs: logits, next_previous, next_state.
   *
   * @param sequences first axis of the logits
   */
  static void outputs(ModelBuilder g, StepNetwork network, List<Value> made, Dim sequences) {
    List<Dim> shape = new ArrayList<>(List.of(sequences, Dim.T));
    for (int size : network.logitShape()) {
      shape.add(Dim.of(size));
    }
    g.output("logits", made.get(0), shape.toArray(Dim[]::new));
    StateTensors.outputs(g, network, made.get(1), made.get(2));
  }
}
