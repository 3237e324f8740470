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
 * {@code generate}: conditioning, uniforms {@code [N, T, draws]}, previous {@code [N, P]}, state
 * {@code [N, S]}, temperature {@code [N]} to audio {@code [N, T]}, next_previous, next_state, so
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
    model.conditioningTensors().forEach(tensor -> inputs.add(tensor.sequenceInput(g)));
    inputs.add(g.input("uniforms", Dim.N, Dim.T, Dim.of(network.draws())));
    inputs.add(StateTensors.previousInput(g, network));
    inputs.add(StateTensors.stateInput(g, network));
    inputs.add(g.input("temperature", Dim.N));
    List<Value> made = made(g, model, profile, inputs);
    g.output("audio", made.get(0), Dim.N, Dim.T);
    StateTensors.outputs(g, network, made.get(1), made.get(2));
    return g.build();
  }

  /**
   * Samples {@code [N, T]}, and the previous values and state after them.
   *
   * @param computed the inputs before the weights: conditioning, uniforms {@code [N, T, draws]},
   *     previous, state, temperature {@code [N]}
   */
  static List<Value> made(
      ModelBuilder g, VocoderModel model, Profile profile, List<Value> computed) {
    StepNetwork network = model.network();
    NetworkKind<StepNetwork> kind = Networks.of(network);
    List<Value> inputs = new ArrayList<>(computed);
    Value driver = inputs.get(network.conditioningTensors().size());
    inputs.set(0, kind.vectors(g, network, inputs.get(0), driver));
    inputs.addAll(NetworkWeights.of(g, profile, network.layers()));
    List<Attribute> attributes = new ArrayList<>();
    attributes.add(Attribute.of(SequenceAttributes.SAMPLES_PER_FRAME, model.samplesPerVector()));
    attributes.addAll(kind.generateAttributes(network));
    attributes.addAll(SequenceAttributes.of(profile));
    return g.node(kind.generate(profile, network), inputs, attributes.toArray(Attribute[]::new));
  }
}
