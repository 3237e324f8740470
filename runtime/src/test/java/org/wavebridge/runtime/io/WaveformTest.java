package org.wavebridge.runtime.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Sound at another level. */
final class WaveformTest {
  @Test
  void theLevelIsTheRootOfTheMeanSquare() {
    float[] samples = new float[1000];
    for (int t = 0; t < samples.length; t++) {
      samples[t] = (float) (0.02 * Math.sin(0.1 * t * t));
    }
    for (double decibels : new double[] {-20, -33.5, -60}) {
      Waveform made = new Waveform(samples, 16000).atLevel(decibels);
      double sum = 0;
      for (float sample : made.samples()) {
        sum += (double) sample * sample;
      }
      assertEquals(decibels, 10 * Math.log10(sum / samples.length), 1e-5);
      assertEquals(16000, made.sampleRate());
    }
  }

  @Test
  void peaksAreCutAndSilenceStays() {
    float[] peak = {0, 0, 0, 0, 0, 0, 0, 0, -0.5f};
    assertArrayEquals(
        new float[] {0, 0, 0, 0, 0, 0, 0, 0, -1}, new Waveform(peak, 1).atLevel(-6).samples());
    assertArrayEquals(new float[3], new Waveform(new float[3], 1).atLevel(-20).samples());
    assertEquals(0, new Waveform(new float[0], 1).atLevel(-20).samples().length);
  }
}
