package org.wavebridge.graphs.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.wavebridge.graphs.contract.Activations;
import org.wavebridge.graphs.contract.LayerRow;

/**
 * The weights of a step network by layer, in the order in which its operators take them. Each
 * matrix has the name of its layer.
 */
public final class Layers {
  private final WeightMatrix sample;
  private final boolean sampleIsVector;
  private final Map<LayerRow, WeightMatrix> weights = new LinkedHashMap<>();
  private final Map<LayerRow, float[]> biases = new LinkedHashMap<>();

  private Layers(WeightMatrix sample, boolean sampleIsVector) {
    this.sample = sample;
    this.sampleIsVector = sampleIsVector;
  }

  /**
   * Layers of a network that feeds back one value.
   *
   * @param sample what it adds to the first layer, {@code [rows]}
   */
  public static Layers of(float[] sample) {
    return new Layers(WeightMatrix.dense(LayerRow.SAMPLE_WEIGHTS, sample.length, 1, sample), true);
  }

  /**
   * Layers of a network that feeds back several values.
   *
   * @param sample what they add to the first layer, {@code [rows, values]}
   */
  public static Layers of(WeightMatrix sample) {
    return new Layers(sample.named(LayerRow.SAMPLE_WEIGHTS), false);
  }

  /** Adds a layer without bias. */
  public Layers add(LayerRow row, WeightMatrix weight) {
    weights.put(row, weight.named(row.name()));
    return this;
  }

  /** Adds a layer with a bias. */
  public Layers add(LayerRow row, Affine layer) {
    biases.put(row, layer.bias());
    return add(row, layer.weight());
  }

  /** Adds the two layers of {@code W x + (A a + b)}. */
  public Layers add(LayerRow row, LayerRow aux, AuxAffine layer) {
    biases.put(aux, layer.bias());
    return add(row, layer.weight()).add(aux, layer.aux());
  }

  /** The declared layers, in order. */
  public List<LayerRow> rows() {
    return List.copyOf(weights.keySet());
  }

  /** The weights of the values fed back, {@code [rows, values]}. */
  public WeightMatrix sample() {
    return sample;
  }

  /** The shape of those weights in graphs: one value has no axis of its own. */
  public long[] sampleShape() {
    return sampleIsVector
        ? new long[] {sample.rows()}
        : new long[] {sample.rows(), sample.columns()};
  }

  /** The matrix of a layer. */
  public WeightMatrix weight(LayerRow row) {
    return found(weights, row);
  }

  /** The bias of a layer that has one. */
  public float[] bias(LayerRow row) {
    return found(biases, row);
  }

  /** A layer with a bias. */
  public Affine affine(LayerRow row) {
    return new Affine(weight(row), bias(row));
  }

  /** Two layers as {@code W x + (A a + b)}. */
  public AuxAffine affine(LayerRow row, LayerRow aux) {
    return new AuxAffine(weight(row), weight(aux), bias(aux));
  }

  /** All matrices that have a layer, in order. */
  public List<WeightMatrix> matrices() {
    return List.copyOf(weights.values());
  }

  /**
   * The activations of the quantised matrices; empty where there are none.
   *
   * @throws IllegalArgumentException if two matrices differ
   */
  public Optional<Activations> activations() {
    List<Activations> found =
        weights.values().stream()
            .flatMap(weight -> weight.int8().stream())
            .map(Int8Weights::activations)
            .distinct()
            .toList();
    if (found.size() > 1) {
      throw new IllegalArgumentException(
          "expected activations of the same bits in all layers, found " + found);
    }
    return found.stream().findFirst();
  }

  /** The same layers with other matrices. */
  public Layers map(BiFunction<LayerRow, WeightMatrix, WeightMatrix> change) {
    Layers changed = new Layers(sample, sampleIsVector);
    weights.forEach((row, weight) -> changed.add(row, change.apply(row, weight)));
    changed.biases.putAll(biases);
    return changed;
  }

  private static <V> V found(Map<LayerRow, V> values, LayerRow row) {
    V value = values.get(row);
    if (value == null) {
      throw new IllegalArgumentException("no layer '" + row.name() + "'");
    }
    return value;
  }
}
