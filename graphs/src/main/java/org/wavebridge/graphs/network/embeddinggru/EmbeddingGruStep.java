package org.wavebridge.graphs.network.embeddinggru;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import org.wavebridge.graphs.network.StepResult;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Choice;
import org.wavebridge.graphs.op.Draws;
import org.wavebridge.graphs.op.Gru;
import org.wavebridge.graphs.op.Product;

/**
 * One sample of a GRU over embedded classes in standard operators (bshall/UniversalVocoding).
 *
 * @param table {@code [C, 3H]}: what each class adds to the gates
 * @param recurrent {@code [N, H]} to {@code [N, 3H]}
 * @param hidden {@code [N, H]} to {@code [N, D]}
 * @param output {@code [N, D]} to {@code [N, C]}
 */
record EmbeddingGruStep(Value table, Product recurrent, Product hidden, Product output) {
  /**
   * Adds the nodes of one step.
   *
   * @param gates what the conditioning gives to the gates, {@code [N, 3H]}
   * @param choice from the logits to the class
   */
  StepResult build(Nodes g, Value gates, Value previous, Value state, Choice choice) {
    Value next = state(g, add(g, gates, rows(g, squeeze(g, previous, 1))), state);
    Value logits = outputs(g, next);
    Value value = Draws.valueOf(g, choice.of(g, logits), last(g));
    return new StepResult(squeeze(g, value, 1), value, next, logits);
  }

  /** The next state from the input of the gates {@code [N, 3H]}. */
  Value state(Nodes g, Value input, Value state) {
    return Gru.step(g, input, recurrent.of(g, state), state);
  }

  /** The logits {@code [N, C]} of states. */
  Value outputs(Nodes g, Value state) {
    return output.of(g, unary(g, "Relu", hidden.of(g, state)));
  }

  /** What the classes of values, of any shape, add to the gates. */
  Value rows(Nodes g, Value values) {
    return gather(g, table, cast(g, classes(g, values), ElementType.INT64), 0);
  }

  /** The class of each value, as a float: (v + 1) (C - 1) / 2, rounded half to even. */
  Value classes(Nodes g, Value values) {
    Value half = mul(g, last(g), constant(g, 0.5f));
    Value place = unary(g, "Round", mul(g, add(g, values, constant(g, 1)), half));
    return g.node("Min", List.of(unary(g, "Relu", place), last(g)));
  }

  /** C - 1, as a float. */
  private Value last(Nodes g) {
    return squeeze(g, cast(g, sub(g, size(g, table, 0), longs(g, 1)), ElementType.FLOAT), 0);
  }
}
