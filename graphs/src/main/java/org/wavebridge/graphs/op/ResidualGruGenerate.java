package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OperatorAttribute;
import org.wavebridge.graphs.onnx.OperatorTensor;
import org.wavebridge.graphs.onnx.Value;

/**
 * The fused generation loop of the residual GRU network: mels {@code [N, T, M]}, aux {@code [N, F,
 * A]} and uniforms {@code [N, T, D]} to audio {@code [N, T]}. Source: fatchord/WaveRNN. The body is
 * a Loop over {@link ResidualGruStep}; it depends on the head, so each head has its own.
 */
public final class ResidualGruGenerate {
  /** Attribute: mels of the conditioning. */
  public static final String MELS = "mels";

  /** Attribute: the sizes of the four slices of the aux conditioning. */
  public static final String AUX_SIZES = ResidualGruWeights.AUX_SIZES;

  /** Attribute: components of a mixture head, 0 for any other. */
  public static final String MIXTURES = "mixtures";

  /** Attribute: what the classes stand for, {@code [C]}; absent where they are evenly spaced. */
  public static final String CLASS_VALUES = "class_values";

  /** Attribute: 1 where the outputs are those of a Gaussian; absent where they are not. */
  public static final String GAUSSIAN = "gaussian";

  private ResidualGruGenerate() {}

  /** The operator in a profile, for a head. */
  public static CustomOperator in(Profile profile, Head head) {
    return new CustomOperator(
        profile.named("ResidualGruGenerate"),
        "Generates audio [N, T] sample by sample: x = I [p, mel, a1]; x += GRU1(x); x += GRU2([x, a2]); q = relu(fc1 [x, a3]);"
            + " q = relu(fc2 [q, a4]); l = output q; the sample is drawn from l and is the next p. mels [N, T, M], aux [N, F, A1+A2+A3+A4],"
            + " uniforms [N, T, D], previous [N, 1], state [N, 2R], temperature [1]; sample t uses frame t / samples_per_frame of aux.",
        SequenceAttributes.inputs(
            List.of(
                OperatorTensor.values("mels", "[N, T, M]"),
                OperatorTensor.values("aux", "[N, F, A1+A2+A3+A4]"),
                OperatorTensor.values("uniforms", "[N, T, D]"),
                OperatorTensor.values("previous", "[N, 1]"),
                OperatorTensor.values("state", "[N, 2R]"),
                OperatorTensor.values("temperature", "[1]")),
            ResidualGruWeights.inputs(profile)),
        List.of(
            OperatorTensor.values("audio", "[N, T]"),
            OperatorTensor.values("next_previous", "[N, 1]"),
            OperatorTensor.values("next_state", "[N, 2R]")),
        attributes(head),
        (g, inputs) -> body(profile, g, inputs, head));
  }

  /** The attributes that every operator of the network has. */
  static final List<OperatorAttribute> ATTRIBUTES =
      List.of(
          SequenceAttributes.SAMPLES,
          OperatorAttribute.integer(MELS, 1, BlockSparseGemm.MOST_INPUTS, "M"),
          OperatorAttribute.integers(
              AUX_SIZES, 0, BlockSparseGemm.MOST_INPUTS / 4, "A1, A2, A3, A4"),
          OperatorAttribute.integer(
              MIXTURES,
              0,
              Head.MOST_OUTPUTS,
              "logistic components of a mixture, with C = 3 mixtures; 0 for any other head"));

  private static final OperatorAttribute VALUES =
      OperatorAttribute.numbers(
              CLASS_VALUES,
              "the value of each class, C of them; without it class k stands for 2k / (C - 1) - 1")
          .orAbsent();

  private static final OperatorAttribute IS_GAUSSIAN =
      OperatorAttribute.integer(
              GAUSSIAN,
              0,
              1,
              "1 for outputs that are mean and logarithm of the deviation of a Gaussian (C = 2)")
          .orAbsent();

  /** The attributes of the operator for a head. */
  static List<OperatorAttribute> attributes(Head head) {
    if (head instanceof Head.Categorical categorical && categorical.amplitudes()) {
      return SequenceAttributes.with(ATTRIBUTES, VALUES);
    }
    return head instanceof Head.Gaussian
        ? SequenceAttributes.with(ATTRIBUTES, IS_GAUSSIAN)
        : ATTRIBUTES;
  }

  private static List<Value> body(Profile profile, Nodes g, Map<String, Value> inputs, Head head) {
    Value uniforms = Inputs.get(inputs, "uniforms");
    Value temperature = Inputs.get(inputs, "temperature");
    ResidualGruWeights w = ResidualGruWeights.in(profile, g, inputs);
    Value mels = matMul(g, Inputs.get(inputs, "mels"), transpose(g, w.mel(), 1, 0));
    List<Value> aux = w.auxParts(g, Inputs.get(inputs, "aux"));
    ResidualGruStep step = w.step(g, Inputs.get(inputs, "sample_weights"));
    List<Value> results =
        g.loop(
            squeeze(g, size(g, uniforms, 1), 0),
            List.of(Inputs.get(inputs, "previous"), Inputs.get(inputs, "state")),
            1,
            (body, t, carried) -> {
              Value frame = SequenceAttributes.frame(body, t);
              List<Value> now = aux.stream().map(part -> gather(body, part, frame, 1)).toList();
              ResidualGruStep.Result made =
                  step.build(
                      body,
                      w.frame(body, gather(body, mels, t, 1), now),
                      carried.get(0),
                      carried.get(1),
                      ResidualGruStep.drawn(head, gather(body, uniforms, t, 1), temperature));
              return List.of(made.previous(), made.state(), made.audio());
            });
    return List.of(
        SequenceAttributes.rowsFirst(g, results.get(2), uniforms), results.get(0), results.get(1));
  }
}
