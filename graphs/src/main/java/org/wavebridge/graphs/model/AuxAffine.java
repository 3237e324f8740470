package org.wavebridge.graphs.model;

import java.util.function.UnaryOperator;

/**
 * y = W x + (A a + b), where {@code a} is a slice of the frame-rate conditioning.
 *
 * @param weight W, {@code [rows, columns]}
 * @param aux A, {@code [rows, slice]}; no columns where the layer takes none
 * @param bias b, {@code [rows]}
 */
public record AuxAffine(WeightMatrix weight, WeightMatrix aux, float[] bias) {
  /** Checks the sizes. */
  public AuxAffine {
    if (bias.length != weight.rows() || aux.rows() != weight.rows()) {
      throw new IllegalArgumentException("weight '" + weight.name() + "': sizes do not agree");
    }
  }

  /** The same layer with its matrices replaced. */
  AuxAffine map(UnaryOperator<WeightMatrix> change) {
    return new AuxAffine(change.apply(weight), change.apply(aux), bias);
  }
}
