package org.wavebridge.graphs.network.lpcnet;

import java.util.List;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.LayerRow.Int8;
import org.wavebridge.graphs.network.SequenceOperators;
import org.wavebridge.graphs.onnx.OperatorTensor;

/** The layers and tensors of an LPCNet, as its operators declare them. */
final class LpcNetLayout {
  static final LayerRow RECURRENT = LayerRow.of("recurrent", "3H", "H", Int8.BOUNDED).withBias();
  static final LayerRow SECOND_INPUT = LayerRow.of("second_input", "3M", "H", Int8.BOUNDED);
  static final LayerRow SECOND_RECURRENT =
      LayerRow.of("second_recurrent", "3M", "M", Int8.BOUNDED).withBias();
  static final LayerRow DUAL_DENSE = LayerRow.of("dual_dense", "512", "M", Int8.NOT).withBias();

  /** All of them, in the order of the operators' inputs. */
  static final List<LayerRow> LAYERS =
      List.of(RECURRENT, SECOND_INPUT, SECOND_RECURRENT, DUAL_DENSE);

  /** The inputs and outputs of the operators. */
  static final SequenceOperators OPERATORS =
      new SequenceOperators(
          "LpcNet",
          List.of(OperatorTensor.values("conditioning", "[N, F, 3H + 3M + 17]")),
          "D",
          "17",
          "H + M",
          "256",
          "[3H, 768]",
          LAYERS);

  private LpcNetLayout() {}
}
