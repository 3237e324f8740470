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
import org.wavebridge.graphs.op.DualSoftmaxGenerate;
import org.wavebridge.graphs.op.MultiBandGruGenerate;
import org.wavebridge.graphs.op.Profile;
import org.wavebridge.graphs.op.ResidualGruGenerate;
import org.wavebridge.graphs.op.SequenceAttributes;

/**
 * {@code generate}: conditioning, uniforms {@code [N, T, draws]}, previous {@code [N, P]}, state
 * {@code [N, S]}, temperature {@code [1]} to audio {@code [N, T]}, next_previous, next_state, so
 * that calls chain. One fused operator.
 */
final class GenerateGraph {
  private GenerateGraph() {}

  static OnnxModel build(VocoderModel model, Profile profile) {
    StepNetwork network = model.network();
    ModelBuilder g =
        new ModelBuilder(
            "generate",
            "Generates samples one after the other. audio [N, T] in [-1, 1] before decoding and de-emphasis; uniforms [N, T, %d] are fractions"
                    .formatted(network.draws())
                + " k * 2^-24; previous [N, %d] are the values fed back, state [N, %d] the recurrent state: feed next_previous and next_state to the next call."
                    .formatted(network.initialPrevious().length, network.stateSize()));
    List<Value> inputs = new ArrayList<>();
    Conditioning.of(model).forEach(tensor -> inputs.add(tensor.sequenceInput(g)));
    inputs.add(g.input("uniforms", Dim.N, Dim.T, Dim.of(network.draws())));
    inputs.add(StateTensors.previousInput(g, network));
    inputs.add(StateTensors.stateInput(g, network));
    inputs.add(g.input("temperature", Dim.of(1)));
    List<Value> made = fused(g, inputs, model, profile);
    g.output("audio", made.get(0), Dim.N, Dim.T);
    StateTensors.outputs(g, network, made.get(1), made.get(2));
    return g.build();
  }

  private static List<Value> fused(
      ModelBuilder g, List<Value> inputs, VocoderModel model, Profile profile) {
    StepNetwork network = model.network();
    Attribute samplesPerFrame =
        Attribute.of(SequenceAttributes.SAMPLES_PER_FRAME, model.samplesPerVector());
    if (network instanceof DualSoftmaxNetwork dual) {
      inputs.addAll(NetworkWeights.of(g, profile, dual));
      return g.node(
          DualSoftmaxGenerate.in(profile),
          inputs,
          samplesPerFrame,
          FusedAttributes.conditioning(dual));
    }
    if (network instanceof ResidualGruNetwork residual) {
      inputs.addAll(NetworkWeights.of(g, profile, residual));
      List<Attribute> attributes = new ArrayList<>(List.of(samplesPerFrame));
      attributes.addAll(FusedAttributes.of(residual));
      FusedAttributes.draw(residual).ifPresent(attributes::add);
      return g.node(
          ResidualGruGenerate.in(profile, residual.head()),
          inputs,
          attributes.toArray(new Attribute[0]));
    }
    if (network instanceof MultiBandGruNetwork multiBand) {
      inputs.set(0, MultiBandGruColumns.of(g, inputs.get(0), multiBand));
      inputs.addAll(NetworkWeights.of(g, profile, multiBand));
      List<Attribute> attributes = new ArrayList<>(List.of(samplesPerFrame));
      attributes.addAll(FusedAttributes.of(multiBand));
      attributes.addAll(FusedAttributes.draw(multiBand));
      return g.node(MultiBandGruGenerate.in(profile), inputs, attributes.toArray(new Attribute[0]));
    }
    throw new IllegalArgumentException("no generate graph for " + network.getClass());
  }
}
