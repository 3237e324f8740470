package org.wavebridge.compress;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.Layers;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;

/** Sparse networks from dense ones: blocks are removed from every large matrix of a step. */
public final class Sparsifier {
  /** Smaller matrices take hardly any time. */
  private static final int LARGE = 4096;

  private Sparsifier() {}

  /**
   * The layers whose matrices can lose blocks: large ones that are applied in every step, denser
   * than wanted, with whole blocks in their height.
   */
  public static List<LayerRow> layers(VocoderModel model, BlockShape shape, double density) {
    Layers layers = model.network().layers();
    return layers.rows().stream()
        .filter(row -> row.rate() == LayerRow.Rate.STEP)
        .filter(row -> isLarge(layers.weight(row), shape, density))
        .toList();
  }

  private static boolean isLarge(WeightMatrix matrix, BlockShape shape, double density) {
    return matrix.values().length >= LARGE
        && matrix.rows() % shape.height() == 0
        && matrix.nonZeros() > density * matrix.values().length;
  }

  /**
   * The model with a share of the blocks of every such matrix.
   *
   * @param density of each matrix, above 0 and below 1
   * @param calibration of this model
   */
  public static VocoderModel sparsify(
      VocoderModel model, BlockShape shape, double density, Calibration calibration) {
    Layers layers = model.network().layers();
    Map<LayerRow, ChangedLayer> changes = new LinkedHashMap<>();
    for (LayerRow row : layers(model, shape, density)) {
      changes.put(
          row, BlockRemoval.remove(layers.weight(row), shape, density, calibration.of(row.name())));
    }
    return model.with(model.network().with(ChangedLayer.apply(layers, changes)));
  }
}
