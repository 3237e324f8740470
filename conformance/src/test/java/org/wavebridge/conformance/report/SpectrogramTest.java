package org.wavebridge.conformance.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.graphs.model.MelScale;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.Waveform;

/** Pictures of sound against tones of known frequency, level and time, and plain sums. */
final class SpectrogramTest {
  private static final int RATE = 16000;

  /** A tone from a second to another, silence elsewhere; two seconds in all. */
  private static Waveform tone(double hertz, double amplitude, double from, double to) {
    float[] samples = new float[2 * RATE];
    for (int t = (int) (from * RATE); t < to * RATE; t++) {
      samples[t] = (float) (amplitude * Math.sin(2 * Math.PI * hertz * t / RATE));
    }
    return new Waveform(samples, RATE);
  }

  private static int loudest(HeatMap map, int column) {
    int loudest = 0;
    for (int row = 0; row < map.rows(); row++) {
      loudest = map.at(row, column) > map.at(loudest, column) ? row : loudest;
    }
    return loudest;
  }

  @ParameterizedTest
  @CsvSource({"250, 1", "1000, 0.5", "3210, 0.1", "7000, 0.01"})
  void aToneIsLoudestInItsRowAtItsLevel(double hertz, double amplitude) {
    HeatMap map =
        Spectrogram.of(
            tone(hertz, amplitude, 0, 2), Axis.straight("s", 0, 2), Axis.linear(RATE / 2.0));
    int column = map.columns() / 2;
    int row = loudest(map, column);
    double middle = (map.rows() - row - 0.5) / map.rows() * RATE / 2;
    assertEquals(hertz, middle, RATE / 2.0 / map.rows());
    // A window's largest bin is at most 1.42 dB below a tone between two bins.
    double level = 20 * Math.log10(amplitude);
    assertTrue(map.at(row, column) <= level + 0.01, "at most " + level);
    assertTrue(map.at(row, column) >= level - 1.43, "about " + level);
  }

  @ParameterizedTest
  @ValueSource(doubles = {400, 1000, 2500, 6000})
  void onAMelAxisToo(double hertz) {
    Axis frequency = Axis.mel(0, 8000, MelScale.HTK);
    HeatMap map = Spectrogram.of(tone(hertz, 0.5, 0, 2), Axis.straight("s", 0, 2), frequency);
    int row = loudest(map, map.columns() / 2);
    double mel = 2595 * Math.log10(1 + hertz / 700);
    double highest = 2595 * Math.log10(1 + 8000.0 / 700);
    double expected = map.rows() * (1 - mel / highest);
    assertEquals(expected, row + 0.5, 2, "half a bin of 31 Hz at 400 Hz is a row");
  }

  @Test
  void timeRunsToTheRight() {
    HeatMap map =
        Spectrogram.of(
            tone(1000, 0.5, 0.5, 0.75), Axis.straight("s", -0.5, 2), Axis.linear(RATE / 2.0));
    for (int column = 0; column < map.columns(); column++) {
      double seconds = -0.5 + 2.5 * (column + 0.5) / map.columns();
      double level = map.at(loudest(map, column), column);
      if (seconds > 0.55 && seconds < 0.7) {
        assertTrue(level > -8, "a tone at " + seconds);
      } else if (seconds < 0.46 || seconds > 0.79) {
        assertEquals(Spectrogram.SILENCE, level, "silence at " + seconds);
      }
    }
  }

  @Test
  void amplitudesAreThoseOfTheDefinition() {
    Random random = new Random(3);
    float[] samples = new float[100];
    for (int t = 0; t < samples.length; t++) {
      samples[t] = random.nextFloat() - 0.5f;
    }
    int size = 64;
    int from = -10;
    double[] fast = new Fourier(size).amplitudes(samples, from);
    for (int bin = 0; bin <= size / 2; bin++) {
      double real = 0;
      double imaginary = 0;
      for (int i = 10; i < size; i++) {
        double windowed = samples[from + i] * Math.pow(Math.sin(Math.PI * i / size), 2);
        real += windowed * Math.cos(2 * Math.PI * bin * i / size);
        imaginary -= windowed * Math.sin(2 * Math.PI * bin * i / size);
      }
      assertEquals(Math.hypot(real, imaginary) * 4 / size, fast[bin], 1e-12, "bin " + bin);
    }
  }

  @Test
  void featuresLieWithTheLowestBandAtTheBottom() {
    float[] values = {1, 2, 3, 4, 5, 6};
    HeatMap map = Spectrogram.of(new Features(2, 3, values));
    assertEquals(4, map.at(0, 0));
    assertEquals(6, map.at(0, 2));
    assertEquals(1, map.at(1, 0));
    assertEquals(3, map.at(1, 2));
    assertEquals(0, map.level(1, 0), "the smallest value is darkest");
    assertEquals(ColourMap.LEVELS - 1, map.level(0, 2));
  }

  @Test
  void longFeaturesAreThinnedByMeans() {
    float[] values = new float[9000];
    for (int frame = 0; frame < values.length; frame++) {
      values[frame] = frame;
    }
    HeatMap map = Spectrogram.of(new Features(1, values.length, values));
    assertEquals(900, map.columns());
    assertEquals(4.5, map.at(0, 0));
    assertEquals(8994.5, map.at(0, 899));
  }
}
