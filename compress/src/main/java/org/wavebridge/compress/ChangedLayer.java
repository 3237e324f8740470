package org.wavebridge.compress;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.Layers;
import org.wavebridge.graphs.model.WeightMatrix;

/**
 * A layer with other weights.
 *
 * @param weight instead of the layer's own
 * @param bias to be added to the layer's bias, {@code [R]}
 */
public record ChangedLayer(WeightMatrix weight, double[] bias) {
  /** Layers with some changed. */
  static Layers apply(Layers layers, Map<LayerRow, ChangedLayer> changes) {
    Layers changed =
        layers.map(
            (row, weight) -> {
              ChangedLayer change = changes.get(row);
              return change == null ? weight : change.weight();
            });
    changes.forEach(
        (row, change) -> {
          LayerRow holder = biasOf(layers.rows(), row);
          float[] bias = changed.bias(holder).clone();
          for (int r = 0; r < bias.length; r++) {
            bias[r] = (float) (bias[r] + change.bias()[r]);
          }
          changed.add(holder, new Affine(changed.weight(holder), bias));
        });
    return changed;
  }

  /** A layer without bias of its own shares that of the layer after it, which adds to it. */
  private static LayerRow biasOf(List<LayerRow> rows, LayerRow row) {
    return row.bias().isPresent() ? row : rows.get(rows.indexOf(row) + 1);
  }
}
