package org.wavebridge.graphs.bundle;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.build.Conditioning;
import org.wavebridge.graphs.build.GraphKind;
import org.wavebridge.graphs.model.Conditioner;
import org.wavebridge.graphs.model.Convolution;
import org.wavebridge.graphs.model.FrameConvolutions;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.ParsedModel;
import org.wavebridge.graphs.op.Profile;

/**
 * Reads the model that a bundle was made from back out of its graphs: the way back of {@link
 * StagedBundle}. The network comes from the {@code score} graph, or, where utterances are folded,
 * with the context from {@code subscale_generate}; the conditioner from its own.
 */
public final class BundledModel {
  private BundledModel() {}

  /**
   * The model of a bundle.
   *
   * @param precision whose graph is read; {@code int8} gives a quantised model
   * @throws org.wavebridge.graphs.WaveBridgeException if the bundle has no such graph, or a graph
   *     is not of the form that this program writes
   */
  public static VocoderModel of(Bundle bundle, String precision) {
    BundleManifest manifest = bundle.manifest();
    Profile profile = precision.equals(BundleManifest.INT8) ? Profile.INT8 : Profile.F32;
    GraphKind kind =
        manifest.subscale().isPresent() ? GraphKind.SUBSCALE_GENERATE : GraphKind.SCORE;
    NetworkReader reader =
        NetworkReader.of(ParsedModel.of(bundle.graph(kind, precision)), profile, manifest);
    StepNetwork network = reader.network(manifest);
    Optional<Subscale> subscale =
        manifest
            .subscale()
            .map(
                part ->
                    new Subscale(
                        part.factor(),
                        part.horizon(),
                        part.chunk(),
                        reader.context(part, network.inputSize())));
    return new VocoderModel(
        manifest.family(),
        manifest.audio(),
        manifest.features(),
        conditioner(
            ParsedModel.of(bundle.graph(GraphKind.CONDITIONER, BundleManifest.F32)), manifest),
        network,
        subscale);
  }

  private static Conditioner conditioner(ParsedModel graph, BundleManifest manifest) {
    List<UpsampledMels.Stage> stages = new ArrayList<>();
    List<Convolution> convolutions = new ArrayList<>();
    for (ParsedModel.Node node : graph.nodes()) {
      if (node.type().equals("Conv") && node.inputs().size() == 2) {
        float[] kernel = graph.floats(node.inputs().get(1));
        stages.add(new UpsampledMels.Stage(kernel.length / 2, kernel));
      } else if (node.type().equals("Conv")) {
        convolutions.add(convolution(graph, node));
      }
    }
    boolean sampleRate =
        manifest.conditioning().stream()
            .anyMatch(tensor -> tensor.rate() == Conditioning.Rate.SAMPLE);
    if (!sampleRate) {
      return new FrameConvolutions(
          operand(graph, "Add"), operand(graph, "Div"), List.copyOf(convolutions));
    }
    int last = convolutions.size() - 1;
    List<UpsampledMels.ResidualBlock> blocks = new ArrayList<>();
    for (int i = 1; i + 1 < last; i += 2) {
      blocks.add(new UpsampledMels.ResidualBlock(convolutions.get(i), convolutions.get(i + 1)));
    }
    return new UpsampledMels(
        manifest.contextFrames(), stages, convolutions.get(0), blocks, convolutions.get(last));
  }

  private static Convolution convolution(ParsedModel graph, ParsedModel.Node node) {
    String weight = node.inputs().get(1);
    int[] shape = graph.shape(weight);
    return new Convolution(
        weight.replaceFirst("_weight$", ""),
        shape[0],
        shape[1],
        shape[2],
        graph.floats(weight),
        graph.floats(node.inputs().get(2)));
  }

  /** The constant that the first node of a type combines with the features. */
  private static float operand(ParsedModel graph, String type) {
    return graph.floats(graph.node(type).inputs().get(1))[0];
  }
}
