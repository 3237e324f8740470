package org.wavebridge.graphs.op;

import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;

/** A layer whose rows can be reordered and whose bias can be replaced. */
interface Layer extends Product {
  /** The same layer with rows (gate, half, unit) reordered to coarse first. */
  Layer coarseFirst(Nodes g);

  /** The same product with another bias, {@code [R]} or {@code [N, R]}. */
  Layer withBias(Value bias);
}
