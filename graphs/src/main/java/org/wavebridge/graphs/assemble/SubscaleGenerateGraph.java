package org.wavebridge.graphs.assemble;

import java.util.ArrayList;
import java.util.List;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.NetworkKind;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.SequenceAttributes;

/**
 * {@code subscale_generate}: steps of the schedule of one utterance in a window of A samples.
 * Conditioning without a batch axis, uniforms {@code [A, draws]}, audio {@code [A]} made so far,
 * previous {@code [N, P]} and state {@code [N, S]} of the rows, temperature {@code [1]}, schedule
 * (int64 {@code [4]}: first sample of the window, chunk, first step, steps) to next_audio {@code
 * [A]}, next_previous, next_state, so that calls chain. One fused operator.
 */
final class SubscaleGenerateGraph {
  private SubscaleGenerateGraph() {}

  static OnnxModel build(VocoderModel model, Profile profile) {
    StepNetwork network = model.network();
    ModelBuilder g =
        new ModelBuilder(
            "subscale_generate",
            "Makes steps of the subscale schedule in N rows of one utterance; N rows stand for a subscale factor of N. The window holds A samples from"
                + " schedule[0] on, and conditioning from the frame that holds that sample on; audio [A] in [-1, 1] before decoding and de-emphasis, each"
                + " sample at its place. uniforms [A, %d] are fractions k * 2^-24; previous [N, %d] are the values fed back, state [N, %d] the recurrent states."
                    .formatted(
                        network.draws(), network.initialPrevious().length, network.stateSize()));
    List<Value> inputs = new ArrayList<>();
    network.conditioningTensors().forEach(tensor -> inputs.add(tensor.windowInput(g)));
    inputs.add(g.input("uniforms", Dim.A, Dim.of(network.draws())));
    inputs.add(g.input("audio", Dim.A));
    inputs.add(StateTensors.previousInput(g, network));
    inputs.add(StateTensors.stateInput(g, network));
    inputs.add(g.input("temperature", Dim.of(1)));
    inputs.add(g.input("schedule", ElementType.INT64, Dim.of(4)));
    inputs.addAll(NetworkWeights.of(g, profile, network.layers()));
    inputs.addAll(SubscaleWeights.inputs(g, model));
    NetworkKind<StepNetwork> kind = Networks.of(network);
    List<Attribute> attributes = new ArrayList<>();
    attributes.add(Attribute.of(SequenceAttributes.SAMPLES_PER_FRAME, model.features().hop()));
    attributes.addAll(kind.generateAttributes(network));
    attributes.addAll(SequenceAttributes.of(profile));
    attributes.addAll(SubscaleWeights.attributes(model));
    List<Value> made =
        g.node(
            kind.subscaleGenerate(profile, network, SubscaleWeights.of(model)),
            inputs,
            attributes.toArray(Attribute[]::new));
    g.output("next_audio", made.get(0), Dim.A);
    StateTensors.outputs(g, network, made.get(1), made.get(2));
    return g.build();
  }
}
