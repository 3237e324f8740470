package org.wavebridge.graphs.network.lpcnet;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.network.StepResult;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Gru;
import org.wavebridge.graphs.op.Product;

/**
 * One sample of an LPCNet in standard operators; see {@link LpcNetNetwork}. The prediction and the
 * classes have the bits of their definition, as a class changes all that follows.
 *
 * @param tables {@code [768, 3H]}: what the classes of sample, prediction and excitation add
 * @param diagonal {@code [3H]}
 * @param values {@code [256]}: V
 * @param recurrent h {@code [N, H]} to {@code [N, 3H]}
 * @param secondInput h {@code [N, H]} to {@code [N, 3M]}
 * @param secondRecurrent g {@code [N, M]} to {@code [N, 3M]}
 * @param dualDense g {@code [N, M]} to {@code [N, 512]}
 * @param factor {@code [512]}
 * @param gates the sizes 3H, 3M, 16 and 1, int64 {@code [4]}
 * @param states the sizes H and M, int64 {@code [2]}
 */
record LpcNetStep(
    Value tables,
    Value diagonal,
    Value values,
    Product recurrent,
    Product secondInput,
    Product secondRecurrent,
    Product dualDense,
    Value factor,
    Value gates,
    Value states) {
  /** How a step comes from its logits to the class of the excitation. */
  @FunctionalInterface
  interface Excitation {
    /**
     * The class, int64 {@code [N, 1]}.
     *
     * @param logits {@code [N, 256]}
     * @param prediction p {@code [N, 1]}
     * @param sharpening {@code [N, 1]}
     */
    Value of(Nodes g, Value logits, Value prediction, Value sharpening);
  }

  /**
   * Adds the nodes of one step.
   *
   * @param conditioning {@code [N, 3H + 3M + 17]}
   * @param previous {@code [N, 17]}
   * @param state {@code [N, H + M]}
   * @param sample s {@code [N, 1]} where it is given
   */
  StepResult build(
      Nodes g,
      Value conditioning,
      Value previous,
      Value state,
      Optional<Value> sample,
      Excitation excitation) {
    List<Value> frame = split(g, conditioning, 1, gates, 4);
    List<Value> before = split(g, previous, 1, LpcNetNetwork.ORDER + 1);
    Value prediction = prediction(g, frame.get(2), before);
    List<Value> old = split(g, state, 1, states, 2);
    Value first =
        Gru.step(
            g, input(g, frame.get(0), before, prediction), ownGates(g, old.get(0)), old.get(0));
    Value second =
        Gru.step(
            g,
            add(g, frame.get(1), secondInput.of(g, first)),
            secondRecurrent.of(g, old.get(1)),
            old.get(1));
    Value logits = logits(g, second);
    Value drawn = excitation.of(g, logits, prediction, frame.get(3));
    Value made = sample.orElseGet(() -> add(g, prediction, gather(g, values, drawn, 0)));
    Value kept = slice(g, previous, 1, 0, LpcNetNetwork.ORDER - 1);
    return new StepResult(
        squeeze(g, made, 1),
        concat(g, 1, made, kept, cast(g, drawn, ElementType.FLOAT)),
        concat(g, 1, first, second),
        logits);
  }

  /** p = -sum a_j s_j, one product and one difference after the other. */
  private static Value prediction(Nodes g, Value coefficients, List<Value> before) {
    List<Value> a = split(g, coefficients, 1, LpcNetNetwork.ORDER);
    Value sum = constant(g, 0);
    for (int j = 0; j < LpcNetNetwork.ORDER; j++) {
      sum = sub(g, sum, mul(g, a.get(j), before.get(j)));
    }
    return sum;
  }

  /** The gates' input {@code [N, 3H]}, with the rows of three classes. */
  private Value input(Nodes g, Value frame, List<Value> before, Value prediction) {
    int classes = LpcNetNetwork.CLASSES;
    Value[] rows = {
      MuLawClasses.of(g, before.get(0)),
      add(g, MuLawClasses.of(g, prediction), scalar(g, classes)),
      add(g, MuLawClasses.limited(g, before.get(LpcNetNetwork.ORDER)), scalar(g, 2L * classes))
    };
    Value sum = frame;
    for (Value row : rows) {
      sum = add(g, sum, squeeze(g, gather(g, tables, row, 0), 1));
    }
    return sum;
  }

  /** What the first state adds to its gates, {@code [N, 3H]}. */
  private Value ownGates(Nodes g, Value state) {
    return add(g, recurrent.of(g, state), mul(g, diagonal, concat(g, 1, state, state, state)));
  }

  private Value logits(Nodes g, Value second) {
    Value weighted = mul(g, factor, unary(g, "Tanh", dualDense.of(g, second)));
    List<Value> channels = split(g, reshape(g, weighted, -1, LpcNetNetwork.CLASSES, 2), 2, 2);
    return squeeze(g, add(g, channels.get(0), channels.get(1)), 2);
  }
}
