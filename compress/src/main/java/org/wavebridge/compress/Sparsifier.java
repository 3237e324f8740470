package org.wavebridge.compress;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.Layers;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;

/**
 * Sparse networks from a dense one: blocks are removed from the large matrices of a step, from each
 * as many as it can do without.
 *
 * <p>What a removal costs is known as an error of the layer's outputs. How many bits such an error
 * is worth is measured by layer, on the network with half of that layer's blocks. So the removals
 * of all layers have one order.
 */
public final class Sparsifier {
  /** Smaller matrices take hardly any time. */
  private static final int LARGE = 4096;

  /** Bits per sample below which a loss is as good as none. */
  private static final double LEAST_LOSS = 1e-4;

  private final VocoderModel model;
  private final BlockShape shape;
  private final Map<String, Double> given;
  private final Map<LayerRow, BlockRemoval> removals = new LinkedHashMap<>();
  private final Map<LayerRow, Double> weights = new LinkedHashMap<>();

  /**
   * Prices all removals.
   *
   * @param shape of the blocks
   * @param lowest the lowest density that will be asked for, above 0 and below 1
   * @param given densities of layers that are not left to their sensitivity, by name
   * @param calibration of this model
   * @throws IllegalArgumentException if such a layer has no density above the given one
   */
  public Sparsifier(
      VocoderModel model,
      BlockShape shape,
      double lowest,
      Map<String, Double> given,
      Calibration calibration) {
    this.model = model;
    this.shape = shape;
    this.given = Map.copyOf(given);
    Layers layers = model.network().layers();
    for (LayerRow row : layers(model, shape, lowest, given)) {
      removals.put(
          row,
          BlockRemoval.priced(
              layers.weight(row),
              shape,
              given.getOrDefault(row.name(), lowest),
              calibration.of(row.name())));
    }
    List<String> names = removals.keySet().stream().map(LayerRow::name).toList();
    for (String name : given.keySet()) {
      if (!names.contains(name)) {
        throw new IllegalArgumentException(
            "layer '%s': expected one of %s, whose densities are above those wanted"
                .formatted(name, names));
      }
    }
  }

  /**
   * The layers whose matrices can lose blocks: large ones that are applied in every step, denser
   * than wanted, with whole blocks in their height.
   *
   * @param density of the layers that no other is given for
   */
  public static List<LayerRow> layers(
      VocoderModel model, BlockShape shape, double density, Map<String, Double> given) {
    Layers layers = model.network().layers();
    return layers.rows().stream()
        .filter(row -> row.rate() == LayerRow.Rate.STEP)
        .filter(row -> isLarge(layers.weight(row), shape, given.getOrDefault(row.name(), density)))
        .toList();
  }

  /** Those of this model that lose blocks at a density. */
  public List<LayerRow> layers(double density) {
    return layers(model, shape, density, given);
  }

  private static boolean isLarge(WeightMatrix matrix, BlockShape shape, double density) {
    return matrix.values().length >= LARGE
        && matrix.rows() % shape.height() == 0
        && matrix.nonZeros() > density * matrix.values().length;
  }

  /**
   * Measures how much each layer matters. Without it a removal counts what it costs the outputs of
   * its layer.
   *
   * @param bits per sample that a model needs
   * @return the bits per sample that are lost with half of a layer's blocks, by layer
   */
  public Map<String, Double> measure(ToDoubleFunction<VocoderModel> bits) {
    Map<String, Double> lost = new LinkedHashMap<>();
    double before = bits.applyAsDouble(model);
    removals.forEach(
        (row, removal) -> {
          if (!given.containsKey(row.name())) {
            int[] half =
                BlockRemoval.cheapest(List.of(removal), List.of(1.0), 0, removal.stored() / 2)
                    .get(0);
            VocoderModel sparse = with(Map.of(row, removal.without(half)));
            double loss = bits.applyAsDouble(sparse) - before;
            lost.put(row.name(), loss);
            weights.put(row, Math.max(loss, LEAST_LOSS) / Math.max(removal.cost(half), 1e-30));
          }
        });
    return lost;
  }

  /**
   * The model with a share of the blocks.
   *
   * @param density of the layers that no other is given for, in the mean over their blocks; not
   *     below the lowest
   */
  public VocoderModel to(double density) {
    Map<LayerRow, ChangedLayer> changes = new LinkedHashMap<>();
    List<LayerRow> free = new ArrayList<>();
    for (LayerRow row : layers(density)) {
      Double own = given.get(row.name());
      if (own == null) {
        free.add(row);
      } else {
        changes.putAll(changed(List.of(row), own));
      }
    }
    changes.putAll(changed(free, density));
    return with(changes);
  }

  private Map<LayerRow, ChangedLayer> changed(List<LayerRow> rows, double density) {
    List<BlockRemoval> chosen = rows.stream().map(this::found).toList();
    List<int[]> counts =
        BlockRemoval.cheapest(
            chosen,
            rows.stream().map(row -> weights.getOrDefault(row, 1.0)).toList(),
            density,
            chosen.stream().mapToInt(removal -> removal.kept(density)).sum());
    Map<LayerRow, ChangedLayer> changes = new LinkedHashMap<>();
    for (int i = 0; i < chosen.size(); i++) {
      changes.put(rows.get(i), chosen.get(i).without(counts.get(i)));
    }
    return changes;
  }

  private BlockRemoval found(LayerRow row) {
    BlockRemoval removal = removals.get(row);
    if (removal == null) {
      throw new IllegalArgumentException(
          "layer '%s': its removals were not priced as far".formatted(row.name()));
    }
    return removal;
  }

  private VocoderModel with(Map<LayerRow, ChangedLayer> changes) {
    return model.with(model.network().with(ChangedLayer.apply(model.network().layers(), changes)));
  }
}
