package org.wavebridge.runtime.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wavebridge.graphs.InputException;

/** Sines in, and what comes out of them. */
final class ResamplerTest {
  @ParameterizedTest
  @CsvSource({
    "44100,16000",
    "48000,16000",
    "16000,44100",
    "22050,16000",
    "24000,22050",
    "8000,16000",
    "44101,16000"
  })
  void whatBothRatesHoldPassesAndTheRestGoes(int from, int to) {
    double nyquist = Math.min(from, to) / 2.0;
    for (double part : new double[] {0.01, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9}) {
      double frequency = part * nyquist;
      float[] made = Resampler.resample(sine(frequency, from), to).samples();
      double worst = 0;
      for (int t = made.length / 4; t < 3 * made.length / 4; t++) {
        double expected = Math.sin(2 * Math.PI * frequency * t / to);
        worst = Math.max(worst, Math.abs(made[t] - expected));
      }
      // 0.01 dB is 0.00115 of the amplitude.
      assertTrue(worst < 1e-3, "%s of the band: %s".formatted(part, worst));
    }
    for (double part : new double[] {1.0005, 1.05, 1.2, 1.5, 1.9}) {
      double frequency = part * nyquist;
      if (frequency < from / 2.0) {
        float[] made = Resampler.resample(sine(frequency, from), to).samples();
        assertTrue(middle(made) < 3.2e-5, "%s of the band: %s".formatted(part, middle(made)));
      }
    }
  }

  @Test
  void imagesAreAsFarDownAsAliases() {
    // A sine of 3 kHz at 8 kHz has its image at 5 kHz, of which 16 kHz has room.
    float[] made = Resampler.resample(sine(3000, 8000), 16000).samples();
    double real = 0;
    double imaginary = 0;
    int from = made.length / 4;
    int count = 1600;
    for (int t = 0; t < count; t++) {
      double window = 1 - Math.cos(2 * Math.PI * t / count);
      real += window * made[from + t] * Math.cos(2 * Math.PI * 5000 * t / 16000);
      imaginary += window * made[from + t] * Math.sin(2 * Math.PI * 5000 * t / 16000);
    }
    double amplitude = 2 * Math.hypot(real, imaginary) / count;
    assertTrue(amplitude < 3.2e-5, "image of " + amplitude);
  }

  @Test
  void lengthsAndEdges() {
    Waveform waveform = new Waveform(new float[] {0.5f}, 44100);
    assertSame(waveform, Resampler.resample(waveform, 44100));
    assertEquals(1, Resampler.resample(waveform, 16000).samples().length);
    assertEquals(3, Resampler.resample(waveform, 88201).samples().length);
    assertEquals(0, Resampler.resample(new Waveform(new float[0], 8000), 16000).samples().length);
    assertEquals(
        "a recording of 1 samples at 44100 Hz cannot be resampled to 44 Hz",
        assertThrows(InputException.class, () -> Resampler.resample(waveform, 44)).getMessage());
    assertThrows(IllegalArgumentException.class, () -> Resampler.resample(waveform, 0));
  }

  /** The bits are promised on every machine. */
  @Test
  void theSameBitsEverywhere() {
    float[] ramp = new float[500];
    for (int t = 0; t < ramp.length; t++) {
      ramp[t] = (t * 37 % 101) / 101f - 0.5f;
    }
    float[] made = Resampler.resample(new Waveform(ramp, 44100), 16000).samples();
    assertEquals(182, made.length);
    assertEquals(HASH, Arrays.hashCode(made));
  }

  private static final int HASH = 1848191120;

  private static double middle(float[] samples) {
    double largest = 0;
    for (int t = samples.length / 4; t < 3 * samples.length / 4; t++) {
      largest = Math.max(largest, Math.abs(samples[t]));
    }
    return largest;
  }

  private static Waveform sine(double frequency, int rate) {
    float[] samples = new float[8000];
    for (int t = 0; t < samples.length; t++) {
      samples[t] = (float) Math.sin(2 * Math.PI * frequency * t / rate);
    }
    return new Waveform(samples, rate);
  }
}
