package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;

/**
 * A layer with a dense f32 matrix.
 *
 * @param weight {@code [R, K]}
 * @param bias {@code [R]} or {@code [N, R]}
 */
record DenseLayer(Value weight, Value bias) implements Layer {
  @Override
  public Value of(Nodes g, Value x) {
    return gemm(g, x, weight, bias);
  }

  @Override
  public DenseLayer coarseFirst(Nodes g) {
    return new DenseLayer(
        DualSoftmaxStep.coarseFirstRows(g, weight), DualSoftmaxStep.coarseFirstRows(g, bias));
  }

  @Override
  public DenseLayer withBias(Value other) {
    return new DenseLayer(weight, other);
  }

  /** The layer over a sequence, {@code [N, T, K]} to {@code [N, T, R]}. */
  Value sequence(Nodes g, Value x) {
    return add(g, matMul(g, x, transpose(g, weight, 1, 0)), bias);
  }
}
