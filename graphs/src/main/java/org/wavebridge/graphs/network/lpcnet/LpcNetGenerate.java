package org.wavebridge.graphs.network.lpcnet;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.ExcitationDraw;
import org.wavebridge.graphs.network.StepResult;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OperatorAttribute;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Inputs;
import org.wavebridge.graphs.op.SequenceAttributes;

/**
 * The fused generation loop of LPCNet: conditioning {@code [N, F, 3H + 3M + 17]} and uniforms
 * {@code [N, T, D]} to audio {@code [N, T]} before de-emphasis. Source: Valin and Skoglund 2019.
 * The body is a Loop over {@link LpcNetStep}.
 */
final class LpcNetGenerate {
  /** Attribute: what each unit of the first state adds to its gates. */
  static final String DIAGONAL = "diagonal";

  /** Attribute: the factors of the channels of the outputs. */
  static final String FACTOR = "factor";

  /** Attribute: the value of each mu-law class. */
  static final String CLASS_VALUES = "class_values";

  /** Attribute: what the decisions of a tree are compared with. */
  static final String THRESHOLDS = "thresholds";

  /** The attributes that both operators of the network have. */
  static final List<OperatorAttribute> ATTRIBUTES =
      List.of(
          SequenceAttributes.SAMPLES,
          OperatorAttribute.numbers(
              DIAGONAL, "[3H], what each unit of the first state adds to its gates r, z, n"),
          OperatorAttribute.numbers(
              FACTOR, "[512], the factors of the two channels of output k at 2k and 2k + 1"));

  private LpcNetGenerate() {}

  /** The operator in a profile. */
  static CustomOperator in(Profile profile, ExcitationDraw draw) {
    return LpcNetLayout.OPERATORS.generate(
        profile,
        "Generates audio [N, T] = s / 32768 sample by sample: p = -sum a_j s_j of the last 16 samples; the gates of the first GRU take conditioning and the"
            + " columns of sample_weights for the mu-law classes of the last sample, of p and of the last excitation; the second GRU takes the first; an"
            + " excitation e is drawn from 256 outputs, and s = p + e. conditioning [N, F, 3H + 3M + 17] = gates of the first and of the second GRU, a [16], a"
            + " factor of the logits; uniforms [N, T, D], D = 8 for a tree of decisions, else 1; previous [N, 17] = the last 16 samples, newest first, and the"
            + " class of the last excitation; state [N, H + M], temperature [N]; sample t uses frame t / samples_per_frame.",
        SequenceAttributes.with(
            ATTRIBUTES,
            OperatorAttribute.numbers(CLASS_VALUES, "[256], the value of each mu-law class"),
            OperatorAttribute.numbers(
                    THRESHOLDS,
                    "[256], what the logits of decisions are compared with; absent for a softmax, which takes 33,554 / 2^24 from every probability")
                .orAbsent()),
        (g, inputs) -> body(profile, draw, g, inputs));
  }

  private static List<Value> body(
      Profile profile, ExcitationDraw draw, Nodes g, Map<String, Value> inputs) {
    Value uniforms = Inputs.get(inputs, "uniforms");
    Value temperature = unsqueeze(g, Inputs.get(inputs, "temperature"), 1);
    Value thresholds = draw == ExcitationDraw.TREE ? floatAttributeList(g, THRESHOLDS) : Value.NONE;
    List<Value> made =
        LpcNetWeights.loop(
            profile,
            g,
            inputs,
            floatAttributeList(g, CLASS_VALUES),
            squeeze(g, size(g, uniforms, 1), 0),
            (step, body, t, frame, previous, state) ->
                step.build(
                    body,
                    frame,
                    previous,
                    state,
                    Optional.empty(),
                    ExcitationNodes.drawn(
                        draw, gather(body, uniforms, t, 1), temperature, thresholds)),
            StepResult::audio);
    return List.of(
        SequenceAttributes.rowsFirst(g, made.get(0), uniforms), made.get(1), made.get(2));
  }
}
