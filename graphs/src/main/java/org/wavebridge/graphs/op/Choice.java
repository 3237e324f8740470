package org.wavebridge.graphs.op;

import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;

/** How a step comes from the outputs of its head to a sample: drawn, or given. */
@FunctionalInterface
public interface Choice {
  /**
   * Adds the nodes of the choice.
   *
   * @param logits {@code [N, C]}
   * @return class or value as float, {@code [N, 1]}
   */
  Value of(Nodes g, Value logits);

  /** Draws a class with a uniform {@code [N, 1]}. */
  static Choice drawn(Value uniform, Value temperature) {
    return (g, logits) -> Draws.categorical(g, logits, uniform, temperature);
  }

  /** Takes what is given, {@code [N, 1]}. */
  static Choice given(Value value) {
    return (g, logits) -> value;
  }
}
