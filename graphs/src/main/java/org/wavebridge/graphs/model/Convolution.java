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

  /** The weight {@code [outputs, width * inputs]} whose columns are tap by tap. */
  public WeightMatrix byTap() {
    float[] values = new float[weight.length];
    for (int i = 0; i < values.length; i++) {
      int output = i / (inputs * width);
      int input = i / width % inputs;
      int tap = i % width;
      values[(output * width + tap) * inputs + input] = weight[i];
    }
    return WeightMatrix.dense(name, outputs, width * inputs, values);
  }

  /** The convolution of a weight whose columns are tap by tap: the way back of {@link #byTap}. */
  public static Convolution ofTaps(WeightMatrix byTap, int width, float[] bias) {
    int inputs = byTap.columns() / width;
    float[] weight = new float[byTap.values().length];
    for (int i = 0; i < weight.length; i++) {
      int output = i / (inputs * width);
      int input = i / width % inputs;
      int tap = i % width;
      weight[i] = byTap.values()[(output * width + tap) * inputs + input];
    }
    return new Convolution(byTap.name(), byTap.rows(), inputs, width, weight, bias);
  }
}
