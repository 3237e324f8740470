package org.wavebridge.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.MelAnalysis.LogScale;
import org.wavebridge.graphs.model.MelScale;

final class MelReferenceTest {
  @Test
  void scalesHaveTheirKnownPoints() {
    assertEquals(1000, MelReference.toMel(1000, MelScale.HTK), 0.02);
    assertEquals(15, MelReference.toMel(1000, MelScale.SLANEY), 1e-12);
    assertEquals(42, MelReference.toMel(6400, MelScale.SLANEY), 1e-12);
    assertEquals(3, MelReference.toMel(200, MelScale.SLANEY), 1e-12);
    for (MelScale scale : MelScale.values()) {
      for (double hertz : new double[] {0, 95, 999, 1001, 7600}) {
        double back = MelReference.toHertz(MelReference.toMel(hertz, scale), scale);
        assertEquals(hertz, back, 1e-9);
      }
    }
  }

  @Test
  void reflectionLeavesTheEndsSingle() {
    int[] expected = {2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0};
    for (int i = -4; i < 7; i++) {
      assertEquals(expected[i + 4], MelReference.reflect(i, 4), "index " + i);
    }
    assertEquals(0, MelReference.reflect(-5, 1));
  }

  /** A sine of amplitude 1 has the magnitude (sum of the window) / 2 = 200 at its frequency. */
  @Test
  void aToneLiesInItsBand() {
    for (MelScale scale : MelScale.values()) {
      MelReference reference = new MelReference(analysis(scale, LogScale.NATURAL), 40, 200, 16000);
      float[] tone = new float[4000];
      for (int t = 0; t < tone.length; t++) {
        tone[t] = (float) Math.sin(2 * Math.PI * 2000 * t / 16000);
      }
      double[][] features = reference.features(tone);
      assertEquals(21, features[0].length);
      int loudest = 0;
      for (int m = 0; m < 40; m++) {
        loudest = features[m][10] > features[loudest][10] ? m : loudest;
      }
      double step = MelReference.toMel(8000, scale) / 41;
      double centre = MelReference.toHertz((loudest + 1) * step, scale);
      double distance = Math.abs(MelReference.toMel(2000, scale) - (loudest + 1) * step);
      assertTrue(distance <= step / 2 + 1e-9, scale + ": band at " + centre + " Hz");
    }
  }

  @Test
  void silenceIsTheFloorNormalisedAndClipped() {
    float[] silence = new float[1000];
    MelAnalysis natural = analysis(MelScale.HTK, LogScale.NATURAL);
    assertEquals(
        Math.log(1e-5), new MelReference(natural, 40, 200, 16000).features(silence)[0][0], 1e-12);
    MelAnalysis decibel =
        MelAnalysis.of(1024, 800, 8000, MelScale.SLANEY, LogScale.DECIBEL)
            .withFloor(1e-4)
            .normalised(100, 100)
            .clipped(0.25, 1);
    assertEquals(0.25, new MelReference(decibel, 40, 200, 16000).features(silence)[39][5]);
  }

  /** An impulse has a flat spectrum, so a band holds the window's value there times its area. */
  @Test
  void filtersHaveUnitAreaInHertz() {
    float[] impulse = new float[2000];
    impulse[1000] = 1;
    MelReference reference =
        new MelReference(analysis(MelScale.HTK, LogScale.NATURAL), 20, 200, 16000);
    double[][] features = reference.features(impulse);
    double binsPerHertz = 1024 / 16000.0;
    for (int m = 5; m < 20; m++) {
      assertEquals(binsPerHertz, Math.exp(features[m][5]), 0.01 * binsPerHertz, "band " + m);
    }
  }

  private static MelAnalysis analysis(MelScale scale, LogScale log) {
    return MelAnalysis.of(1024, 800, 8000, scale, log);
  }
}
