package org.wavebridge.exporter.family;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.exporter.files.Altered;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.MelAnalysis.LogScale;
import org.wavebridge.graphs.model.MelScale;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;

/** Projects that took fatchord's or CorentinJ's vocoder over and changed what is around it. */
final class RelativesTest {
  private static final int MELS = 80;

  @TempDir Path folder;

  @Test
  void forwardTacotronIsAskedForByName() {
    ImportedModel assumed = Altered.raw(folder).read();
    assertEquals("fatchord", assumed.model().family());
    assertEquals(
        "all 56 tensors are there; taken for fatchord, files of forwardtacotron look the same: --family says so",
        assumed.reason());
    VocoderModel model = Altered.raw(folder).read("forwardtacotron", Map.of()).model();
    assertEquals("forwardtacotron", model.family());
    assertEquals(
        Optional.of(MelAnalysis.of(1024, 1024, 8000, MelScale.SLANEY, LogScale.NATURAL)),
        model.features().analysis());
    // 0 is loud in this scale, and what frames are padded with all the same.
    assertEquals(0, ((UpsampledMels) model.conditioner()).padValue());
    assertEquals(assumed.model().utterance(), model.utterance());
    assertEquals(assumed.model().audio(), model.audio());
    sameNetworks(assumed.model(), model);
  }

  @Test
  void mockingBirdIsAskedForByName() {
    Altered golden = Altered.raw(folder);
    assertEquals(
        Optional.of("all tensors are there, but they are those of corentinj too"),
        new MockingBird().doubt(GoldenFile.CORENTINJ.checkpoint()));
    assertEquals(
        "all 56 tensors are there; taken for corentinj, files of mockingbird look the same: --family says so",
        GoldenFile.CORENTINJ.read().reason());
    VocoderModel plain = golden.read("corentinj", Map.of()).model();
    VocoderModel model = golden.read("mockingbird", Map.of("hop_length", 300)).model();
    assertEquals("mockingbird", model.family());
    assertEquals(275, model.features().hop());
    assertEquals(plain.audio(), model.audio());
    Utterance expected =
        Utterance.WHOLE.with(Utterance.Crossfade.RELEASE).joiningValues().withFadeSamples(20 * 300);
    assertEquals(expected, model.utterance());
    sameNetworks(plain, model);
  }

  /** Before its hop changed, and where the hop is left to it. */
  @Test
  void hopsOfMockingBird() {
    Altered golden = Altered.raw(folder);
    Utterance same = golden.read("mockingbird", Map.of()).model().utterance();
    assertEquals(5500, same.fadeSamples());
    assertEquals(1, same.tailFrames());
    golden.refused(
        "mockingbird",
        Map.of("hop_length", 256),
        "setting 'hop_length': expected a whole number from 275 to 65536, found 256");
  }

  /** A column of zeros stands for the channel that the input layer leaves out. */
  @Test
  void wqt2019IsFoundByItsInputLayer() {
    Altered zero = Altered.raw(folder);
    float[] whole = zero.values("I.weight");
    int columns = 1 + MELS + 8;
    int rows = whole.length / columns;
    float[] less = new float[rows * (columns - 1)];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(whole, row * columns, less, row * (columns - 1), columns - 1);
      whole[row * columns + columns - 1] = 0;
    }
    VocoderModel fatchord = zero.read().model();
    ImportedModel read = Altered.raw(folder).put("I.weight", less, rows, columns - 1).read();
    VocoderModel model = read.model();
    assertEquals("wqt2019", model.family());
    assertEquals("all 56 tensors are there", read.reason());
    sameNetworks(fatchord, model);
    assertEquals(new AudioFormat(16000, 9, SampleEncoding.MU_LAW, 0.97f, 20), model.audio());
    assertEquals(Utterance.PLAIN.fadingEmphasised(), model.utterance());
    assertEquals(
        Optional.of(
            MelAnalysis.of(1024, 800, 8000, MelScale.SLANEY, LogScale.DECIBEL)
                .normalised(80, 100)
                .clipped(0, 1)
                .withPreEmphasis(0.97)),
        model.features().analysis());
    VocoderModel off =
        Altered.raw(folder)
            .put("I.weight", less, rows, columns - 1)
            .read("wqt2019", Map.of("preemphasize", false, "ref_level_db", 10))
            .model();
    assertEquals(0, off.audio().deEmphasis());
    assertEquals(90, off.features().analysis().orElseThrow().shift());
    Altered.raw(folder)
        .put("I.weight", less, rows, columns - 1)
        .refused(
            "fatchord",
            Map.of(),
            "tensor 'I.weight': expected shape [any, 89], found [%d, 88]".formatted(rows));
  }

  private static void sameNetworks(VocoderModel expected, VocoderModel found) {
    List<WeightMatrix> one = expected.network().matrices();
    List<WeightMatrix> other = found.network().matrices();
    assertEquals(one.size(), other.size());
    for (int i = 0; i < one.size(); i++) {
      assertEquals(one.get(i).name(), other.get(i).name());
      assertArrayEquals(one.get(i).values(), other.get(i).values(), one.get(i).name());
    }
  }
}
