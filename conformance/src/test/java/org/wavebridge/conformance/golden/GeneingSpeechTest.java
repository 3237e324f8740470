package org.wavebridge.conformance.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wavebridge.conformance.reference.Golden.within;

import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.conformance.reference.Golden;
import org.wavebridge.conformance.reference.GoldenFamily;
import org.wavebridge.conformance.reference.Likelihood;
import org.wavebridge.graphs.model.ResidualGruNetwork;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.runtime.WaveformEncoder;
import org.wavebridge.runtime.io.Features;

/** geneing's trained model on speech that came with it. */
final class GeneingSpeechTest {
  /** Samples until the state has forgotten where it started. */
  private static final int SETTLED = 1000;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "stock"})
  void bitsPerSampleAreThoseOfItsOwnCode(String backend) {
    Golden speech = Golden.of("geneing_real/speech.npz");
    float[] audio = speech.floats("audio");
    float[] given = Arrays.copyOfRange(audio, 1, audio.length);
    int frames = speech.array("mel").shape()[1];
    Features mel = new Features(80, frames, speech.floats("mel"));
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

  @Test
  void prunedMatricesAreStoredSparse() {
    ResidualGruNetwork network = (ResidualGruNetwork) GoldenFamily.GENEING.read().model().network();
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
