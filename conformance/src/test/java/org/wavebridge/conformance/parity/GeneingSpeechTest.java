package org.wavebridge.conformance.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wavebridge.conformance.golden.Golden.within;

import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.conformance.golden.Golden;
import org.wavebridge.conformance.golden.GoldenFamily;
import org.wavebridge.exporter.family.ImportedModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;
import org.wavebridge.reference.Likelihood;
import org.wavebridge.runtime.WaveformEncoder;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.NpyFile;
import org.wavebridge.runtime.io.WavFile;

/** geneing's trained model on speech that came with it. */
final class GeneingSpeechTest {
  /** Samples until the state has forgotten where it started. */
  private static final int SETTLED = 1000;

  private static final String SPEECH = "geneing_real/mel-northandsouth_52_f000076";
  private static final int MELS = 80;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "stock"})
  void bitsPerSampleAreThoseOfItsOwnCode(String backend) {
    Features mel = frames(198, 242);
    float[] given =
        Arrays.copyOfRange(WavFile.read(Golden.trained(SPEECH + ".wav")).samples(), 40000, 48000);
    try (GoldenVoice voice = GoldenVoice.open(GoldenFamily.GENEING, folder, backend)) {
      float[] values = new WaveformEncoder(voice.vocoder.manifest()).encode(given);
      double[][] logits = FamilyParityTest.logits(voice, GoldenFamily.GENEING, mel, 2, values);
      double sum = 0;
      for (int t = SETTLED; t < values.length; t++) {
        sum += Likelihood.bits(voice.imported.model().network(), logits[t], values[t]);
      }
      assertEquals(8000, values.length);
      double found = sum / (values.length - SETTLED);
      within(backend + " bits per sample " + found, 0.01, Math.abs(found - 4.3867));
    }
  }

  /** Frames of the features, which lie frame by frame in their file. */
  private static Features frames(int from, int to) {
    float[] all = NpyFile.read(Golden.trained(SPEECH + ".npy")).floats();
    float[] values = new float[MELS * (to - from)];
    for (int i = 0; i < values.length; i++) {
      values[i] = all[(from + i % (to - from)) * MELS + i / (to - from)];
    }
    return new Features(MELS, to - from, values);
  }

  @Test
  void prunedMatricesAreStoredSparse() {
    assertSparse(GoldenFamily.GENEING.random());
  }

  @Test
  void trainedMatricesAreStoredSparse() {
    assertSparse(GoldenFamily.GENEING.read());
  }

  private static void assertSparse(ImportedModel imported) {
    ResidualGruNetwork network = (ResidualGruNetwork) imported.model().network();
    for (WeightMatrix matrix :
        new WeightMatrix[] {
          network.gru1Input().weight(),
          network.gru1Recurrent().weight(),
          network.fc1().weight(),
          network.output().weight()
        }) {
      assertTrue(matrix.blocks().isPresent(), matrix.name());
      double density = (double) matrix.nonZeros() / matrix.values().length;
      assertTrue(density < 0.17, matrix.name() + ": " + density);
    }
    assertEquals("1x4", network.gru1Recurrent().weight().blocks().orElseThrow().toString());
  }
}
