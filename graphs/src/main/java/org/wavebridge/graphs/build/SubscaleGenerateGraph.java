package org.wavebridge.graphs.build;

import java.util.ArrayList;
import java.util.List;
import org.wavebridge.graphs.model.DualSoftmaxNetwork;
import org.wavebridge.graphs.model.ResidualGruNetwork;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.DualSoftmaxSubscaleGenerate;
import org.wavebridge.graphs.op.Profile;
import org.wavebridge.graphs.op.ResidualGruSubscaleGenerate;
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
    Conditioning.of(network).forEach(tensor -> inputs.add(tensor.windowInput(g)));
    inputs.add(g.input("uniforms", Dim.A, Dim.of(network.draws())));
    inputs.add(g.input("audio", Dim.A));
    inputs.add(StateTensors.previousInput(g, network));
    inputs.add(StateTensors.stateInput(g, network));
    inputs.add(g.input("temperature", Dim.of(1)));
    inputs.add(g.input("schedule", ElementType.INT64, Dim.of(4)));
    List<Value> made = fused(g, inputs, model, profile);
    g.output("next_audio", made.get(0), Dim.A);
    StateTensors.outputs(g, network, made.get(1), made.get(2));
    return g.build();
  }

  private static List<Value> fused(
      ModelBuilder g, List<Value> inputs, VocoderModel model, Profile profile) {
    Subscale subscale = SubscaleWeights.of(model);
    List<Attribute> attributes = new ArrayList<>();
    attributes.add(Attribute.of(SequenceAttributes.SAMPLES_PER_FRAME, model.features().hop()));
    if (model.network() instanceof DualSoftmaxNetwork dual) {
      attributes.add(FusedAttributes.conditioning(dual));
      attributes.addAll(SubscaleWeights.attributes(model));
      inputs.addAll(NetworkWeights.of(g, profile, dual));
      inputs.addAll(SubscaleWeights.inputs(g, model));
      return g.node(
          DualSoftmaxSubscaleGenerate.in(profile, subscale),
          inputs,
          attributes.toArray(Attribute[]::new));
    }
    if (model.network() instanceof ResidualGruNetwork residual) {
      attributes.addAll(FusedAttributes.of(residual));
      FusedAttributes.draw(residual).ifPresent(attributes::add);
      attributes.addAll(SubscaleWeights.attributes(model));
      inputs.addAll(NetworkWeights.of(g, profile, residual));
      inputs.addAll(SubscaleWeights.inputs(g, model));
      return g.node(
          ResidualGruSubscaleGenerate.in(profile, residual.head(), subscale),
          inputs,
          attributes.toArray(Attribute[]::new));
    }
    throw new IllegalArgumentException(
        "no subscale_generate graph for " + model.network().getClass());
  }
}
