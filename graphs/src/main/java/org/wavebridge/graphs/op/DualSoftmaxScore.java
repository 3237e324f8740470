package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.model.DualSoftmaxNetwork;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;

/**
 * Teacher forcing through the dual-softmax WaveRNN: conditioning {@code [N, F, E]} and given audio
 * {@code [N, T]} to logits {@code [N, T, 2, 256]}. The masked input column makes the whole step one
 * plain GRU whose input holds c_t, so the body is ONNX's GRU operator and the heads over the
 * sequence.
 */
public final class DualSoftmaxScore {
  /** The operator. */
  public static final CustomOperator OPERATOR =
      new CustomOperator(
          "DualSoftmaxScore",
          "Logits [N, T, 2, 256] (coarse, fine) of the step of DualSoftmaxGenerate when the samples are given: conditioning [N, F, E],"
              + " audio [N, T] = s / 32768 - 1, previous [N, 2], state [N, H].",
          DualSoftmaxGenerate.inputs(List.of("conditioning", "audio", "previous", "state")),
          List.of("logits", "next_previous", "next_state"),
          List.of(
              SequenceAttributes.SAMPLES_PER_FRAME,
              DualSoftmaxGenerate.CONDITIONING_SIZE,
              SequenceAttributes.HIDDEN_SIZE),
          DualSoftmaxScore::body);

  private static final float HALF_RANGE = 32768;

  private DualSoftmaxScore() {}

  private static List<Value> body(Nodes g, Map<String, Value> inputs) {
    Value audio = Inputs.get(inputs, "audio");
    DualSoftmaxWeights w = DualSoftmaxWeights.in(g, inputs);
    Value given = values(g, audio);
    Value all = concat(g, 1, unsqueeze(g, Inputs.get(inputs, "previous"), 1), given);
    Value before = slice(g, all, 1, 0, -1);
    Value nextPrevious = squeeze(g, slice(g, all, 1, -1, Long.MAX_VALUE), 1);
    Value conditioning =
        SequenceAttributes.toSamples(
            g, Inputs.get(inputs, "conditioning"), squeeze(g, size(g, audio, 1), 0));
    List<Value> gru =
        Gru.sequence(
            g,
            concat(g, 2, before, slice(g, given, 2, 0, 1), conditioning),
            concat(g, 1, Inputs.get(inputs, "sample_weights"), w.conditioning()),
            w.conditioningBias(),
            w.recurrent(),
            w.recurrentBias(),
            Inputs.get(inputs, "state"));
    List<Value> halves = split(g, gru.get(0), 2, 2);
    Value coarse = head(g, halves.get(0), w.coarseHidden(), w.coarseOutput());
    Value fine = head(g, halves.get(1), w.fineHidden(), w.fineOutput());
    Value logits = concat(g, 2, unsqueeze(g, coarse, 2), unsqueeze(g, fine, 2));
    return List.of(logits, nextPrevious, gru.get(1));
  }

  /** The values of c and f of given audio, {@code [N, T, 2]}. */
  private static Value values(Nodes g, Value audio) {
    Value classes = constant(g, DualSoftmaxNetwork.CLASSES);
    Value last = constant(g, DualSoftmaxNetwork.CLASSES - 1);
    Value sample =
        clip(
            g,
            unary(g, "Round", mul(g, add(g, audio, constant(g, 1)), constant(g, HALF_RANGE))),
            0,
            2 * HALF_RANGE - 1);
    Value coarse = unary(g, "Floor", div(g, sample, classes));
    Value fine = sub(g, sample, mul(g, coarse, classes));
    return concat(
        g,
        2,
        unsqueeze(g, Draws.valueOf(g, coarse, last), 2),
        unsqueeze(g, Draws.valueOf(g, fine, last), 2));
  }

  private static Value head(Nodes g, Value state, DenseLayer hidden, DenseLayer output) {
    return output.sequence(g, unary(g, "Relu", hidden.sequence(g, state)));
  }
}
