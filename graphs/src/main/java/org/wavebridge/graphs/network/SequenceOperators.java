package org.wavebridge.graphs.network;

import java.util.ArrayList;
import java.util.List;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.OperatorAttribute;
import org.wavebridge.graphs.onnx.OperatorTensor;
import org.wavebridge.graphs.op.SequenceAttributes;
import org.wavebridge.graphs.op.SubscaleLoop;

/**
 * The inputs and outputs of the three operators of a network, all made of a few sizes. A size is a
 * number or letters, see {@link org.wavebridge.graphs.onnx.Letters}.
 *
 * @param name that the names of the operators begin with
 * @param conditioning for a batch, {@code [N, T or F, size]} each
 * @param draws uniforms of a sample
 * @param previous values fed back, of a row
 * @param state of a row
 * @param logits the axes of the logits of a sample
 * @param sampleWeights the shape of the weights of the values fed back
 * @param layers in the order of the inputs
 */
public record SequenceOperators(
    String name,
    List<OperatorTensor> conditioning,
    String draws,
    String previous,
    String state,
    String logits,
    String sampleWeights,
    List<LayerRow> layers) {

  /** The operator that generates: conditioning and uniforms to audio {@code [N, T]}. */
  public CustomOperator generate(
      Profile profile, String doc, List<OperatorAttribute> attributes, CustomOperator.Body body) {
    List<OperatorTensor> inputs = new ArrayList<>(conditioning);
    inputs.add(OperatorTensor.values("uniforms", "[N, T, %s]".formatted(draws)));
    inputs.addAll(carried("N"));
    inputs.add(OperatorTensor.values("temperature", "[N]"));
    inputs.addAll(constants(profile));
    OperatorTensor audio = OperatorTensor.values("audio", "[N, T]");
    return new CustomOperator(
        profile.named(name + "Generate"),
        doc,
        inputs,
        outputs(audio, "N"),
        SequenceAttributes.in(profile, attributes),
        body);
  }

  /** The operator that scores: conditioning and audio {@code [N, T]} to logits. */
  public CustomOperator score(
      Profile profile, String doc, List<OperatorAttribute> attributes, CustomOperator.Body body) {
    List<OperatorTensor> inputs = new ArrayList<>(conditioning);
    inputs.add(OperatorTensor.values("audio", "[N, T]"));
    inputs.addAll(carried("N"));
    inputs.addAll(constants(profile));
    OperatorTensor made = OperatorTensor.values("logits", "[N, T, %s]".formatted(logits));
    return new CustomOperator(
        profile.named(name + "Score"),
        doc,
        inputs,
        outputs(made, "N"),
        SequenceAttributes.in(profile, attributes),
        body);
  }

  /**
   * The operator that takes steps of the subscale schedule in B rows of one utterance, of which a
   * window of A samples is at hand.
   *
   * @param contextRows rows of the weight of a context
   * @param attributes those of the operator that generates
   */
  public CustomOperator subscaleGenerate(
      Profile profile,
      String doc,
      String contextRows,
      Subscale subscale,
      List<OperatorAttribute> attributes,
      CustomOperator.Body body) {
    List<OperatorTensor> inputs = new ArrayList<>();
    for (OperatorTensor tensor : conditioning) {
      String window = tensor.shape().replace("N, ", "").replace("T,", "A,");
      inputs.add(OperatorTensor.values(tensor.name(), window));
    }
    inputs.add(OperatorTensor.values("uniforms", "[A, %s]".formatted(draws)));
    inputs.add(OperatorTensor.values("audio", "[A]"));
    inputs.addAll(carried("B"));
    inputs.add(OperatorTensor.values("temperature", "[1]"));
    inputs.add(OperatorTensor.integers("schedule", "[4]"));
    inputs.addAll(constants(profile));
    return new CustomOperator(
        profile.named(name + "SubscaleGenerate"),
        doc,
        SubscaleLoop.inputs(inputs, contextRows),
        outputs(OperatorTensor.values("next_audio", "[A]"), "B"),
        SequenceAttributes.in(profile, SubscaleLoop.attributes(subscale, attributes)),
        body);
  }

  private List<OperatorTensor> carried(String rows) {
    return List.of(
        OperatorTensor.values("previous", "[%s, %s]".formatted(rows, previous)),
        OperatorTensor.values("state", "[%s, %s]".formatted(rows, state)));
  }

  private List<OperatorTensor> constants(Profile profile) {
    return LayerRow.inputs(profile, sampleWeights, layers);
  }

  private List<OperatorTensor> outputs(OperatorTensor made, String rows) {
    return List.of(
        made,
        OperatorTensor.values("next_previous", "[%s, %s]".formatted(rows, previous)),
        OperatorTensor.values("next_state", "[%s, %s]".formatted(rows, state)));
  }
}
