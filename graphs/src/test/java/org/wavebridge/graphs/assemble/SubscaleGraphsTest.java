package org.wavebridge.graphs.assemble;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.graphs.random.RandomModels.ContextShape;

/** The graphs of subscale models: which there are, and that every runtime takes them. */
final class SubscaleGraphsTest {
  static Stream<VocoderModel> models() {
    List<ContextShape> layers =
        List.of(new ContextShape(5, 3, 2, true), new ContextShape(4, 1, 1, false));
    List<VocoderModel> models = new ArrayList<>();
    List<VocoderModel> whole = new ArrayList<>();
    whole.add(RandomModels.dualSoftmax(1, 32, 6, 7, 0.3, new BlockShape(16, 1)));
    for (Head head : ResidualGruNetwork.HEADS) {
      whole.add(RandomModels.residualGru(2, 12, 8, List.of(2, 3), head));
    }
    for (VocoderModel model : whole) {
      models.add(model.with(new Subscale(3, 2, 2, Optional.empty())));
      models.add(RandomModels.subscale(4, model, 4, 0, 1, true, layers));
      models.add(RandomModels.subscale(5, model, 4, 6, 3, false, layers));
    }
    return models.stream();
  }

  @ParameterizedTest
  @MethodSource("models")
  void acceptedByTheOfficialCheckerAndStockOnnxRuntime(VocoderModel model) {
    VocoderGraphs.build(model)
        .forEach(
            (kind, graph) -> {
              byte[] bytes = graph.toBytes();
              assertDoesNotThrow(() -> OnnxChecker.check(bytes), kind.label());
              assertDoesNotThrow(() -> open(bytes), kind.label());
            });
  }

  @ParameterizedTest
  @MethodSource("models")
  void haveTheirOwnKinds(VocoderModel model) {
    var graphs = VocoderGraphs.build(model);
    boolean context = model.subscale().flatMap(Subscale::context).isPresent();
    assertEquals(
        context
            ? Set.of(
                GraphKind.CONDITIONER,
                GraphKind.SUBSCALE,
                GraphKind.CONTEXT,
                GraphKind.SUBSCALE_GENERATE,
                GraphKind.SCORE)
            : Set.of(
                GraphKind.CONDITIONER,
                GraphKind.SUBSCALE,
                GraphKind.SUBSCALE_GENERATE,
                GraphKind.SCORE),
        graphs.keySet());
    VocoderGraphs.build(model)
        .forEach((kind, graph) -> assertArrayEquals(graphs.get(kind).toBytes(), graph.toBytes()));
  }

  private static void open(byte[] bytes) throws OrtException {
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(bytes)) {
      assertEquals(true, session.getNumOutputs() > 0);
    }
  }
}
