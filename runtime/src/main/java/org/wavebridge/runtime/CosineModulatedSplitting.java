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
        filters[band][n] = bank.tap(band, length - 1 - n);
      }
    }
    float[] values = new float[waveform.length / bands * bands];
    for (int i = 0; i < values.length; i++) {
      // The last of the samples that a step stands for.
      int newest = i / bands * bands + bands - 1;
      double[] filter = filters[i % bands];
      double sum = 0;
      for (int n = 0; n < Math.min(length, newest + 1); n++) {
        sum += filter[n] * waveform[newest - n];
      }
      double level = Math.max(-HALF_RANGE, Math.min(HALF_RANGE - 1, sum * HALF_RANGE));
      values[i] = (int) level / (float) HALF_RANGE;
    }
    return values;
  }
}
