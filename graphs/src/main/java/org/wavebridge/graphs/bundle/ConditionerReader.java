package org.wavebridge.graphs.bundle;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.assemble.LpcNetLayers;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.HeadKind;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AuxBranch;
import org.wavebridge.graphs.model.BidirectionalGru;
import org.wavebridge.graphs.model.Conditioner;
import org.wavebridge.graphs.model.Convolution;
import org.wavebridge.graphs.model.FrameConvolutions;
import org.wavebridge.graphs.model.InterpolatedMels;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.onnx.ParsedModel;
import org.wavebridge.graphs.op.BlockSparseGemm;
import org.wavebridge.graphs.op.GruFrames;
import org.wavebridge.graphs.op.UpsampleFrames;

/** Reads a conditioner from its graph: by the names of its constants, in the order of its nodes. */
final class ConditionerReader {
  /** Frames of zeros before the features; the families have 2. */
  private static final int MOST_PADDING = 64;

  private static final String SCALE = "mel_scale";

  private final ParsedModel graph;
  private final List<UpsampledMels.Stage> stages = new ArrayList<>();
  private final List<Convolution> convolutions = new ArrayList<>();

  private ConditionerReader(ParsedModel graph, int mels) {
    this.graph = graph;
    int channels = mels;
    for (ParsedModel.Node node : graph.nodes()) {
      if (node.type().equals(UpsampleFrames.OPERATOR.name())) {
        stages.add(stage(node.inputs()));
      } else if (node.type().equals(BlockSparseGemm.OPERATOR.name())) {
        Affine product = ProductReader.read(graph, node);
        int width = product.weight().columns() / channels;
        convolutions.add(Convolution.ofTaps(product.weight(), width, product.bias()));
        channels = product.weight().rows();
      }
    }
  }

  /** The conditioner of a bundle with such a graph. */
  static Conditioner read(ParsedModel graph, BundleManifest manifest) {
    if (manifest.network().head() == HeadKind.BAND_MIXTURES) {
      return CausalReader.read(graph, manifest);
    }
    if (graph.isConstant(LpcNetLayers.EMBEDDING)) {
      return LpcNetReader.read(graph, manifest);
    }
    if (graph.nodes().stream().anyMatch(node -> node.type().equals(GruFrames.OPERATOR.name()))) {
      return bidirectional(graph, manifest.features().hop());
    }
    ConditionerReader reader = new ConditionerReader(graph, manifest.features().mels());
    if (graph.isConstant(SCALE)) {
      return new InterpolatedMels(
          reader.pad(), manifest.features().hop(), graph.floats(SCALE)[0], reader.aux());
    }
    boolean sampleRate =
        manifest.conditioning().stream()
            .anyMatch(tensor -> tensor.rate() == Conditioning.Rate.SAMPLE);
    return sampleRate || !reader.stages.isEmpty()
        ? new UpsampledMels(
            reader.pad(), reader.stages, reader.aux(), reader.padValue(), manifest.speakerSize())
        : new FrameConvolutions(
            reader.operand("Add"), reader.operand("Div"), List.copyOf(reader.convolutions));
  }

  /** The units in the order of their nodes: of each layer backward, then forward. */
  private static BidirectionalGru bidirectional(ParsedModel graph, int hop) {
    List<Affine> inputs = new ArrayList<>();
    List<BidirectionalGru.Unit> units = new ArrayList<>();
    for (ParsedModel.Node node : graph.nodes()) {
      if (node.type().equals(BlockSparseGemm.OPERATOR.name())) {
        inputs.add(ProductReader.read(graph, node));
      } else if (node.type().equals(GruFrames.OPERATOR.name())) {
        Affine recurrent = ProductReader.read(graph, node, node.integer(GruFrames.UNITS));
        units.add(new BidirectionalGru.Unit(inputs.get(inputs.size() - 1), recurrent));
      }
    }
    List<BidirectionalGru.Layer> layers = new ArrayList<>();
    for (int i = 0; i + 1 < units.size(); i += 2) {
      layers.add(new BidirectionalGru.Layer(units.get(i + 1), units.get(i)));
    }
    return new BidirectionalGru(hop, layers);
  }

  private UpsampledMels.Stage stage(List<String> inputs) {
    float[] kernel = graph.floats(inputs.get(1));
    return new UpsampledMels.Stage(kernel.length / 2, kernel, graph.floats(inputs.get(2))[0]);
  }

  private Optional<AuxBranch> aux() {
    if (convolutions.isEmpty()) {
      return Optional.empty();
    }
    int last = convolutions.size() - 1;
    List<AuxBranch.ResidualBlock> blocks = new ArrayList<>();
    for (int i = 1; i + 1 < last; i += 2) {
      blocks.add(new AuxBranch.ResidualBlock(convolutions.get(i), convolutions.get(i + 1)));
    }
    return Optional.of(new AuxBranch(convolutions.get(0), blocks, convolutions.get(last)));
  }

  /** The value that the first padding puts around the features. */
  private float padValue() {
    List<String> inputs = graph.node("Pad").inputs();
    return inputs.size() == 3 ? graph.floats(inputs.get(2))[0] : 0;
  }

  /** Frames that the first padding puts before the features. */
  private int pad() {
    int pad = Math.toIntExact(graph.longs(graph.node("Pad").inputs().get(1))[2]);
    if (pad < 0 || pad > MOST_PADDING) {
      throw new GraphException(
          "node Pad: expected 0 to %d frames, found %d".formatted(MOST_PADDING, pad));
    }
    return pad;
  }

  /** The constant that the first node of a type combines with the features. */
  private float operand(String type) {
    return graph.floats(graph.node(type).inputs().get(1))[0];
  }
}
