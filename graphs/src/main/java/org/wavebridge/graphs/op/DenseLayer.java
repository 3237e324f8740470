package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.Map;
import java.util.function.UnaryOperator;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;

/**
 * A layer with a dense f32 matrix.
 *
 * @param weight {@code [R, K]}
 * @param bias {@code [R]} or {@code [N, R]}
 */
public record DenseLayer(Value weight, Value bias) implements Layer {
  /** A layer of an operator, of which every profile keeps the weight in f32. */
  public static DenseLayer of(Nodes g, Map<String, Value> inputs, LayerRow row, Value columns) {
    return new DenseLayer(
        Weights.dense(g, inputs, row.name(), columns), Inputs.get(inputs, row.biasName()));
  }

  @Override
  public Value of(Nodes g, Value x) {
    return gemm(g, x, weight, bias);
  }

  @Override
  public DenseLayer reordered(UnaryOperator<Value> order) {
    return new DenseLayer(order.apply(weight), order.apply(bias));
  }

  @Override
  public DenseLayer withBias(Value other) {
    return new DenseLayer(weight, other);
  }

  /** The layer over a sequence, {@code [N, T, K]} to {@code [N, T, R]}. */
  public Value sequence(Nodes g, Value x) {
    return add(g, matMul(g, x, transpose(g, weight, 1, 0)), bias);
  }
}
