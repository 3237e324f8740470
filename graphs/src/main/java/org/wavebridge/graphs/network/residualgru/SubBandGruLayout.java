package org.wavebridge.graphs.network.residualgru;

import java.util.List;
import java.util.stream.Stream;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.LayerRow.Int8;
import org.wavebridge.graphs.network.SequenceOperators;
import org.wavebridge.graphs.onnx.OperatorTensor;

/**
 * The layers and tensors of a residual GRU network of B bands, as its operators declare them: those
 * of one band, but for the outputs. S is the count of steps, T = B S that of samples.
 */
final class SubBandGruLayout {
  static final LayerRow OUTPUT =
      LayerRow.of(ResidualGruLayout.OUTPUT.name(), "B * C", "D2", Int8.UNBOUNDED).withBias();

  /** All of them, in the order of the operators' inputs. */
  static final List<LayerRow> LAYERS =
      Stream.concat(
              ResidualGruLayout.LAYERS.stream()
                  .filter(row -> !row.equals(ResidualGruLayout.OUTPUT)),
              Stream.of(OUTPUT))
          .toList();

  /** The inputs and outputs of the operators. */
  static final SequenceOperators OPERATORS =
      new SequenceOperators(
          "SubBandGru",
          List.of(
              OperatorTensor.values("mels", "[N, S, M]"),
              OperatorTensor.values("aux", "[N, F, A1+A2+A3+A4]")),
          "D",
          "B",
          "2R",
          "C",
          "[R, B]",
          LAYERS);

  private SubBandGruLayout() {}
}
