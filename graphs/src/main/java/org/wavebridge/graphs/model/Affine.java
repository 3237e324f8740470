package org.wavebridge.graphs.model;

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
}
