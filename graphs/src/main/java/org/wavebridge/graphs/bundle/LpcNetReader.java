package org.wavebridge.graphs.bundle;

import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.assemble.LpcNetLayers;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.LpcNetConditioner;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.onnx.ParsedModel;
import org.wavebridge.graphs.op.BlockSparseGemm;
import org.wavebridge.graphs.op.LinearPrediction;
import org.wavebridge.graphs.op.ReflectionPrediction;

/** Reads LPCNet's conditioner from its graph: its products in order. */
final class LpcNetReader {
  private static final int TAPS = 3;

  private final ParsedModel graph;

  private LpcNetReader(ParsedModel graph) {
    this.graph = graph;
  }

  static LpcNetConditioner read(ParsedModel graph, BundleManifest manifest) {
    return new LpcNetReader(graph).conditioner(manifest.futureFrames());
  }

  private LpcNetConditioner conditioner(int lookAhead) {
    int[] shape = graph.shape(LpcNetLayers.EMBEDDING);
    WeightMatrix embedding =
        WeightMatrix.dense(
            LpcNetLayers.EMBEDDING, shape[0], shape[1], graph.floats(LpcNetLayers.EMBEDDING));
    boolean cepstral =
        graph.nodes().stream()
            .anyMatch(node -> node.type().equals(LinearPrediction.OPERATOR.name()));
    List<Affine> layers = products(cepstral ? 6 : 5);
    return new LpcNetConditioner(
        layers.get(0).weight().columns() / TAPS - embedding.columns(),
        (int) graph.floats(LpcNetLayers.PITCH_RANGE)[0],
        embedding,
        convolution(layers.get(0)),
        convolution(layers.get(1)),
        layers.get(2),
        layers.get(3),
        layers.get(4),
        cepstral ? Optional.of(cepstral(layers.get(5))) : Optional.empty(),
        (cepstral ? prediction() : graph.node(ReflectionPrediction.OPERATOR.name()))
            .real(LinearPrediction.GAMMA),
        graph.isConstant(LpcNetLayers.GAIN),
        lookAhead);
  }

  private LpcNetConditioner.Cepstral cepstral(Affine logEnergies) {
    String matrix = prediction().inputs().get(1);
    int[] shape = graph.shape(matrix);
    return new LpcNetConditioner.Cepstral(
        logEnergies,
        WeightMatrix.dense(
            LinearPrediction.AUTOCORRELATION, shape[0], shape[1], graph.floats(matrix)),
        prediction().real(LinearPrediction.NOISE_FLOOR));
  }

  private ParsedModel.Node prediction() {
    return graph.node(LinearPrediction.OPERATOR.name());
  }

  private static ContextLayer convolution(Affine layer) {
    return new ContextLayer(layer.weight(), layer.bias(), TAPS, 1, false);
  }

  private List<Affine> products(int count) {
    List<Affine> found =
        graph.nodes().stream()
            .filter(node -> node.type().equals(BlockSparseGemm.OPERATOR.name()))
            .map(node -> ProductReader.read(graph, node))
            .toList();
    if (found.size() != count) {
      throw new GraphException(
          "conditioner: expected %d products, found %d".formatted(count, found.size()));
    }
    return found;
  }
}
