package org.wavebridge.graphs.model;

/**
 * A one-dimensional convolution over frames without padding: y[o, t] = b[o] + sum over i, k of w[o,
 * i, k] x[i, t + k].
 *
 * @param name stable name
 * @param outputs channels out
 * @param inputs channels in
 * @param width taps
 * @param weight row-major {@code [outputs, inputs, width]}
 * @param bias {@code [outputs]}
 */
public record Convolution(
    String name, int outputs, int inputs, int width, float[] weight, float[] bias) {
  /** Checks the sizes. */
  public Convolution {
    if (weight.length != outputs * inputs * width || bias.length != outputs) {
      throw new IllegalArgumentException("convolution '" + name + "': sizes do not agree");
    }
  }
}
