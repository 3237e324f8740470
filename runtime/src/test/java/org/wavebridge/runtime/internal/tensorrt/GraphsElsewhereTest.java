package org.wavebridge.runtime.internal.tensorrt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.graphs.assemble.PreparedGraph;
import org.wavebridge.graphs.assemble.VocoderGraphs;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.CosineModulatedBank;
import org.wavebridge.graphs.model.ExcitationDraw;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.runtime.spi.Backend;
import org.wavebridge.runtime.spi.GraphSession;

/** Networks without a plugin are sampled by the other backend, and the user is told. */
final class GraphsElsewhereTest {
  private static final BlockShape BLOCK = new BlockShape(1, 1);

  static Stream<Arguments> networks() {
    return Stream.of(
        Arguments.of(
            "LpcNetGenerate",
            RandomModels.lpcNet(1, 8, 4, 20, 1, BLOCK, ExcitationDraw.TREE, false)),
        Arguments.of(
            "SubBandGruGenerate",
            RandomModels.subBand(
                2,
                4,
                new RandomModels.ConditionerShape(4, 4, 1, List.of(2), 2),
                new Head.Categorical(8),
                CosineModulatedBank.kaiser(2, 4, 6),
                1,
                BLOCK)),
        Arguments.of(
            "MultiBandGruGenerate",
            RandomModels.multiBand(3, 8, 4, RandomModels.tree(1), 2, 2, 1, BLOCK)),
        Arguments.of("EmbeddingGruGenerate", RandomModels.embeddingGru(4, 8, 4, 5, 16, 1, BLOCK)));
  }

  /** Takes note of what it is asked to open. */
  private static final class Elsewhere implements Backend {
    private final List<String> opened = new ArrayList<>();

    @Override
    public String name() {
      return "cpu";
    }

    @Override
    public GraphSession open(byte[] graph, String label) {
      opened.add(label);
      return null;
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void samplesAreMadeElsewhere(String operator, VocoderModel model) {
    Elsewhere elsewhere = new Elsewhere();
    byte[] graph = VocoderGraphs.build(model).get(GraphKind.GENERATE).toBytes();
    new TensorRtBackend(null, elsewhere).open(graph, "voice: generate");
    assertEquals(List.of("voice: generate"), elsewhere.opened);
    String said = TensorRtBackend.note("voice: generate", "cpu", PreparedGraph.of(graph));
    String start =
        "voice: generate runs on backend 'cpu', so no sample is made on the GPU: TensorRT does not know ";
    assertTrue(said.startsWith(start), said);
    assertTrue(said.contains(operator), said);
  }
}
