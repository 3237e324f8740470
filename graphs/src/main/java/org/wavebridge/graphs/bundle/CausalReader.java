package org.wavebridge.graphs.bundle;

import java.util.ArrayList;
import java.util.List;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.CausalConvolutions;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.onnx.ParsedModel;
import org.wavebridge.graphs.op.BlockSparseGemm;

/**
 * Reads causal convolutions from the products of their graph, in order: first those that join
 * frames, with what is before the first frame; then those that double the rate, as many as the
 * vectors of a frame tell; then the others.
 */
final class CausalReader {
  private static final String BEFORE = "_before";

  private final ParsedModel graph;
  private final List<ContextLayer> convolutions = new ArrayList<>();
  private final List<Affine> products = new ArrayList<>();

  private CausalReader(ParsedModel graph) {
    this.graph = graph;
    for (ParsedModel.Node node : graph.nodes()) {
      if (node.type().equals(BlockSparseGemm.OPERATOR.name())) {
        add(ProductReader.read(graph, node));
      }
    }
  }

  static CausalConvolutions read(ParsedModel graph, BundleManifest manifest) {
    CausalReader reader = new CausalReader(graph);
    List<Affine> products = reader.products;
    int size = products.get(products.size() - 1).bias().length;
    int vectors = manifest.conditioning().get(0).size() / size;
    int doublings = Integer.numberOfTrailingZeros(vectors);
    List<ContextLayer> convolutions = reader.convolutions;
    float[] before = graph.floats(convolutions.get(0).weight().name() + BEFORE);
    return new CausalConvolutions(
        before[before.length - 1],
        convolutions.get(0),
        convolutions.subList(1, convolutions.size()),
        products.subList(0, doublings),
        products.subList(doublings, products.size()));
  }

  private void add(Affine layer) {
    String before = layer.weight().name() + BEFORE;
    if (!graph.isConstant(before)) {
      products.add(layer);
      return;
    }
    int[] shape = graph.shape(before);
    int kernel = layer.weight().columns() / shape[2];
    int dilation = kernel == 1 ? 1 : shape[1] / (kernel - 1);
    convolutions.add(new ContextLayer(layer.weight(), layer.bias(), kernel, dilation, false));
  }
}
