package org.wavebridge.conformance.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.wavebridge.conformance.golden.Golden.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.conformance.golden.Golden;
import org.wavebridge.conformance.golden.GoldenFamily;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.CosineModulatedBank;
import org.wavebridge.graphs.model.MuLaw;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.reference.CosineBankReference;
import org.wavebridge.runtime.WaveformEncoder;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.Waveform;

/** The filter bank and the analysis of Multiband-WaveRNN against the project's own. */
final class MultiBandFiltersTest {
  private static final CosineModulatedBank BANK = CosineModulatedBank.windowed(4, 62, 0.15, 9);

  @TempDir Path folder;

  private static Golden golden() {
    return Golden.ofTrained("rjhuang_multiband/golden.npz");
  }

  /** The project correlates with its filters, so they are ours from behind. */
  @Test
  void taps() {
    Golden golden = golden();
    double[] synthesis = golden.doubles("pqmf_synthesis_filter");
    double[] analysis = golden.doubles("pqmf_analysis_filter");
    for (int i = 0; i < 4 * 63; i++) {
      int band = i / 63;
      int n = 62 - i % 63;
      assertEquals(synthesis[i], BANK.tap(band, n), 1e-7, "synthesis " + i);
      assertEquals(analysis[i], BANK.splittingTap(band, n), 1e-7, "analysis " + i);
    }
  }

  @Test
  void splittingAndMerging() {
    Golden golden = golden();
    var model = RandomModels.multiBand(1, 16, 4, BANK, 2, 1, 1, new BlockShape(1, 1));
    var source = new BundleManifest.Source("checkpoint", "00");
    BundleManifest manifest = BundleManifest.of(model, Optional.empty(), "test", List.of(), source);
    float[] bands = new WaveformEncoder(manifest).encode(golden.floats("pqmf_in"));
    double[] expected = golden.doubles("pqmf_bands");
    double worst = 0;
    for (int i = 0; i < bands.length; i++) {
      worst = Math.max(worst, Math.abs(expected[i % 4 * 400 + i / 4] - bands[i]));
    }
    assertEquals(expected.length, bands.length);
    within("bands", 1e-6, worst);
    double[] merged = FamilyParityTest.widened(merged(bands));
    within("merged", 1e-6, Golden.difference(golden.doubles("pqmf_out"), 0, merged));
  }

  /** Silence after the last step brings what the delay holds back. */
  private static float[] merged(float[] bands) {
    float[] silenced = Arrays.copyOf(bands, bands.length + 32);
    float[] made = CosineBankReference.merge(BANK, silenced);
    return Arrays.copyOfRange(made, BANK.cut(), BANK.cut() + bands.length);
  }

  /** The labels to be predicted are of the signal that the features are of, but for 9 bits. */
  @Test
  void featuresOfTheSignalToBePredicted() {
    Golden golden = golden();
    int[] labels = golden.ints("tf_target");
    float[] bands = new float[labels.length];
    for (int i = 0; i < bands.length; i++) {
      bands[i] = (float) MuLaw.expand(2 * labels[i] / 511f - 1, 511);
    }
    Waveform signal = new Waveform(merged(bands), 24000);
    try (GoldenVoice voice = GoldenVoice.open(GoldenFamily.MULTIBAND, folder, "cpu")) {
      Features expected = GoldenFamily.MULTIBAND.mel();
      Features found = voice.vocoder.features(signal);
      int lead = voice.vocoder.manifest().utterance().leadFrames();
      double sum = 0;
      int count = 0;
      // The first and last windows reach beyond the signal.
      for (int frame = 3; frame < found.frames() - 3; frame++) {
        for (int mel = 0; mel < 80; mel++) {
          float one = expected.values()[mel * expected.frames() + frame + lead];
          sum += Math.abs(one - found.values()[mel * found.frames() + frame]);
          count++;
        }
      }
      within("mean difference of features", 6e-3, sum / count);
    }
  }
}
