package org.wavebridge.reference;

import org.wavebridge.graphs.model.QuadratureMirrorTree;

/**
 * Bands to a waveform and back by a {@link QuadratureMirrorTree}, each operation rounded to
 * binary32 as the model says. Samples are whole numbers.
 */
public final class BandReference {
  private static final int HALF_RANGE = 32768;

  private BandReference() {}

  /** A chain of all-pass sections with its state. */
  private static final class Chain {
    private final float[] coefficients;
    private final float[] state;

    Chain(float[] coefficients) {
      this.coefficients = coefficients;
      this.state = new float[coefficients.length];
    }

    float next(float x) {
      float y = x;
      for (int k = 0; k < state.length; k++) {
        float s = y - coefficients[k] * state[k];
        y = coefficients[k] * s + state[k];
        state[k] = s;
      }
      return y;
    }
  }

  /**
   * Merges bands from the start of a stream.
   *
   * @param bands {@code [bands][steps]}, 16-bit samples
   * @return {@code [bands * steps]}, 16-bit samples
   */
  public static int[] merge(QuadratureMirrorTree tree, int[][] bands) {
    Shapes.requireLength("bands", tree.bands(), bands.length);
    return bands.length == 1 ? bands[0].clone() : mergeHalves(tree, bands);
  }

  private static int[] mergeHalves(QuadratureMirrorTree tree, int[][] bands) {
    int half = bands.length / 2;
    int[][] lower = new int[half][];
    int[][] upper = new int[half][];
    for (int band = 0; band < half; band++) {
      lower[band] = bands[band];
      upper[band] = bands[bands.length - 1 - band];
    }
    int[] low = half == 1 ? lower[0] : mergeHalves(tree, lower);
    int[] high = half == 1 ? upper[0] : mergeHalves(tree, upper);
    Chain even = new Chain(tree.even());
    Chain odd = new Chain(tree.odd());
    int[] merged = new int[2 * low.length];
    for (int i = 0; i < low.length; i++) {
      merged[2 * i] = limited(even.next((float) low[i] + high[i]));
      merged[2 * i + 1] = limited(odd.next((float) low[i] - high[i]));
    }
    return merged;
  }

  /**
   * Splits a waveform from its start.
   *
   * @param samples 16-bit samples, a multiple of the bands
   * @return {@code [bands][steps]}
   */
  public static int[][] split(QuadratureMirrorTree tree, int[] samples) {
    if (samples.length % tree.bands() != 0) {
      throw new IllegalArgumentException(
          "%d samples are no multiple of %d bands".formatted(samples.length, tree.bands()));
    }
    int[][] bands = {samples};
    for (int level = 0; level < tree.levels(); level++) {
      bands = splitEach(tree, bands);
    }
    return bands;
  }

  private static int[][] splitEach(QuadratureMirrorTree tree, int[][] bands) {
    int[][] next = new int[2 * bands.length][];
    for (int band = 0; band < bands.length; band++) {
      Chain odd = new Chain(tree.odd());
      Chain even = new Chain(tree.even());
      int[] low = new int[bands[band].length / 2];
      int[] high = new int[low.length];
      for (int i = 0; i < low.length; i++) {
        float a = odd.next(bands[band][2 * i]);
        float b = even.next(bands[band][2 * i + 1]);
        low[i] = limited((a + b) / 2);
        high[i] = limited((a - b) / 2);
      }
      // An odd band is mirrored, so its halves come the other way round.
      next[2 * band] = band % 2 == 0 ? low : high;
      next[2 * band + 1] = band % 2 == 0 ? high : low;
    }
    return next;
  }

  private static int limited(float x) {
    return (int) Math.max(-HALF_RANGE, Math.min(HALF_RANGE - 1, x));
  }
}
