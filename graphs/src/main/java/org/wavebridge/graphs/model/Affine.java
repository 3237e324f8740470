package org.wavebridge.graphs.model;

import java.util.function.UnaryOperator;

/**
 * y = W x + b.
 *
 * @param weight W, {@code [rows, columns]}
 * @param bias b, {@code [rows]}
 */
public record Affine(WeightMatrix weight, float[] bias) {
  /** Checks the sizes. */
  public Affine {
    if (bias.length != weight.rows()) {
      throw new IllegalArgumentException(
          "weight '%s': %d rows, but a bias of %d"
              .formatted(weight.name(), weight.rows(), bias.length));
    }
  }

  /** The same layer with its matrix replaced. */
  Affine map(UnaryOperator<WeightMatrix> change) {
    return new Affine(change.apply(weight), bias);
  }
}
