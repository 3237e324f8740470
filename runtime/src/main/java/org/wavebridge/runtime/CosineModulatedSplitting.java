package org.wavebridge.runtime;

import org.wavebridge.graphs.model.CosineModulatedBank;

/** The analysis that belongs to a {@link CosineModulatedBank}, in double precision. */
final class CosineModulatedSplitting implements BandSplitting {
  private static final int HALF_RANGE = 32768;

  private final CosineModulatedBank bank;

  CosineModulatedSplitting(CosineModulatedBank bank) {
    this.bank = bank;
  }

  @Override
  public float[] split(float[] waveform) {
    int bands = bank.bands();
    int length = bank.prototype().length;
    double[][] filters = new double[bands][length];
    for (int band = 0; band < bands; band++) {
      for (int n = 0; n < length; n++) {
        filters[band][n] = bank.splittingTap(band, n);
      }
    }
    // The last of the samples that a step stands for, or the one that centres the filters on it.
    int ahead = bank.cut() > 0 ? bank.cut() : bands - 1;
    float[] values = new float[waveform.length / bands * bands];
    for (int i = 0; i < values.length; i++) {
      int newest = i / bands * bands + ahead;
      double[] filter = filters[i % bands];
      double sum = 0;
      for (int n = Math.max(0, newest + 1 - waveform.length);
          n < Math.min(length, newest + 1);
          n++) {
        sum += filter[n] * waveform[newest - n];
      }
      values[i] = bank.limited() ? sixteenBits(sum) : (float) sum;
    }
    return values;
  }

  private static float sixteenBits(double value) {
    double level = Math.max(-HALF_RANGE, Math.min(HALF_RANGE - 1, value * HALF_RANGE));
    return (int) level / (float) HALF_RANGE;
  }
}
