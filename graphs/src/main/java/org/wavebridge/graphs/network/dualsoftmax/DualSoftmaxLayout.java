package org.wavebridge.graphs.network.dualsoftmax;

import java.util.List;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.LayerRow.Int8;
import org.wavebridge.graphs.network.SequenceOperators;
import org.wavebridge.graphs.onnx.OperatorTensor;

/** The layers and tensors of a dual-softmax network, as its operators declare them. */
final class DualSoftmaxLayout {
  static final LayerRow CONDITIONING =
      LayerRow.ofFrame("conditioning_weight", "3H", "E").withBias("conditioning_bias");
  static final LayerRow RECURRENT = LayerRow.of("recurrent", "3H", "H", Int8.BOUNDED).withBias();
  static final LayerRow COARSE_HIDDEN =
      LayerRow.of("coarse_hidden", "D", "H/2", Int8.BOUNDED).withBias();
  static final LayerRow COARSE_OUTPUT =
      LayerRow.of("coarse_output", "256", "D", Int8.UNBOUNDED).withBias();
  static final LayerRow FINE_HIDDEN =
      LayerRow.of("fine_hidden", "D'", "H/2", Int8.BOUNDED).withBias();
  static final LayerRow FINE_OUTPUT =
      LayerRow.of("fine_output", "256", "D'", Int8.UNBOUNDED).withBias();

  /** All of them, in the order of the operators' inputs. */
  static final List<LayerRow> LAYERS =
      List.of(CONDITIONING, RECURRENT, COARSE_HIDDEN, COARSE_OUTPUT, FINE_HIDDEN, FINE_OUTPUT);

  /** The inputs and outputs of the operators. */
  static final SequenceOperators OPERATORS =
      new SequenceOperators(
          "DualSoftmax",
          List.of(OperatorTensor.values("conditioning", "[N, F, E]")),
          "2",
          "2",
          "H",
          "2, 256",
          "[3H, 3]",
          LAYERS);

  private DualSoftmaxLayout() {}
}
