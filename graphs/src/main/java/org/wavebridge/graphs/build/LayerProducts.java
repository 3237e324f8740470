package org.wavebridge.graphs.build;

import static org.wavebridge.graphs.onnx.StandardOps.gemm;

import java.util.List;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.BlockSparseGemm;
import org.wavebridge.graphs.op.Product;

/** Products with a model's weights: Gemm, or BlockSparseGemm where a matrix is sparse. */
final class LayerProducts {
  private LayerProducts() {}

  static Product of(ModelBuilder g, String name, Affine layer) {
    return of(g, name, layer.weight(), layer.bias());
  }

  static Product of(ModelBuilder g, String name, WeightMatrix matrix, float[] biasValues) {
    Value bias = g.initializer(name + "_bias", biasValues, biasValues.length);
    if (matrix.blocks().isEmpty()) {
      Value weight = g.initializer(matrix.name(), matrix.values(), matrix.rows(), matrix.columns());
      return (nodes, x) -> gemm(nodes, x, weight, bias);
    }
    List<Value> weight = PackedWeight.of(matrix).addTo(g);
    Attribute inputs = Attribute.of(BlockSparseGemm.INPUTS, matrix.columns());
    return (nodes, x) -> sparse(nodes, x, weight, bias, inputs);
  }

  private static Value sparse(
      Nodes nodes, Value x, List<Value> weight, Value bias, Attribute inputs) {
    List<Value> all = List.of(x, weight.get(0), weight.get(1), weight.get(2), bias);
    return nodes.node(BlockSparseGemm.OPERATOR, all, inputs).get(0);
  }
}
