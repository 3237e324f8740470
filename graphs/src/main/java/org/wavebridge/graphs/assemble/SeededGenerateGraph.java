package org.wavebridge.graphs.assemble;

import static org.wavebridge.graphs.onnx.StandardOps.longs;
import static org.wavebridge.graphs.onnx.StandardOps.mul;
import static org.wavebridge.graphs.onnx.StandardOps.size;
import static org.wavebridge.graphs.onnx.StandardOps.squeeze;

import java.util.ArrayList;
import java.util.List;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.PhiloxUniforms;

/**
 * {@code seeded_generate}: the samples of all frames given, as {@code generate} makes them, from a
 * seed {@code [N, 1]} and a temperature {@code [N, 1]} of each row. The uniforms are drawn inside,
 * from the index {@code sample [N, 1]} of a row's first sample on.
 */
final class SeededGenerateGraph {
  private SeededGenerateGraph() {}

  static OnnxModel build(VocoderModel model, Profile profile) {
    StepNetwork network = model.network();
    ModelBuilder g =
        new ModelBuilder(
            "seeded_generate",
            "Generates the samples of the frames given, audio [N, T] in [-1, 1] before decoding, from the seed [N, 1] of each row: the uniforms are those of Philox 4x32-10"
                + " for its samples from index sample [N, 1] on, which is 0 at the start. previous [N, %d] are the values fed back, state [N, %d] the recurrent state: feed next_sample, next_previous and next_state to the next call."
                    .formatted(network.initialPrevious().length, network.stateSize()));
    List<Value> conditioning = new ArrayList<>();
    model.conditioningTensors().forEach(tensor -> conditioning.add(tensor.sequenceInput(g)));
    Carry carry = Carry.on(g);
    g.output("audio", audio(g, model, profile, conditioning, carry), Dim.N, Dim.T);
    carry.advance(samples(g, model, conditioning));
    return g.build();
  }

  /**
   * The samples of the frames of some conditioning, {@code [N, T]}, with inputs for seeds and
   * temperatures.
   *
   * @param conditioning the tensors of {@link VocoderModel#conditioningTensors()}
   * @param carry of previous values, state and the index of the first sample
   */
  static Value audio(
      ModelBuilder g, VocoderModel model, Profile profile, List<Value> conditioning, Carry carry) {
    StepNetwork network = model.network();
    Value seed = g.input("seed", ElementType.INT64, Dim.N, Dim.of(1));
    Value temperature = g.input("temperature", Dim.N, Dim.of(1));
    Value uniforms = uniforms(g, model, seed, conditioning, carry);
    List<Value> inputs = new ArrayList<>(conditioning);
    inputs.add(uniforms);
    inputs.add(carry.take("previous", network.initialPrevious()));
    inputs.add(carry.take("state", new float[network.stateSize()]));
    inputs.add(squeeze(g, temperature, 1));
    List<Value> made = GenerateGraph.made(g, model, profile, inputs);
    carry.give("previous", made.get(1), network.initialPrevious().length);
    carry.give("state", made.get(2), network.stateSize());
    return made.get(0);
  }

  /**
   * The uniforms {@code [N, T, draws]} of the samples of some conditioning.
   *
   * @param seed int64 {@code [N, 1]}
   * @param carry of the index of the first sample
   */
  static Value uniforms(
      ModelBuilder g, VocoderModel model, Value seed, List<Value> conditioning, Carry carry) {
    List<Value> inputs =
        List.of(
            squeeze(g, seed, 1), squeeze(g, carry.sample(), 1), samples(g, model, conditioning));
    Attribute draws = Attribute.of(PhiloxUniforms.DRAWS, model.network().draws());
    return g.node(PhiloxUniforms.OPERATOR, inputs, draws).get(0);
  }

  /** The samples of the frames of some conditioning, int64 {@code [1]}. */
  static Value samples(ModelBuilder g, VocoderModel model, List<Value> conditioning) {
    Value vectors = size(g, conditioning.get(0), 1);
    return model.conditioningTensors().get(0).rate() == Conditioning.Rate.SAMPLE
        ? vectors
        : mul(g, vectors, longs(g, model.features().hop()));
  }
}
