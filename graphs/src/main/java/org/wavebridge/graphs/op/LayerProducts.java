package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Value;

/**
 * Products with a model's weights, whose sums have one order everywhere: {@code BlockSparseGemm},
 * in which a dense matrix is one block.
 */
public final class LayerProducts {
  private LayerProducts() {}

  public static Product of(ModelBuilder g, String name, Affine layer) {
    return of(g, name, layer.weight(), layer.bias());
  }

  /** The product of a matrix without columns is its bias. */
  public static Product of(ModelBuilder g, String name, WeightMatrix matrix, float[] biasValues) {
    Value bias = g.initializer(name + "_bias", biasValues, biasValues.length);
    if (matrix.columns() == 0) {
      Value rows = longs(g, matrix.rows());
      return (nodes, x) ->
          nodes.node("Expand", List.of(bias, concat(nodes, 0, size(nodes, x, 0), rows)));
    }
    List<Value> weight = PackedWeight.of(matrix).addTo(g);
    Attribute inputs = Attribute.of(BlockSparseGemm.INPUTS, matrix.columns());
    return (nodes, x) -> {
      List<Value> all = List.of(x, weight.get(0), weight.get(1), weight.get(2), bias);
      return nodes.node(BlockSparseGemm.OPERATOR, all, inputs).get(0);
    };
  }
}
