package org.wavebridge.graphs.network.multibandgru;

import java.util.List;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.LayerRow.Int8;
import org.wavebridge.graphs.network.SequenceOperators;
import org.wavebridge.graphs.onnx.OperatorTensor;

/** The layers and tensors of a multi-band GRU network, as its operators declare them. */
final class MultiBandGruLayout {
  static final LayerRow RECURRENT = LayerRow.of("recurrent", "3H", "H", Int8.BOUNDED).withBias();
  static final LayerRow PROJECTION = LayerRow.of("projection", "D", "H", Int8.BOUNDED).withBias();
  static final LayerRow OUTPUT = LayerRow.of("band_output", "B * 3K", "D", Int8.NOT).withBias();

  /** All of them, in the order of the operators' inputs. */
  static final List<LayerRow> LAYERS = List.of(RECURRENT, PROJECTION, OUTPUT);

  /** The inputs and outputs of the operators. */
  static final SequenceOperators OPERATORS =
      new SequenceOperators(
          "MultiBandGru",
          List.of(OperatorTensor.values("conditioning", "[N, F, 3H]")),
          "2",
          "B",
          "H",
          "3K",
          "[3H, B]",
          LAYERS);

  private MultiBandGruLayout() {}
}
