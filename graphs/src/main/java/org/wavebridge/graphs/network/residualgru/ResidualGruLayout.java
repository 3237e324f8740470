package org.wavebridge.graphs.network.residualgru;

import java.util.List;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.LayerRow.Int8;
import org.wavebridge.graphs.network.SequenceOperators;
import org.wavebridge.graphs.onnx.OperatorTensor;

/**
 * The layers and tensors of a residual GRU network, as its operators declare them. An {@code aux}
 * layer takes a slice of the aux conditioning and holds the bias of the layer it belongs to.
 */
final class ResidualGruLayout {
  static final LayerRow MELS = LayerRow.of("mel_weight", "R", "M", Int8.NOT);
  static final LayerRow INPUT_AUX = LayerRow.ofFrame("input_aux", "R", "A1").withBias("input_bias");
  static final LayerRow GRU1_INPUT =
      LayerRow.of("gru1_input", "3R", "R", Int8.UNBOUNDED).withBias("gru1_bias");
  static final LayerRow GRU1_RECURRENT =
      LayerRow.of("gru1_recurrent", "3R", "R", Int8.BOUNDED).withBias();
  static final LayerRow GRU2_INPUT = LayerRow.of("gru2_input", "3R", "R", Int8.UNBOUNDED);
  static final LayerRow GRU2_AUX = LayerRow.ofFrame("gru2_aux", "3R", "A2").withBias("gru2_bias");
  static final LayerRow GRU2_RECURRENT =
      LayerRow.of("gru2_recurrent", "3R", "R", Int8.BOUNDED).withBias();
  static final LayerRow FC1 = LayerRow.of("fc1", "D1", "R", Int8.UNBOUNDED);
  static final LayerRow FC1_AUX = LayerRow.ofFrame("fc1_aux", "D1", "A3").withBias("fc1_bias");
  static final LayerRow FC2 = LayerRow.of("fc2", "D2", "D1", Int8.UNBOUNDED);
  static final LayerRow FC2_AUX = LayerRow.ofFrame("fc2_aux", "D2", "A4").withBias("fc2_bias");
  static final LayerRow OUTPUT = LayerRow.of("output", "C", "D2", Int8.UNBOUNDED).withBias();

  /** All of them, in the order of the operators' inputs. */
  static final List<LayerRow> LAYERS =
      List.of(
          MELS,
          INPUT_AUX,
          GRU1_INPUT,
          GRU1_RECURRENT,
          GRU2_INPUT,
          GRU2_AUX,
          GRU2_RECURRENT,
          FC1,
          FC1_AUX,
          FC2,
          FC2_AUX,
          OUTPUT);

  /** The inputs and outputs of the operators. */
  static final SequenceOperators OPERATORS =
      new SequenceOperators(
          "ResidualGru",
          List.of(
              OperatorTensor.values("mels", "[N, T, M]"),
              OperatorTensor.values("aux", "[N, F, A1+A2+A3+A4]")),
          "D",
          "1",
          "2R",
          "C",
          "[R]",
          LAYERS);

  private ResidualGruLayout() {}
}
