package org.wavebridge.conformance.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.wavebridge.conformance.golden.Golden.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wavebridge.conformance.golden.Golden;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.runtime.Folding;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.UniformSource;
import org.wavebridge.runtime.io.Features;

/**
 * Folded generation against fatchord's own, with both of its crossfades, and coqui's of mixtures;
 * folds that start inside a frame included.
 */
final class FoldingParityTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "cpu, fatchord_raw/checkpoint_zip.pyt, 1",
    "stock, fatchord_raw/checkpoint_zip.pyt, 1",
    "cpu, fatchord_mol/checkpoint_zip.pyt, 11",
    "stock, fatchord_mol/checkpoint_zip.pyt, 11",
    "cpu, coqui_mold/checkpoint_zip.pth, 11",
    "stock, coqui_mold/checkpoint_zip.pth, 11"
  })
  void foldsAndWaveformsAreThoseRecorded(String backend, String checkpoint, int draws) {
    String family = checkpoint.substring(0, checkpoint.indexOf('/'));
    Golden golden = Golden.of(family + "/golden.npz");
    int[] sizes = golden.ints("fold_target_overlap");
    try (GoldenVoice voice = GoldenVoice.open(checkpoint, folder, backend)) {
      Features mel = voice.mel(family + "/mel.npy");
      UniformSource recorded = recorded(golden, draws);
      Utterance.Crossfade usual = voice.imported.model().utterance().crossfade();
      Folding folding = new Folding(sizes[0], sizes[1], usual);
      float[][] folds =
          voice.vocoder.generateFolds(
              mel, GenerateOptions.seed(0), folding, recorded, Progress.NONE);
      double[] raw = golden.doubles("fold_raw");
      for (int fold = 0; fold < folds.length; fold++) {
        // Less than a hundredth of the distance of two classes, so every class is the same.
        within(family + " fold " + fold, 2e-5, Golden.difference(raw, fold, widened(folds[fold])));
      }
      assertEquals(raw.length, folds.length * folds[0].length);
      assertWaveform(family, golden.doubles("fold_wav"), voice, mel, folding, recorded);
      if (family.startsWith("fatchord")) {
        assertEquals(Utterance.Crossfade.SUSTAIN, usual);
        Folding release = new Folding(sizes[0], sizes[1], Utterance.Crossfade.RELEASE);
        assertWaveform(family, golden.doubles("fold_wav_fixbranch"), voice, mel, release, recorded);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "en-us-16k/checkpoint.pt, en-us-16k/agent-pass.npy",
    "fatchord_raw/checkpoint_zip.pyt, fatchord_raw/mel.npy",
    "fatchord_mol/checkpoint_zip.pyt, fatchord_mol/mel.npy"
  })
  void rowsOfABatchAreWhatTheyAreAlone(String checkpoint, String features) {
    try (GoldenVoice voice = GoldenVoice.open(checkpoint, folder, "cpu")) {
      Features mel = voice.mel(features);
      List<Features> utterances = new ArrayList<>();
      for (int frames : new int[] {7, 24, 3, 2, 16}) {
        utterances.add(VoiceParityTest.start(mel, frames));
      }
      GenerateOptions options = GenerateOptions.seed(8).withChunkFrames(5);
      var together = voice.vocoder.generateAll(utterances, options, Progress.NONE);
      for (int i = 0; i < utterances.size(); i++) {
        assertArrayEquals(
            voice.vocoder.generate(utterances.get(i), options, Progress.NONE).samples(),
            together.get(i).samples(),
            "utterance " + i);
      }
    }
  }

  private static void assertWaveform(
      String family,
      double[] expected,
      GoldenVoice voice,
      Features mel,
      Folding folding,
      UniformSource uniforms) {
    float[] made =
        voice
            .vocoder
            .generateFolded(mel, GenerateOptions.seed(0), folding, uniforms, Progress.NONE)
            .samples();
    assertEquals(expected.length, made.length);
    within(family + " " + folding, 1e-4, Golden.difference(expected, 0, widened(made)));
  }

  /** Uniforms recorded as [step, fold] or, for a mixture, [step, fold, 10] and [step, fold]. */
  private static UniformSource recorded(Golden golden, int draws) {
    float[] last = golden.floats(draws == 1 ? "fold_u" : "fold_u_x");
    float[] mixture = draws == 1 ? new float[0] : golden.floats("fold_u_mix");
    int folds = golden.array(draws == 1 ? "fold_u" : "fold_u_x").shape()[1];
    return (target, offset, row, first, samples, drawn) -> {
      for (int t = 0; t < samples; t++) {
        int index = ((int) first + t) * folds + row;
        int at = offset + t * draws;
        System.arraycopy(mixture, index * (draws - 1), target, at, draws - 1);
        target[at + draws - 1] = last[index];
      }
    };
  }

  private static double[] widened(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
