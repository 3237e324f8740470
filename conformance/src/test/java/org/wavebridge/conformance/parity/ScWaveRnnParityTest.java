package org.wavebridge.conformance.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.wavebridge.conformance.golden.Golden.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.conformance.golden.Golden;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.exporter.family.ImportedModel;
import org.wavebridge.runtime.Folding;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.UniformSource;
import org.wavebridge.runtime.WaveformDecoder;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.SpeakerEmbedding;

/**
 * SC-WaveRNN with a mixture of logistics, against what the project's own code computed; the speaker
 * as an input of the bundle and as a constant of it.
 */
final class ScWaveRnnParityTest {
  private static final int DRAWS = 11;

  @TempDir Path folder;

  private final Golden golden = Golden.ofTrained("scwavernn_mol/golden.npz");
  private final Features mel = Features.read(Golden.trained("scwavernn_mol/mel.npy"), 80);
  private final SpeakerEmbedding speaker =
      SpeakerEmbedding.read(Golden.trained("scwavernn_mol/speaker_embedding.npy"));

  private static ImportedModel read() {
    return Exporter.read(
        Golden.trained("scwavernn_mol/checkpoint_zip.pyt"), "auto", Optional.empty());
  }

  private GenerateOptions options() {
    return GenerateOptions.seed(0).withSpeaker(speaker);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "stock"})
  void mixturesReproduceTheSamples(String backend) {
    try (GoldenVoice voice = GoldenVoice.open(read(), folder, backend)) {
      assertEquals("scwavernn", voice.imported.model().family());
      assertParameters(voice, Optional.of(speaker));
      float[] made = voice.vocoder.generateValues(mel, recorded("gen_u_mix", "gen_u_x"), options());
      assertSamples(voice, made);
    }
  }

  /** What folding adds to the bias is rounded once, and so is another number than the sum. */
  @ParameterizedTest
  @ValueSource(strings = {"cpu", "stock"})
  void aBundleOfOneSpeakerReproducesTheSamplesToo(String backend) {
    try (GoldenVoice voice = GoldenVoice.open(read().spokenBy(speaker.values()), folder, backend)) {
      assertEquals(0, voice.vocoder.manifest().speakerSize());
      assertParameters(voice, Optional.empty());
      float[] made = voice.vocoder.generateValues(mel, recorded("gen_u_mix", "gen_u_x"), 1);
      assertSamples(voice, made);
    }
  }

  private void assertParameters(GoldenVoice voice, Optional<SpeakerEmbedding> who) {
    float[] fed = golden.floats("tf_x");
    // A sample feeds its value to the next; nothing depends on the last one's.
    float[] given = Arrays.copyOfRange(fed, 1, fed.length + 1);
    List<float[]> found = new ArrayList<>();
    voice.vocoder.score(
        mel,
        who,
        given,
        (piece, samples) -> {
          for (int at = 0; at < piece.length; at += 30) {
            found.add(Arrays.copyOfRange(piece, at, at + 30));
          }
        },
        Progress.NONE);
    int[] index = golden.ints("tf_idx");
    double[] expected = golden.doubles("tf_params");
    double worst = 0;
    for (int i = 0; i < index.length; i++) {
      worst =
          Math.max(
              worst, Golden.difference(expected, i, FamilyParityTest.widened(found.get(index[i]))));
    }
    within("parameters", 2e-4, worst);
  }

  private void assertSamples(GoldenVoice voice, float[] made) {
    double[] raw = golden.doubles("gen_raw");
    within("samples", 2e-5, Golden.difference(raw, 0, FamilyParityTest.widened(made)));
    float[] wav = new WaveformDecoder(voice.vocoder.manifest().audio()).decode(made);
    WaveformDecoder.fadeOut(wav, voice.vocoder.manifest());
    double[] expected = golden.doubles("gen_wav");
    assertEquals(expected.length, wav.length);
    within("waveform", 1e-4, Golden.difference(expected, 0, FamilyParityTest.widened(wav)));
  }

  /** Past the end of the utterance the speaker is zero, as are mels and aux. */
  @ParameterizedTest
  @ValueSource(strings = {"cpu", "stock"})
  void foldsAndTheirWaveformAreThoseRecorded(String backend) {
    int[] sizes = golden.ints("fold_target_overlap");
    try (GoldenVoice voice = GoldenVoice.open(read(), folder, backend)) {
      Folding folding =
          new Folding(sizes[0], sizes[1], voice.imported.model().utterance().crossfade());
      UniformSource uniforms = recorded("fold_u_mix", "fold_u_x");
      float[][] folds =
          voice.vocoder.generateFolds(mel, options(), folding, uniforms, Progress.NONE);
      double[] raw = golden.doubles("fold_raw");
      assertEquals(raw.length, folds.length * folds[0].length);
      for (int fold = 0; fold < folds.length; fold++) {
        double[] found = FamilyParityTest.widened(folds[fold]);
        within("fold " + fold, 2e-5, Golden.difference(raw, fold, found));
      }
      float[] made =
          voice.vocoder.generateFolded(mel, options(), folding, uniforms, Progress.NONE).samples();
      double[] expected = golden.doubles("fold_wav");
      assertEquals(expected.length, made.length);
      within("folded", 1e-4, Golden.difference(expected, 0, FamilyParityTest.widened(made)));
    }
  }

  /** The speakers of a batch are those of its rows. */
  @ParameterizedTest
  @ValueSource(strings = {"cpu"})
  void rowsHaveSpeakersOfTheirOwn(String backend) {
    float[] other = speaker.values().clone();
    for (int i = 0; i < other.length / 2; i++) {
      other[i] = speaker.values()[other.length - 1 - i];
    }
    List<GenerateOptions> options =
        List.of(options(), GenerateOptions.seed(3).withSpeaker(new SpeakerEmbedding(other)));
    try (GoldenVoice voice = GoldenVoice.open(read(), folder, backend)) {
      var together = voice.vocoder.generateAll(List.of(mel, mel), options, Progress.NONE);
      for (int row = 0; row < 2; row++) {
        assertArrayEquals(
            voice.vocoder.generate(mel, options.get(row), Progress.NONE).samples(),
            together.get(row).samples());
      }
    }
  }

  /** Uniforms of rows, {@code [step, row, 10]} and {@code [step, row]}, or of one row. */
  private UniformSource recorded(String mixtures, String values) {
    float[] mixture = golden.floats(mixtures);
    float[] value = golden.floats(values);
    int[] shape = golden.array(values).shape();
    int rows = shape.length == 1 ? 1 : shape[1];
    return (target, offset, row, first, samples, draws) -> {
      for (int t = 0; t < samples; t++) {
        int index = ((int) first + t) * rows + row;
        int at = offset + t * DRAWS;
        System.arraycopy(mixture, index * (DRAWS - 1), target, at, DRAWS - 1);
        target[at + DRAWS - 1] = value[index];
      }
    };
  }
}
