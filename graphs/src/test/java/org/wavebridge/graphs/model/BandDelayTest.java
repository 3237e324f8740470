package org.wavebridge.graphs.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.graphs.random.RandomModels;

/** Filter banks delay by as much as they say. */
final class BandDelayTest {
  /** The group delay in the middle of a band, from the phases of two frequencies beside it. */
  @ParameterizedTest
  @CsvSource({"2, 16", "3, 16", "4, 12"})
  void bankDelaysByHalfOfWhatItsTapsReach(int bands, int tapsPerBand) {
    CosineModulatedBank bank = CosineModulatedBank.kaiser(bands, tapsPerBand, 9);
    double middle = (bands - 1) / 2.0;
    for (int band = 1; band < bands - 1; band++) {
      double frequency = (band + 0.5) * Math.PI / bands;
      double step = 1e-4;
      double turn = phase(bank, band, frequency - step) - phase(bank, band, frequency + step);
      double delay = Math.IEEEremainder(turn, 2 * Math.PI) / (2 * step);
      assertEquals(bank.delay(), delay - middle, 1e-2, "band " + band);
    }
    assertEquals((tapsPerBand * bands - bands) / 2.0, bank.delay());
  }

  private static double phase(CosineModulatedBank bank, int band, double frequency) {
    double real = 0;
    double imaginary = 0;
    for (int n = 0; n < bank.prototype().length; n++) {
      real += bank.tap(band, n) * Math.cos(frequency * n);
      imaginary -= bank.tap(band, n) * Math.sin(frequency * n);
    }
    return Math.atan2(imaginary, real);
  }

  /** A ramp in the lowest band comes out as a ramp that is late. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void treeDelaysARamp(int levels) {
    QuadratureMirrorTree tree = RandomModels.tree(levels);
    int bands = tree.bands();
    double[] x = new double[400];
    for (int s = 0; s < x.length; s++) {
      x[s] = bands * s + (bands - 1) / 2.0;
    }
    for (int level = 0; level < levels; level++) {
      x = merged(tree, x);
    }
    double mean = 0;
    for (int t = x.length - bands; t < x.length; t++) {
      mean += (t - x[t]) / bands;
    }
    assertEquals(tree.delay(), mean, 1e-6);
  }

  /** A node whose higher band is silent. */
  private static double[] merged(QuadratureMirrorTree tree, double[] low) {
    double[] even = chain(tree.even(), low);
    double[] odd = chain(tree.odd(), low);
    double[] out = new double[2 * low.length];
    for (int i = 0; i < low.length; i++) {
      out[2 * i] = even[i];
      out[2 * i + 1] = odd[i];
    }
    return out;
  }

  private static double[] chain(float[] sections, double[] input) {
    double[] y = input;
    for (float c : sections) {
      double[] out = new double[y.length];
      double last = 0;
      for (int i = 0; i < y.length; i++) {
        double s = y[i] - c * last;
        out[i] = c * s + last;
        last = s;
      }
      y = out;
    }
    return y;
  }
}
