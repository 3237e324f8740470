package org.wavebridge.graphs.network.dualsoftmax;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import org.wavebridge.graphs.network.StepResult;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Choice;
import org.wavebridge.graphs.op.Draws;
import org.wavebridge.graphs.op.Gru;
import org.wavebridge.graphs.op.Product;

/**
 * One sample of the dual-softmax WaveRNN in standard operators (Kalchbrenner et al. 2018, equation
 * 2). All gate vectors are <i>coarse first</i>: r, z, n of the coarse half, then r, z, n of the
 * fine half.
 *
 * @param recurrent h {@code [N, H]} to {@code [N, 3H]}, coarse first
 * @param previousWeights {@code [2, 3H]}: what c_{t-1}, f_{t-1} add to the gates, coarse first
 * @param coarseWeights {@code [1, 3H/2]}: what c_t adds to the fine gates
 * @param coarseHidden {@code [N, H/2]} to {@code [N, D]}
 * @param coarseOutput {@code [N, D]} to {@code [N, 256]}
 * @param fineHidden {@code [N, H/2]} to {@code [N, D']}
 * @param fineOutput {@code [N, D']} to {@code [N, 256]}
 */
record DualSoftmaxStep(
    Product recurrent,
    Value previousWeights,
    Value coarseWeights,
    Product coarseHidden,
    Product coarseOutput,
    Product fineHidden,
    Product fineOutput) {
  private static final int HALF_RANGE = 32768;

  /**
   * Adds the nodes of one step.
   *
   * @param conditioning the conditioning's part of the gates, {@code [N, 3H]}, coarse first
   * @param coarseChoice from the coarse logits to the coarse class
   * @param fineChoice from the fine logits to the fine class
   */
  StepResult build(
      Nodes g,
      Value conditioning,
      Value previous,
      Value state,
      Choice coarseChoice,
      Choice fineChoice) {
    List<Value> input = split(g, add(g, conditioning, matMul(g, previous, previousWeights)), 1, 2);
    List<Value> memory = split(g, recurrent.of(g, state), 1, 2);
    List<Value> half = split(g, state, 1, 2);
    Value last = constant(g, DualSoftmaxNetwork.CLASSES - 1);

    Value coarseState = Gru.step(g, input.get(0), memory.get(0), half.get(0));
    Value coarseLogits = head(g, coarseState, coarseHidden, coarseOutput);
    Value coarse = coarseChoice.of(g, coarseLogits);
    Value coarseValue = Draws.valueOf(g, coarse, last);

    Value fineInput = add(g, input.get(1), mul(g, coarseValue, coarseWeights));
    Value fineState = Gru.step(g, fineInput, memory.get(1), half.get(1));
    Value fineLogits = head(g, fineState, fineHidden, fineOutput);
    Value fine = fineChoice.of(g, fineLogits);

    Value sample = add(g, mul(g, coarse, constant(g, DualSoftmaxNetwork.CLASSES)), fine);
    return new StepResult(
        squeeze(g, sub(g, div(g, sample, constant(g, HALF_RANGE)), constant(g, 1)), 1),
        concat(g, 1, coarseValue, Draws.valueOf(g, fine, last)),
        concat(g, 1, coarseState, fineState),
        concat(g, 1, unsqueeze(g, coarseLogits, 1), unsqueeze(g, fineLogits, 1)));
  }

  private static Value head(Nodes g, Value state, Product hidden, Product output) {
    return output.of(g, unary(g, "Relu", hidden.of(g, state)));
  }

  /**
   * Reorders rows (gate, half, unit) of a weight {@code [3H, ...]} or bias {@code [3H]} to coarse
   * first.
   */
  static Value coarseFirstRows(Nodes g, Value weight) {
    return reshape(g, transpose(g, reshape(g, weight, 3, 2, -1), 1, 0, 2), shape(g, weight));
  }

  /** Reorders gate vectors {@code [N, 3H]} to coarse first. */
  static Value coarseFirst(Nodes g, Value gates) {
    return reshape(g, transpose(g, reshape(g, gates, 0, 3, 2, -1), 0, 2, 1, 3), shape(g, gates));
  }

  /**
   * The part of {@code sample_weights [3H, 3]} that c_{t-1} and f_{t-1} use, as {@code [2, 3H]},
   * coarse first.
   */
  static Value previousWeights(Nodes g, Value sampleWeights) {
    return transpose(g, slice(g, coarseFirstRows(g, sampleWeights), 1, 0, 2), 1, 0);
  }

  /**
   * The part of {@code sample_weights [3H, 3]} that c_t uses in the fine half, as {@code [1,
   * 3H/2]}.
   */
  static Value coarseWeights(Nodes g, Value sampleWeights) {
    Value fine = split(g, coarseFirstRows(g, sampleWeights), 0, 2).get(1);
    return transpose(g, slice(g, fine, 1, 2, 3), 1, 0);
  }
}
