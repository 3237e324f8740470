package org.wavebridge.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wavebridge.runtime.TestVoices.bundle;
import static org.wavebridge.runtime.TestVoices.features;
import static org.wavebridge.runtime.TestVoices.joined;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.graphs.random.RandomModels.ContextShape;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.Waveform;

/** Bundles of subscale utterances: the same promises as of any other bundle. */
final class SubscaleVocoderTest {
  private static final List<String> BACKENDS = List.of("cpu", "stock");
  private static final int FRAMES = 150;

  @TempDir Path folder;

  record Case(String backend, String name, VocoderModel model) {
    @Override
    public String toString() {
      return backend + " " + name;
    }
  }

  static Stream<Case> cases() {
    VocoderModel dual = RandomModels.dualSoftmax(1, 16, 6, 7, 0.5, new BlockShape(8, 1));
    VocoderModel residual =
        RandomModels.residualGru(2, 8, 8, List.of(2, 3), new Head.Categorical(64));
    List<Case> cases = new ArrayList<>();
    for (String backend : BACKENDS) {
      cases.add(new Case(backend, "dual", subscale(dual, 4, 3, 1, true)));
      cases.add(new Case(backend, "dual_chunks", subscale(dual, 5, 0, 4, false)));
      cases.add(new Case(backend, "residual", subscale(residual, 4, 9, 1, true)));
      cases.add(
          new Case(backend, "independent", dual.with(new Subscale(3, 2, 1, Optional.empty()))));
    }
    return cases.stream();
  }

  private static VocoderModel subscale(
      VocoderModel model, int factor, int horizon, int chunk, boolean ownPast) {
    List<ContextShape> layers =
        List.of(new ContextShape(6, 3, 2, true), new ContextShape(5, 2, 3, true));
    return RandomModels.subscale(3, model, factor, horizon, chunk, ownPast, layers);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void chunksAndPushesDoNotChangeASample(Case c) {
    try (Vocoder vocoder = open(c)) {
      Features features = features(c.model(), FRAMES);
      float[] expected =
          vocoder.generate(features, GenerateOptions.seed(3), Progress.NONE).samples();
      assertEquals((FRAMES - 1) * c.model().features().hop(), expected.length);
      for (int chunk : new int[] {1, 37, 1000}) {
        GenerateOptions options = GenerateOptions.seed(3).withChunkFrames(chunk);
        assertArrayEquals(
            expected,
            vocoder.generate(features, options, Progress.NONE).samples(),
            "chunk " + chunk);
      }
      for (int piece : new int[] {1, 11, 149}) {
        assertArrayEquals(expected, joined(streamed(vocoder, features, piece)), "piece " + piece);
      }
      float[] other = vocoder.generate(features, GenerateOptions.seed(4), Progress.NONE).samples();
      assertFalse(Arrays.equals(expected, other), "another seed gives other samples");
    }
  }

  /** A stream is behind the frames it has seen by the latency of the schedule, not by more. */
  @ParameterizedTest
  @MethodSource("cases")
  void samplesLeaveAsSoonAsThereIsNoGapBeforeThem(Case c) {
    try (Vocoder vocoder = open(c)) {
      int hop = c.model().features().hop();
      Subscale subscale = c.model().subscale().orElseThrow();
      int left = 0;
      int pushed = 0;
      for (float[] part : streamed(vocoder, features(c.model(), FRAMES), 10)) {
        left += part.length;
        pushed = Math.min(FRAMES, pushed + 10);
        int known = pushed - c.model().conditioner().futureFrames();
        if (pushed < FRAMES) {
          SubscaleSchedule schedule = SubscaleSchedule.of(subscale, known * hop);
          int steps = (known * hop + subscale.factor() - 1) / subscale.factor();
          assertEquals(schedule.prefix(steps), left, pushed + " frames pushed");
        }
      }
      assertEquals((FRAMES - 1) * hop, left);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void severalUtterancesComeOutAsAlone(Case c) {
    try (Vocoder vocoder = open(c)) {
      List<Features> all = List.of(features(c.model(), 30), features(c.model(), 2));
      List<Long> progress = new ArrayList<>();
      List<Waveform> made =
          vocoder.generateAll(
              all, GenerateOptions.seed(3), (done, total) -> progress.add(total - done));
      assertEquals(0, progress.get(progress.size() - 1));
      for (int i = 0; i < all.size(); i++) {
        assertArrayEquals(
            vocoder.generate(all.get(i), GenerateOptions.seed(3), Progress.NONE).samples(),
            made.get(i).samples());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void scoreOfGeneratedSamplesFollowsTheSameStates(Case c) {
    try (Vocoder vocoder = open(c)) {
      Features features = features(c.model(), 80);
      float[] values = vocoder.generateValues(features, new Uniforms(5), 1);
      double self = bits(vocoder, features, values);
      float[] shuffled = values.clone();
      for (int i = 0; i < shuffled.length / 2; i++) {
        shuffled[i] = values[values.length - 1 - i];
      }
      double other = bits(vocoder, features, shuffled);
      assertTrue(self < other, "own samples " + self + " bits, shuffled " + other);
    }
  }

  /** A lower factor is the same network in a bundle of that factor. */
  @ParameterizedTest
  @MethodSource("cases")
  void theFactorMayBeLowered(Case c) {
    Features features = features(c.model(), 60);
    Subscale subscale = c.model().subscale().orElseThrow();
    float[] own = values(open(c), features);
    float[] lowered =
        values(
            Vocoder.open(
                folder.resolve("voice"),
                VocoderOptions.defaults().withBackend(c.backend()).withFactor(2)),
            features);
    Case two = new Case(c.backend(), "two", c.model().with(subscale.with(2, subscale.chunk())));
    assertArrayEquals(values(open(two), features), lowered);
    assertFalse(Arrays.equals(own, lowered));
  }

  @Test
  void factorsThatDoNotFitAreRefused() {
    Case c = cases().findFirst().orElseThrow();
    Path bundle = bundle(folder, c.model());
    InputException more =
        assertThrows(
            InputException.class,
            () -> Vocoder.open(bundle, VocoderOptions.defaults().withFactor(5)));
    assertEquals(
        bundle + ": a subscale factor of 5 was asked for, but the bundle was trained for at most 4",
        more.getMessage());
    VocoderModel plain = RandomModels.dualSoftmax(1, 16, 6, 7, 0.5, new BlockShape(8, 1));
    Path other = bundle(folder, plain);
    InputException none =
        assertThrows(
            InputException.class,
            () -> Vocoder.open(other, VocoderOptions.defaults().withFactor(2)));
    assertTrue(
        none.getMessage().contains("but this bundle makes one sample after the other"),
        none.getMessage());
    assertThrows(IllegalArgumentException.class, () -> VocoderOptions.defaults().withFactor(0));
  }

  @Test
  void foldsOfSubscaleUtterancesAreRefused() {
    Case c = cases().findFirst().orElseThrow();
    try (Vocoder vocoder = open(c)) {
      Folding folding = new Folding(100, 10, Utterance.Crossfade.SUSTAIN);
      InputException refused =
          assertThrows(
              InputException.class,
              () ->
                  vocoder.generateFolded(
                      features(c.model(), 40),
                      GenerateOptions.seed(0),
                      folding,
                      new Uniforms(0),
                      Progress.NONE));
      assertTrue(refused.getMessage().contains("subscale generation"), refused.getMessage());
    }
  }

  private static double bits(Vocoder vocoder, Features features, float[] values) {
    return vocoder.score(features, values, LogitsConsumer.NONE, Progress.NONE).bitsPerSample();
  }

  private static float[] values(Vocoder opened, Features features) {
    try (Vocoder vocoder = opened) {
      return vocoder.generateValues(features, new Uniforms(5), 1);
    }
  }

  /** The samples that a stream returns for each push, and at last for its end. */
  private static List<float[]> streamed(Vocoder vocoder, Features features, int piece) {
    VocoderStream stream = vocoder.stream(GenerateOptions.seed(3).withChunkFrames(1));
    return TestVoices.streamed(stream, features, piece);
  }

  private Vocoder open(Case c) {
    return TestVoices.open(folder, c.model(), c.backend());
  }
}
