package org.wavebridge.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.Utterance.Crossfade;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.NpyArray;
import org.wavebridge.runtime.io.NpyFile;
import org.wavebridge.runtime.io.SpeakerEmbedding;

/** A bundle whose utterances each bring a speaker. */
final class SpeakerTest {
  private static final int SIZE = 5;
  private static final VocoderModel ONE =
      RandomModels.residualGru(2, 16, 8, List.of(2, 3), new Head.Categorical(64));
  private static final VocoderModel MANY = RandomModels.speaking(4, ONE, SIZE);
  private static final SpeakerEmbedding ANNA =
      new SpeakerEmbedding(new float[] {0.1f, 0.9f, 0, 0.2f, 0.3f});
  private static final SpeakerEmbedding BERTA =
      new SpeakerEmbedding(new float[] {0.8f, 0, 0.5f, 0.1f, 0.2f});

  @TempDir Path folder;

  private static GenerateOptions by(SpeakerEmbedding speaker) {
    return GenerateOptions.seed(7).withSpeaker(speaker);
  }

  private static float[] made(Vocoder vocoder, Features features, GenerateOptions options) {
    return vocoder.generate(features, options, Progress.NONE).samples();
  }

  @Test
  void theSpeakerIsHeardAndRowsHaveTheirOwn() {
    try (Vocoder vocoder = TestVoices.open(folder, MANY, "cpu")) {
      Features features = TestVoices.features(MANY, 40);
      float[] anna = made(vocoder, features, by(ANNA));
      float[] berta = made(vocoder, features, by(BERTA));
      assertFalse(Arrays.equals(anna, berta));
      var together =
          vocoder.generateAll(
              List.of(features, features, features),
              List.of(by(BERTA), by(ANNA).withTemperature(0.5f), by(ANNA)),
              Progress.NONE);
      assertArrayEquals(berta, together.get(0).samples());
      assertArrayEquals(
          made(vocoder, features, by(ANNA).withTemperature(0.5f)), together.get(1).samples());
      assertArrayEquals(anna, together.get(2).samples());
    }
  }

  @Test
  void aStreamIsTheSameInAnyPieces() {
    try (Vocoder vocoder = TestVoices.open(folder, MANY, "cpu")) {
      Features features = TestVoices.features(MANY, 40);
      assertArrayEquals(
          made(vocoder, features, by(ANNA)),
          TestVoices.joined(TestVoices.streamed(vocoder.stream(by(ANNA)), features, 3)));
    }
  }

  @Test
  void theSpeakerIsWhoIsScored() {
    try (Vocoder vocoder = TestVoices.open(folder, MANY, "cpu")) {
      Features features = TestVoices.features(MANY, 200);
      float[] values = vocoder.generateValues(features, new Uniforms(3), by(ANNA));
      assertTrue(
          score(vocoder, features, values, ANNA) + 0.01 < score(vocoder, features, values, BERTA));
    }
  }

  private static double score(
      Vocoder vocoder, Features features, float[] values, SpeakerEmbedding speaker) {
    return vocoder
        .score(features, Optional.of(speaker), values, LogitsConsumer.NONE, Progress.NONE)
        .bitsPerSample();
  }

  /** The bias differs in a last place at most, which hardly ever changes a class. */
  @Test
  void aBundleOfOneSpeakerSoundsTheSame() {
    Features features = TestVoices.features(MANY, 40);
    float[] anna;
    try (Vocoder vocoder = TestVoices.open(folder, MANY, "cpu")) {
      anna = made(vocoder, features, by(ANNA));
    }
    VocoderModel fixed =
        MANY.with(((UpsampledMels) MANY.conditioner()).withSpeaker(0))
            .with(((ResidualGruNetwork) MANY.network()).spokenBy(ANNA.values()));
    try (Vocoder vocoder = TestVoices.open(folder.resolve("one"), fixed, "cpu")) {
      assertArrayEquals(anna, made(vocoder, features, GenerateOptions.seed(7)));
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Features features = TestVoices.features(MANY, 40);
    GenerateOptions none = GenerateOptions.seed(7);
    SpeakerEmbedding wrong = new SpeakerEmbedding(new float[SIZE + 1]);
    String path;
    try (Vocoder vocoder = TestVoices.open(folder, MANY, "cpu")) {
      path = folder.resolve("voice").toString();
      String missing =
          ": expected the speaker embedding that this bundle takes, 5 values, found none; give one (--speaker, or the input 'speaker' of a request)";
      refused(path + missing, () -> vocoder.stream(none));
      refused(path + missing, () -> made(vocoder, features, none));
      refused(
          path + missing,
          () -> vocoder.generateAll(List.of(features, features), none, Progress.NONE));
      refused(
          path + missing,
          () ->
              vocoder.generateFolded(
                  features,
                  none,
                  new Folding(60, 12, Crossfade.RELEASE),
                  new Uniforms(1),
                  Progress.NONE));
      refused(
          path + missing,
          () -> vocoder.score(features, new float[234], LogitsConsumer.NONE, Progress.NONE));
      refused(
          path + ": expected a speaker embedding of 5 values, found 6",
          () -> vocoder.stream(by(wrong)));
    }
    try (Vocoder vocoder = TestVoices.open(folder.resolve("one"), ONE, "cpu")) {
      refused(
          folder.resolve("one/voice")
              + ": a speaker embedding was given, but this bundle takes none; leave it out",
          () -> vocoder.stream(by(ANNA)));
    }
  }

  private static void refused(String message, Executable call) {
    assertEquals(message, assertThrows(InputException.class, call).getMessage());
  }

  @Test
  void filesHoldOneVectorOfNumbers() {
    Path file = folder.resolve("anna.npy");
    NpyFile.write(file, NpyArray.of(ANNA.values(), 1, SIZE));
    assertArrayEquals(ANNA.values(), SpeakerEmbedding.read(file).values());
    NpyFile.write(file, NpyArray.of(new float[10], 2, 5));
    refused(
        file + ": expected a speaker embedding, numbers [size], found " + NpyFile.read(file),
        () -> SpeakerEmbedding.read(file));
    NpyFile.write(file, NpyArray.of(new float[] {1, Float.NaN}, 2));
    refused(
        file + ": expected a speaker embedding of finite numbers, found NaN at [1]",
        () -> SpeakerEmbedding.read(file));
    NpyFile.write(file, NpyArray.of(new float[0], 0));
    refused(
        file + ": expected a speaker embedding, found no values",
        () -> SpeakerEmbedding.read(file));
  }
}
