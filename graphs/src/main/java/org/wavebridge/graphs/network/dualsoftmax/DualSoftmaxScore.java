package org.wavebridge.graphs.network.dualsoftmax;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.network.StepResult;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Choice;
import org.wavebridge.graphs.op.DenseLayer;
import org.wavebridge.graphs.op.Draws;
import org.wavebridge.graphs.op.Gru;
import org.wavebridge.graphs.op.Inputs;
import org.wavebridge.graphs.op.Layer;
import org.wavebridge.graphs.op.SequenceAttributes;

/**
 * Teacher forcing through the dual-softmax WaveRNN: conditioning {@code [N, F, E]} and given audio
 * {@code [N, T]} to logits {@code [N, T, 2, 256]}. The masked input column makes the whole step one
 * plain GRU whose input holds c_t, so the body is ONNX's GRU operator and the heads over the
 * sequence.
 */
final class DualSoftmaxScore {
  private static final float HALF_RANGE = 32768;

  private DualSoftmaxScore() {}

  /** The operator in a profile. */
  static CustomOperator in(Profile profile) {
    return DualSoftmaxLayout.OPERATORS.score(
        profile,
        "Logits [N, T, 2, 256] (coarse, fine) of the step of DualSoftmaxGenerate when the samples are given: conditioning [N, F, E],"
            + " audio [N, T] = s / 32768 - 1, previous [N, 2], state [N, H].",
        SequenceAttributes.with(DualSoftmaxGenerate.ATTRIBUTES, SequenceAttributes.HIDDEN),
        profile == Profile.F32
            ? DualSoftmaxScore::sequence
            : (g, inputs) -> loop(profile, g, inputs));
  }

  /** ONNX's GRU over the whole sequence, then the heads. */
  private static List<Value> sequence(Nodes g, Map<String, Value> inputs) {
    Value audio = Inputs.get(inputs, "audio");
    DualSoftmaxWeights w = DualSoftmaxWeights.in(Profile.F32, g, inputs);
    Value given = values(g, classes(g, audio));
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
            new DenseLayer(
                concat(
                    g, 1, Inputs.get(inputs, LayerRow.SAMPLE_WEIGHTS), w.conditioning().weight()),
                w.conditioning().bias()),
            (DenseLayer) w.recurrent(),
            Inputs.get(inputs, "state"));
    List<Value> halves = split(g, gru.get(0), 2, 2);
    Value coarse = head(g, halves.get(0), w.coarseHidden(), w.coarseOutput());
    Value fine = head(g, halves.get(1), w.fineHidden(), w.fineOutput());
    Value logits = concat(g, 2, unsqueeze(g, coarse, 2), unsqueeze(g, fine, 2));
    return List.of(logits, nextPrevious, gru.get(1));
  }

  /** A loop over the step, for profiles that ONNX's GRU does not know. */
  private static List<Value> loop(Profile profile, Nodes g, Map<String, Value> inputs) {
    Value audio = Inputs.get(inputs, "audio");
    Value classes = classes(g, audio);
    List<Value> made =
        DualSoftmaxWeights.loop(
            profile,
            g,
            inputs,
            nodes -> squeeze(nodes, size(nodes, audio, 1), 0),
            (body, t) ->
                split(body, gather(body, classes, t, 1), 1, 2).stream().map(Choice::given).toList(),
            StepResult::logits);
    return List.of(transpose(g, made.get(0), 1, 0, 2, 3), made.get(1), made.get(2));
  }

  /** The classes c and f of given audio as float, {@code [N, T, 2]}. */
  private static Value classes(Nodes g, Value audio) {
    Value count = constant(g, DualSoftmaxNetwork.CLASSES);
    Value sample =
        clip(
            g,
            unary(g, "Round", mul(g, add(g, audio, constant(g, 1)), constant(g, HALF_RANGE))),
            0,
            2 * HALF_RANGE - 1);
    Value coarse = unary(g, "Floor", div(g, sample, count));
    Value fine = sub(g, sample, mul(g, coarse, count));
    return concat(g, 2, unsqueeze(g, coarse, 2), unsqueeze(g, fine, 2));
  }

  /** The values of classes, {@code [N, T, 2]}. */
  private static Value values(Nodes g, Value classes) {
    return Draws.valueOf(g, classes, constant(g, DualSoftmaxNetwork.CLASSES - 1));
  }

  private static Value head(Nodes g, Value state, Layer hidden, Layer output) {
    Value rectified = unary(g, "Relu", ((DenseLayer) hidden).sequence(g, state));
    return ((DenseLayer) output).sequence(g, rectified);
  }
}
