package org.wavebridge.conformance.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.conformance.golden.Golden;
import org.wavebridge.conformance.golden.GoldenFamily;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.exporter.family.ImportedModel;
import org.wavebridge.graphs.assemble.PreparedGraph;
import org.wavebridge.graphs.assemble.VocoderGraphs;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.ExcitationDraw;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.quantize.Quantizer;
import org.wavebridge.graphs.random.RandomModels;

/**
 * Which graphs of which families TensorRT can run: after preparation they have no operator but
 * those that its parser takes and those of our plugins.
 */
final class GpuGraphsTest {
  /**
   * The graphs that TensorRT does not run, and the reason: no plugin, or an operator that the
   * parser lacks.
   */
  private static final Map<GraphKind, String> ELSEWHERE =
      Map.of(GraphKind.FEATURES, "TensorRT does not know MelSpectrogram", GraphKind.SCORE, "Score");

  static Stream<ImportedModel> checkpoints() {
    return Stream.of(
            "en-us-16k/checkpoint.pt",
            "fatchord_raw/checkpoint_zip.pyt",
            "fatchord_mol/checkpoint_zip.pyt")
        .map(path -> Exporter.read(Golden.path(path), "auto", Optional.empty()));
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void everyGraphOfTheseCheckpoints(ImportedModel imported) {
    assertRefused(Map.of(), imported.model());
  }

  @ParameterizedTest
  @MethodSource("families")
  void everyGraphOfEveryFamily(GoldenFamily family) {
    assertRefused(elsewhere(family), family.random().model());
  }

  private static Map<GraphKind, String> elsewhere(GoldenFamily family) {
    return switch (family) {
      case COQUI_NOAUX ->
          Map.of(GraphKind.CONDITIONER, "has no elements", GraphKind.STEP, "has no elements");
      case UNIVOC, UNIVOC_V01 ->
          Map.of(GraphKind.CONDITIONER, "GruFrames", GraphKind.GENERATE, "EmbeddingGruGenerate");
      case MULTIBAND, MULTIBAND_SMALL -> Map.of(GraphKind.GENERATE, "SubBandGruGenerate");
      default -> Map.of();
    };
  }

  static Stream<GoldenFamily> families() {
    return Stream.of(GoldenFamily.values());
  }

  @Test
  void everyGraphOfASubscaleModel() {
    VocoderModel plain = RandomModels.dualSoftmax(1, 32, 5, 4, 0.3, new BlockShape(16, 1));
    assertRefused(
        Map.of(),
        RandomModels.subscale(
            2, plain, 4, 2, 1, false, List.of(new RandomModels.ContextShape(3, 2, 1, true))));
  }

  @Test
  void everyGraphOfEveryHead() {
    for (Head head : ResidualGruNetwork.HEADS) {
      assertRefused(Map.of(), RandomModels.residualGru(3, 16, 8, List.of(2, 3), head));
    }
  }

  @Test
  void graphsOfSeveralBands() {
    VocoderModel model =
        RandomModels.multiBand(4, 32, 6, RandomModels.tree(2), 3, 5, 0.4, new BlockShape(4, 4));
    assertRefused(
        Map.of(
            GraphKind.GENERATE, "MultiBandGruGenerate",
            GraphKind.SYNTHESIS, "QuadratureMirrorMerge"),
        model);
  }

  @Test
  void graphsOfALinearPrediction() {
    for (ExcitationDraw draw : ExcitationDraw.values()) {
      assertRefused(
          Map.of(GraphKind.CONDITIONER, "LinearPrediction", GraphKind.GENERATE, "LpcNetGenerate"),
          RandomModels.lpcNet(5, 16, 4, 20, 0.4, new BlockShape(8, 4), draw, false));
    }
  }

  /** Exactly these graphs of a model are refused, each for its reason. */
  private static void assertRefused(Map<GraphKind, String> empty, VocoderModel model) {
    Map<GraphKind, String> expected = new TreeMap<>(ELSEWHERE);
    expected.putAll(empty);
    assertRefused(expected, VocoderGraphs.build(model));
    assertRefused(expected, VocoderGraphs.buildInt8(Quantizer.quantise(model)));
  }

  private static void assertRefused(
      Map<GraphKind, String> expected, Map<GraphKind, OnnxModel> graphs) {
    assertTrue(graphs.size() >= 2, "graphs: " + graphs.keySet());
    for (Map.Entry<GraphKind, OnnxModel> graph : graphs.entrySet()) {
      Optional<String> refusal = PreparedGraph.of(graph.getValue().toBytes()).refusal();
      String reason = expected.get(graph.getKey());
      if (reason == null) {
        assertEquals(Optional.empty(), refusal, graph.getKey().label());
      } else {
        assertTrue(refusal.orElse("").contains(reason), graph.getKey().label() + ": " + refusal);
      }
    }
  }
}
