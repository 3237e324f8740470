package org.wavebridge.exporter.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.exporter.files.CheckpointFiles;
import org.wavebridge.graphs.CheckpointException;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.BidirectionalGru;
import org.wavebridge.graphs.model.FeatureFormat;
import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.MelAnalysis.LogScale;
import org.wavebridge.graphs.model.MelScale;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.embeddinggru.EmbeddingGruNetwork;

/** Both versions of UniversalVocoding: what tells them apart, and what each means. */
final class UniVocTest {
  private static VocoderModel read(String folder) {
    return Exporter.read(
            CheckpointFiles.golden(folder + "/checkpoint_zip.pt"),
            "auto",
            Optional.of(CheckpointFiles.golden(folder + "/config.json")))
        .model();
  }

  @Test
  void theSecondVersion() {
    VocoderModel model = read("univoc");
    assertEquals("univoc", model.family());
    assertEquals(new AudioFormat(16000, 10, SampleEncoding.MU_LAW_CENTRED, 0, 0), model.audio());
    MelAnalysis analysis =
        MelAnalysis.of(2048, 800, 8000, MelScale.SLANEY, LogScale.DECIBEL)
            .withLowest(50)
            .normalised(-20, 80)
            .clipped(-1, Double.POSITIVE_INFINITY)
            .withPreEmphasis(0.97);
    assertEquals(new FeatureFormat(80, 200, Optional.of(analysis)), model.features());
    assertEquals(Utterance.WHOLE, model.utterance());
    assertEquals(512 * 2f / 1023 - 1, model.network().initialPrevious()[0], 1e-7);
  }

  @Test
  void theFirstVersion() {
    VocoderModel model = read("univoc_v01");
    assertEquals("univoc_v01", model.family());
    assertEquals(new AudioFormat(16000, 9, SampleEncoding.MU_LAW, 0, 0), model.audio());
    assertEquals(220, model.features().hop());
    MelAnalysis analysis = model.features().analysis().orElseThrow();
    assertEquals(880, analysis.windowLength());
    assertEquals(0, analysis.minimum());
    assertEquals(100, analysis.shift());
    assertEquals(100, analysis.scale());
  }

  /** torch's nearest interpolation in binary32, for the hops that the project's users have. */
  @Test
  void framesThatBeginLate() {
    for (int hop : new int[] {61, 82, 110, 188, 220}) {
      assertTrue(BidirectionalGru.hasLateFrames(hop), "hop " + hop);
    }
    for (int hop : new int[] {1, 128, 160, 200, 256, 275, 300}) {
      assertEquals(false, BidirectionalGru.hasLateFrames(hop), "hop " + hop);
    }
    assertEquals(0, BidirectionalGru.frame(220, 220));
    assertEquals(1, BidirectionalGru.frame(221, 220));
    assertEquals(3, BidirectionalGru.frame(660, 220));
  }

  /** The tensors alone do not tell the version, so it is asked for. */
  @Test
  void theVersionIsAskedFor() {
    Checkpoint whole = GoldenFile.UNIVOC.checkpoint();
    Checkpoint bare =
        new Checkpoint(
            whole.file(), whole.container(), whole.sha256(), "model", whole.tensors(), Map.of());
    CheckpointException refused =
        assertThrows(CheckpointException.class, () -> Families.read(bare, Families.AUTO, Map.of()));
    assertEquals(
        bare.file()
            + ": has the tensors of univoc, univoc_v01, but it does not show whose it is; choose with --family",
        refused.getMessage());
    for (String family : List.of("univoc", "univoc_v01")) {
      assertEquals(family, Families.read(bare, family, Map.of()).model().family());
    }
  }

  /** A row of the table is what an embedding adds to the gates. */
  @Test
  void theTableOfEmbeddings() {
    Checkpoint checkpoint = GoldenFile.UNIVOC.checkpoint();
    float[] embeddings = checkpoint.tensors().get("embedding.weight").toFloats();
    float[] input = checkpoint.tensors().get("rnn2.weight_ih_l0").toFloats();
    EmbeddingGruNetwork network = (EmbeddingGruNetwork) GoldenFile.UNIVOC.read().model().network();
    int size = embeddings.length / 1024;
    int columns = input.length / (3 * network.hidden());
    for (int k : new int[] {0, 511, 1023}) {
      for (int row = 0; row < 3 * network.hidden(); row += 17) {
        double sum = 0;
        for (int j = 0; j < size; j++) {
          sum += (double) input[row * columns + j] * embeddings[k * size + j];
        }
        assertEquals((float) sum, network.table().at(k, row));
      }
    }
  }

  @Test
  void aConfigurationThatTheTensorsContradict() {
    CheckpointException refused =
        assertThrows(
            CheckpointException.class,
            () ->
                Families.read(
                    GoldenFile.UNIVOC.checkpoint(),
                    Families.AUTO,
                    Map.of("model", Map.of("rnn_size", 896))));
    assertTrue(
        String.valueOf(refused.getMessage())
            .contains("setting 'rnn_size' is 896, but the tensors say 64"),
        refused.getMessage());
  }
}
