package org.wavebridge.graphs.model;

/**
 * A causal dilated convolution over time: y[t] = W [x[t - (kernel - 1) dilation], ..., x[t -
 * dilation], x[t]] + b, then ReLU where {@code relu} says so.
 *
 * @param weight W, {@code [out, kernel * in]}: the columns of a tap are together, the oldest tap
 *     first
 * @param bias b, {@code [out]}
 * @param kernel taps, at least 1
 * @param dilation time steps from one tap to the next, at least 1
 * @param relu whether negative outputs become zero
 */
public record ContextLayer(
    WeightMatrix weight, float[] bias, int kernel, int dilation, boolean relu) {
  /** Checks the sizes. */
  public ContextLayer {
    if (kernel < 1 || dilation < 1) {
      throw new IllegalArgumentException(
          "context layer '%s': expected a kernel and a dilation of at least 1, found %d and %d"
              .formatted(weight.name(), kernel, dilation));
    }
    if (weight.columns() < kernel || weight.columns() % kernel != 0) {
      throw new IllegalArgumentException(
          "context layer '%s': %d columns do not divide into %d taps"
              .formatted(weight.name(), weight.columns(), kernel));
    }
    if (bias.length != weight.rows()) {
      throw new IllegalArgumentException(
          "context layer '%s': %d rows, but a bias of %d"
              .formatted(weight.name(), weight.rows(), bias.length));
    }
  }

  /** Channels in. */
  public int inputs() {
    return weight.columns() / kernel;
  }

  /** Channels out. */
  public int outputs() {
    return weight.rows();
  }

  /** How many time steps before the newest tap the oldest one lies. */
  public int reach() {
    return (kernel - 1) * dilation;
  }
}
