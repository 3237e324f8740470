package org.wavebridge.graphs.op;

import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.wavebridge.graphs.contract.Activations;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;

/** A layer inside a function body, whose rows can be reordered and whose bias can be replaced. */
public interface Layer extends Product {
  /**
   * A layer from the constants of an operator.
   *
   * @param columns of the weight, int64 {@code [1]}
   * @param bias {@code [R]} or {@code [N, R]}
   */
  static Layer of(
      Profile profile,
      Nodes g,
      Map<String, Value> inputs,
      LayerRow row,
      Value columns,
      Value bias) {
    Optional<Activations> activations = profile.activations();
    if (activations.isEmpty() || !profile.quantises(row)) {
      return new DenseLayer(Weights.dense(g, inputs, row.name(), columns), bias);
    }
    return new Int8Layer(
        Weights.denseInt8(g, inputs, row.name(), columns),
        Inputs.get(inputs, row.name() + "_scales"),
        bias,
        row.int8() == LayerRow.Int8.BOUNDED,
        activations.get());
  }

  /** A layer with the bias that is declared with it. */
  static Layer of(
      Profile profile, Nodes g, Map<String, Value> inputs, LayerRow row, Value columns) {
    return of(profile, g, inputs, row, columns, Inputs.get(inputs, row.biasName()));
  }

  /**
   * The same layer with its rows in another order.
   *
   * @param order of the first axis of a weight, of scales and of a bias
   */
  Layer reordered(UnaryOperator<Value> order);

  /** The same product with another bias, {@code [R]} or {@code [N, R]}. */
  Layer withBias(Value bias);
}
