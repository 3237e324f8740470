package org.wavebridge.conformance.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.ExcitationDraw;
import org.wavebridge.graphs.model.FeatureFormat;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.NpyFile;
import org.wavebridge.runtime.io.WavFile;
import org.wavebridge.runtime.io.Waveform;

/** Features of recordings for LPCNet, against those of the original C code. */
final class LpcNetFeaturesTest {
  private static final int PERIOD = 18;
  private static final int CORRELATION = 19;

  @TempDir Path folder;

  private Features features(Waveform recording) {
    VocoderModel model =
        RandomModels.lpcNet(1, 8, 4, 20, 1, new BlockShape(1, 1), ExcitationDraw.TREE, false)
            .with(new FeatureFormat(36, 160, Optional.empty()));
    BundleManifest.Source source = new BundleManifest.Source("random", "0");
    Path bundle = folder.resolve("voice");
    try (StagedBundle staged =
        StagedBundle.write(model, Optional.empty(), source, "test", bundle)) {
      staged.publish();
    }
    try (Vocoder vocoder = Vocoder.open(bundle, VocoderOptions.defaults().withBackend("stock"))) {
      return vocoder.features(recording);
    }
  }

  @Test
  void speech() {
    double[] expected = NpyFile.read(Golden.trained("lpcnet/utterance_features.npy")).doubles();
    Features found = features(WavFile.read(Golden.trained("lpcnet/utterance.wav")));
    int values = found.mels();
    assertEquals(expected.length, values * found.frames());
    double[] worst = new double[values];
    for (int frame = 0; frame < found.frames(); frame++) {
      for (int i = 0; i < values; i++) {
        double off = expected[frame * values + i] - found.values()[i * found.frames() + frame];
        worst[i] = Math.max(worst[i], Math.abs(off));
      }
    }
    for (int i = 0; i < values; i++) {
      // A period is a multiple of 0.01. Coefficients are as close as binary32 has them there.
      double bound = i < PERIOD ? 1e-4 : i == PERIOD ? 1e-6 : i == CORRELATION ? 1e-3 : 1e-2;
      Golden.within("feature " + i, bound, worst[i]);
    }
  }

  /** The pitch of pulses is the distance between them, and of noise it correlates little. */
  @Test
  void pulses() {
    float[] samples = new float[16000];
    for (int t = 0; t < samples.length; t += 125) {
      samples[t] = 0.5f;
    }
    Features found = features(new Waveform(samples, 16000));
    for (int frame = 20; frame < found.frames(); frame++) {
      assertEquals(0.02 * (125 - 100), found.values()[PERIOD * found.frames() + frame], 0.011);
    }
  }
}
