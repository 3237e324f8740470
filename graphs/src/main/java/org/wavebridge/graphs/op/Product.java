package org.wavebridge.graphs.op;

import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;

/**
 * A layer's matrix product with bias, x {@code [N, K]} to {@code [N, R]}: what a step needs to know
 * of a weight.
 */
@FunctionalInterface
public interface Product {
  /** Adds the nodes of the product. */
  Value of(Nodes g, Value x);
}
