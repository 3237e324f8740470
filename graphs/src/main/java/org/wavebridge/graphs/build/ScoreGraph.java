package org.wavebridge.graphs.build;

import java.util.ArrayList;
import java.util.List;
import org.wavebridge.graphs.model.DualSoftmaxNetwork;
import org.wavebridge.graphs.model.MultiBandGruNetwork;
import org.wavebridge.graphs.model.ResidualGruNetwork;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.DualSoftmaxScore;
import org.wavebridge.graphs.op.MultiBandGruScore;
import org.wavebridge.graphs.op.Profile;
import org.wavebridge.graphs.op.ResidualGruScore;
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
    Conditioning.of(model).forEach(tensor -> inputs.add(tensor.sequenceInput(g)));
    inputs.add(g.input("audio", Dim.N, Dim.T));
    inputs.add(StateTensors.previousInput(g, network));
    inputs.add(StateTensors.stateInput(g, network));
    Attribute samplesPerFrame =
        Attribute.of(SequenceAttributes.SAMPLES_PER_FRAME, model.samplesPerVector());
    if (network instanceof DualSoftmaxNetwork dual) {
      finish(
          g,
          network,
          dual(g, profile, inputs, dual, samplesPerFrame),
          Dim.N,
          List.of(Dim.of(2), Dim.of(256)));
    } else if (network instanceof ResidualGruNetwork residual) {
      finish(
          g,
          network,
          residual(g, profile, inputs, residual, samplesPerFrame),
          Dim.N,
          List.of(Dim.of(residual.head().outputs())));
    } else if (network instanceof MultiBandGruNetwork multiBand) {
      inputs.set(0, MultiBandGruColumns.of(g, inputs.get(0), multiBand));
      inputs.addAll(NetworkWeights.of(g, profile, multiBand));
      List<Attribute> attributes = new ArrayList<>(List.of(samplesPerFrame));
      attributes.addAll(FusedAttributes.of(multiBand));
      finish(
          g,
          network,
          g.node(MultiBandGruScore.in(profile), inputs, attributes.toArray(new Attribute[0])),
          Dim.N,
          List.of(Dim.of(multiBand.head().outputs())));
    } else {
      throw new IllegalArgumentException("no score graph for " + network.getClass());
    }
    return g.build();
  }

  /** Adds the operator; the inputs are all those before the weights. */
  static List<Value> dual(
      ModelBuilder g,
      Profile profile,
      List<Value> inputs,
      DualSoftmaxNetwork network,
      Attribute samplesPerFrame) {
    inputs.addAll(NetworkWeights.of(g, profile, network));
    return g.node(
        DualSoftmaxScore.in(profile),
        inputs,
        samplesPerFrame,
        FusedAttributes.conditioning(network),
        Attribute.of(SequenceAttributes.HIDDEN_SIZE, network.hidden()));
  }

  /** Adds the operator; the inputs are all those before the weights. */
  static List<Value> residual(
      ModelBuilder g,
      Profile profile,
      List<Value> inputs,
      ResidualGruNetwork network,
      Attribute samplesPerFrame) {
    inputs.addAll(NetworkWeights.of(g, profile, network));
    return g.node(
        ResidualGruScore.in(profile),
        inputs,
        samplesPerFrame,
        FusedAttributes.mels(network),
        FusedAttributes.auxSizes(network),
        FusedAttributes.mixtures(network),
        Attribute.of(SequenceAttributes.HIDDEN_SIZE, network.hidden()));
  }

  /**
   * Names the outputs: logits, next_previous, next_state.
   *
   * @param sequences first axis of the logits
   * @param classes their last axes
   */
  static void finish(
      ModelBuilder g, StepNetwork network, List<Value> made, Dim sequences, List<Dim> classes) {
    List<Dim> shape = new ArrayList<>(List.of(sequences, Dim.T));
    shape.addAll(classes);
    g.output("logits", made.get(0), shape.toArray(Dim[]::new));
    StateTensors.outputs(g, network, made.get(1), made.get(2));
  }
}
