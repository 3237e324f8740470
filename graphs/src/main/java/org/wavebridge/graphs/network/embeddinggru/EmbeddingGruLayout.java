package org.wavebridge.graphs.network.embeddinggru;

import java.util.List;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.LayerRow.Int8;
import org.wavebridge.graphs.network.SequenceOperators;
import org.wavebridge.graphs.onnx.OperatorTensor;

/** The layers and tensors of a GRU network over embedded classes, as its operators declare them. */
final class EmbeddingGruLayout {
  static final LayerRow CONDITIONING =
      LayerRow.ofFrame("conditioning_weight", "3H", "E").withBias("conditioning_bias");
  static final LayerRow RECURRENT = LayerRow.of("recurrent", "3H", "H", Int8.BOUNDED).withBias();
  static final LayerRow HIDDEN = LayerRow.of("hidden", "D", "H", Int8.BOUNDED).withBias();
  static final LayerRow OUTPUT = LayerRow.of("output", "C", "D", Int8.UNBOUNDED).withBias();

  /** All of them, in the order of the operators' inputs. */
  static final List<LayerRow> LAYERS = List.of(CONDITIONING, RECURRENT, HIDDEN, OUTPUT);

  /** The inputs and outputs of the operators. */
  static final SequenceOperators OPERATORS =
      new SequenceOperators(
          "EmbeddingGru",
          List.of(OperatorTensor.values("conditioning", "[N, F, E]")),
          "1",
          "1",
          "H",
          "C",
          "[C, 3H]",
          LAYERS);

  private EmbeddingGruLayout() {}
}
