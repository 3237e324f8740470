package org.wavebridge.graphs.bundle;

import java.util.List;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.onnx.ParsedModel;
import org.wavebridge.graphs.op.BlockSparseGemm;

/** Reads the layer of a {@code BlockSparseGemm} node. */
final class ProductReader {
  private ProductReader() {}

  static Affine read(ParsedModel graph, ParsedModel.Node node) {
    return read(graph, node, node.integer(BlockSparseGemm.INPUTS));
  }

  /** The weight and bias of a node that takes them as inputs 1 to 4. */
  static Affine read(ParsedModel graph, ParsedModel.Node node, int columns) {
    List<String> inputs = node.inputs();
    float[] bias = graph.floats(inputs.get(4));
    String blocks = inputs.get(1);
    BlockLayout layout =
        BlockLayout.of(
            graph.shape(blocks),
            bias.length,
            columns,
            graph.ints(inputs.get(2)),
            graph.ints(inputs.get(3)));
    String name = blocks.substring(0, blocks.length() - "_blocks".length());
    float[] values = layout.dense(graph.floats(blocks));
    return new Affine(new WeightMatrix(name, bias.length, columns, values, layout.sparse()), bias);
  }
}
