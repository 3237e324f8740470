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
          if (holder.bias().isEmpty()) {
            return;
          }
          float[] bias = changed.bias(holder).clone();
          for (int r = 0; r < bias.length; r++) {
            bias[r] = (float) (bias[r] + change.bias()[r]);
          }
          changed.add(holder, new Affine(changed.weight(holder), bias));
        });
    return changed;
  }

  /**
   * A layer without bias of its own shares that of the layer after it, if that adds to it once a
   * frame; otherwise its bias comes with the conditioning, and stays as it is.
   */
  private static LayerRow biasOf(List<LayerRow> rows, LayerRow row) {
    int next = rows.indexOf(row) + 1;
    boolean shares =
        row.bias().isEmpty() && next < rows.size() && rows.get(next).rate() == LayerRow.Rate.FRAME;
    return shares ? rows.get(next) : row;
  }
}
