package org.wavebridge.conformance.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.BundleManifest.BandPart;
import org.wavebridge.graphs.bundle.BundleManifest.GraphFile;
import org.wavebridge.graphs.bundle.BundleManifest.Source;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.CosineModulatedBank;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.reference.CosineBankReference;
import org.wavebridge.runtime.WaveformEncoder;

final class CosineBankTest {
  private static float[] noise(int length) {
    Random random = new Random(3);
    float[] noise = new float[length];
    for (int t = 0; t < length; t++) {
      noise[t] = (random.nextFloat() - 0.5f) * 0.4f;
    }
    return noise;
  }

  private static float[] split(CosineModulatedBank bank, float[] waveform) {
    VocoderModel model = RandomModels.multiBand(1, 16, 4, bank, 2, 1, 1, new BlockShape(1, 1));
    List<GraphFile> graphs = List.of();
    BundleManifest manifest =
        BundleManifest.of(model, Optional.empty(), "test", graphs, new Source("checkpoint", "00"));
    assertEquals(bank.bands(), manifest.bands().map(BandPart::count).orElseThrow());
    return new WaveformEncoder(manifest).encode(waveform);
  }

  /**
   * A signal that is split and merged comes back L - N samples late, but for aliasing and 16 bits.
   */
  @ParameterizedTest
  @CsvSource({
    "2, 16, 55",
    "3, 16, 55",
    "4, 16, 55",
    "5, 16, 55",
    "7, 12, 50",
    "16, 16, 55",
    "4, 8, 30"
  })
  void splitAndMergedIsTheWaveform(int bands, int taps, double decibels) {
    CosineModulatedBank bank = CosineModulatedBank.kaiser(bands, taps, 9);
    float[] waveform = noise(bands * 600);
    float[] merged = CosineBankReference.merge(bank, split(bank, waveform));
    int delay = bank.prototype().length - bands;
    double error = 0;
    double power = 0;
    for (int t = 2 * delay; t < merged.length; t++) {
      error += Math.pow(merged[t] - waveform[t - delay], 2);
      power += Math.pow(waveform[t - delay], 2);
    }
    double ratio = 10 * Math.log10(power / error);
    assertTrue(ratio > decibels, "signal to error: " + ratio + " dB");
  }

  /** A tone in the middle of a band is in that band. */
  @Test
  void bandsGoFromLowToHigh() {
    CosineModulatedBank bank = CosineModulatedBank.kaiser(5, 16, 9);
    for (int band = 0; band < 5; band++) {
      float[] tone = new float[3000];
      for (int t = 0; t < tone.length; t++) {
        tone[t] = (float) (0.5 * Math.sin(Math.PI * (band + 0.5) / 5 * t));
      }
      double[] energy = new double[5];
      float[] values = split(bank, tone);
      for (int i = 500; i < values.length; i++) {
        energy[i % 5] += values[i] * values[i];
      }
      double loudest = IntStream.range(0, 5).mapToDouble(k -> energy[k]).max().orElseThrow();
      double all = IntStream.range(0, 5).mapToDouble(k -> energy[k]).sum();
      assertEquals(loudest, energy[band]);
      assertTrue(energy[band] > 0.999 * all, "band " + band);
    }
  }

  @Test
  void theSumIsThatOfTheDefinition() {
    float[] prototype = {0.05f, 0.1f, 0.2f, 0.3f, 0.2f, 0.1f, 0.05f};
    CosineModulatedBank bank = new CosineModulatedBank(3, prototype);
    assertEquals(3, bank.steps());
    assertEquals(6, bank.stateSize());
    float[] values = noise(30);
    double[] exact = CosineBankReference.exact(bank, values);
    float[] merged = CosineBankReference.merge(bank, values);
    double[] found = IntStream.range(0, 30).mapToDouble(t -> merged[t]).toArray();
    assertArrayEquals(exact, found, 1e-7);
    float[] impulse = new float[9];
    impulse[1] = 0.5f;
    double centre = 3;
    for (int t = 0; t < 7; t++) {
      double tap = 2 * prototype[t] * Math.cos(Math.PI / 2 * (t - centre) + Math.PI / 4);
      assertEquals(3 * 0.5 * tap, CosineBankReference.merge(bank, impulse)[t], 1e-7);
    }
  }

  @Test
  void wrongSizes() {
    for (int bands : new int[] {1, 65, 7}) {
      assertThrows(
          IllegalArgumentException.class, () -> new CosineModulatedBank(bands, new float[7]));
    }
  }
}
