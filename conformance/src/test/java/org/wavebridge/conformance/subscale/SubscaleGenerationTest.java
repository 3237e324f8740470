package org.wavebridge.conformance.subscale;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.conformance.cases.SubscaleGraphs;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.Conditioning;
import org.wavebridge.reference.SubscaleReference;
import org.wavebridge.runtime.LogitsConsumer;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.Uniforms;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.io.Features;

/**
 * Staggered rows, in one call or step by step, make the samples of the reference that knows no
 * staggering.
 */
final class SubscaleGenerationTest {
  private static final List<String> BACKENDS = List.of("cpu", "stock");
  private static final double SAME = 1e-3;

  /**
   * A uniform nearer than this to an edge of a distribution may fall on either side of it. Classes
   * are narrower than that, so smaller distances are tried first: 2^-24, 2^-23, ...
   */
  private static final float NEAR = 0x1p-13f;

  private static final float TEMPERATURE = 0.9f;

  @TempDir Path folder;

  record Case(String backend, VocoderModel model, int samples) {
    @Override
    public String toString() {
      Subscale subscale = model.subscale().orElseThrow();
      return "%s %s B=%d F=%d chunk=%d samples=%d"
          .formatted(
              backend,
              model.network().getClass().getSimpleName(),
              subscale.factor(),
              subscale.horizon(),
              subscale.chunk(),
              samples);
    }
  }

  static Stream<Case> shortCases() {
    return cases(
        new int[][] {
          {1, 0, 1, 173}, {2, 1, 1, 500}, {8, 4, 1, 1003}, {16, 7, 5, 1500}, {16, 64, 1, 7}
        });
  }

  /** At least 20,000 samples of every network and schedule. */
  static Stream<Case> longCases() {
    return cases(
        new int[][] {
          {1, 0, 1, 20003},
          {2, 1, 1, 20003},
          {8, 4, 1, 20003},
          {16, 7, 5, 20003},
          {16, 64, 1, 20003},
          {16, 128, 3, 20105}
        });
  }

  private static Stream<Case> cases(int[][] sizes) {
    return BACKENDS.stream()
        .flatMap(
            backend ->
                Arrays.stream(sizes)
                    .flatMap(
                        size ->
                            SubscaleVoice.networks().stream()
                                .map(
                                    network ->
                                        new Case(
                                            backend,
                                            SubscaleVoice.subscale(
                                                network, size[0], size[1], size[2]),
                                            size[3]))));
  }

  @ParameterizedTest
  @MethodSource("shortCases")
  void drawsTheClassesOfTheReference(Case c) {
    drawsTheClasses(c);
  }

  @ParameterizedTest
  @MethodSource("longCases")
  @Tag("slow")
  void drawsTheClassesOfTheReferenceForLong(Case c) {
    drawsTheClasses(c);
  }

  private void drawsTheClasses(Case c) {
    try (SubscaleVoice voice = SubscaleVoice.open(c.model(), c.backend(), folder, c.samples())) {
      float[] audio = voice.graphs.generate(voice.uniforms, TEMPERATURE);
      assertTrue(Arrays.stream(boxed(audio)).distinct().count() > 5, "not constant");
      assertDraws(voice, Arithmetic.DOUBLE, audio);
      if (c.backend().equals("cpu")) {
        assertCanonical(voice, audio);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shortCases")
  void stepsInTheOrderOfTheScheduleGiveTheSame(Case c) {
    try (SubscaleVoice voice = SubscaleVoice.open(c.model(), c.backend(), folder, c.samples())) {
      SubscaleGraphs.Run run = voice.graphs.steps(voice.uniforms, TEMPERATURE);
      assertDraws(voice, Arithmetic.DOUBLE, run.audio());
      assertLogits(voice, run.audio(), run.logits());
      int same = 0;
      float[] audio = voice.graphs.generate(voice.uniforms, TEMPERATURE);
      while (same < audio.length && Math.abs(audio[same] - run.audio()[same]) <= SAME) {
        same++;
      }
      assertTrue(same >= Math.min(100, audio.length), "only " + same + " samples are the same");
    }
  }

  @ParameterizedTest
  @MethodSource("shortCases")
  void scoresAsTheReference(Case c) {
    try (SubscaleVoice voice = SubscaleVoice.open(c.model(), c.backend(), folder, c.samples())) {
      float[] audio = voice.graphs.generate(voice.uniforms, TEMPERATURE);
      assertLogits(voice, audio, voice.graphs.score(audio));
      int mels = c.model().features().mels();
      int frames = (c.samples() + SubscaleVoice.HOP - 1) / SubscaleVoice.HOP;
      Features features = new Features(mels, frames, SubscaleVoice.features(mels, frames));
      double[] bits =
          voice.vocoder.score(features, audio, LogitsConsumer.NONE, Progress.NONE).bits();
      double[] expected =
          new SubscaleReference(voice.model, Arithmetic.DOUBLE).bits(voice.conditioning, audio);
      assertArrayEquals(expected, bits, 2e-2);
    }
  }

  @ParameterizedTest
  @MethodSource("shortCases")
  void int8DrawsTheClassesOfItsReference(Case c) {
    try (SubscaleVoice voice =
        SubscaleVoice.openInt8(c.model(), c.backend(), folder, c.samples())) {
      float[] audio = voice.graphs.generate(voice.uniforms, TEMPERATURE);
      if (c.backend().equals("cpu")) {
        assertCanonical(voice, audio);
      } else {
        double[] drawn =
            new SubscaleReference(voice.model, Arithmetic.CANONICAL_F32)
                .redraw(voice.conditioning, audio, voice.uniforms, TEMPERATURE);
        int other = 0;
        for (int t = 0; t < audio.length; t++) {
          other += Math.abs(drawn[t] - audio[t]) <= SAME ? 0 : 1;
        }
        assertTrue(other <= 0.05 * audio.length, other + " of " + audio.length + " draws differ");
      }
    }
  }

  /** Subscale generation with one sub-tensor changes nothing. */
  @ParameterizedTest
  @ValueSource(strings = {"cpu", "stock"})
  void oneRowWithoutContextIsTheOrdinaryNetwork(String backend) {
    for (VocoderModel network : SubscaleVoice.networks()) {
      VocoderModel subscale = network.with(new Subscale(1, 0, 1, Optional.empty()));
      int mels = network.features().mels();
      Features features = new Features(mels, 12, SubscaleVoice.features(mels, 12));
      assertArrayEquals(
          values(network, backend, features), values(subscale, backend, features), backend);
    }
  }

  private float[] values(VocoderModel model, String backend, Features features) {
    VocoderOptions options = new VocoderOptions(backend, BundleManifest.F32, 1);
    Path bundle = SubscaleVoice.bundle(model, Optional.empty(), folder);
    try (Vocoder vocoder = Vocoder.open(bundle, options)) {
      return vocoder.generateValues(features, new Uniforms(3), TEMPERATURE);
    }
  }

  private static void assertCanonical(SubscaleVoice voice, float[] audio) {
    double[] expected =
        new SubscaleReference(voice.model, Arithmetic.CANONICAL_F32)
            .generate(voice.conditioning, voice.uniforms, TEMPERATURE);
    for (int t = 0; t < audio.length; t++) {
      assertEquals((float) expected[t], audio[t], "sample " + t);
    }
  }

  /** Each draw is the reference's from the same past, or that of a uniform very near to it. */
  private static void assertDraws(SubscaleVoice voice, Arithmetic of, float[] audio) {
    double[] drawn = redrawn(voice, of, audio, voice.uniforms);
    boolean[] same = new boolean[audio.length];
    boolean all = same(same, drawn, audio);
    int draws = voice.model.network().draws();
    for (float distance = 0x1p-24f; distance <= NEAR && !all; distance *= 2) {
      for (int which = 0; which < 2 * draws && !all; which++) {
        float[] near = moved(voice.uniforms, which / 2, draws, which % 2 * 2 * distance - distance);
        all = same(same, redrawn(voice, of, audio, near), audio);
      }
    }
    for (int t = 0; t < audio.length; t++) {
      assertTrue(
          same[t], "sample %d: %s, but the reference draws %s".formatted(t, audio[t], drawn[t]));
    }
  }

  /** The uniforms with those of one draw moved. */
  private static float[] moved(float[] uniforms, int draw, int draws, float distance) {
    float[] moved = uniforms.clone();
    for (int i = draw; i < moved.length; i += draws) {
      moved[i] = Math.max(0, Math.min(1 - 0x1p-24f, moved[i] + distance));
    }
    return moved;
  }

  private static double[] redrawn(
      SubscaleVoice voice, Arithmetic of, float[] audio, float[] uniforms) {
    return new SubscaleReference(voice.model, of)
        .redraw(voice.conditioning, audio, uniforms, TEMPERATURE);
  }

  /** Marks the draws that are the same; whether all are marked now. */
  private static boolean same(boolean[] same, double[] drawn, float[] audio) {
    boolean all = true;
    for (int t = 0; t < audio.length; t++) {
      same[t] |= Math.abs(drawn[t] - audio[t]) <= SAME;
      all &= same[t];
    }
    return all;
  }

  private static void assertLogits(SubscaleVoice voice, float[] audio, float[] logits) {
    Conditioning conditioning = voice.conditioning;
    new SubscaleReference(voice.model, Arithmetic.DOUBLE)
        .score(
            conditioning,
            audio,
            (t, expected) -> {
              for (int i = 0; i < expected.length; i++) {
                double found = logits[t * expected.length + i];
                assertEquals(
                    expected[i], found, 2e-4 * Math.max(1, Math.abs(expected[i])), "sample " + t);
              }
            });
    assertEquals(0, logits.length % audio.length);
  }

  private static Float[] boxed(float[] values) {
    Float[] boxed = new Float[values.length];
    Arrays.setAll(boxed, i -> values[i]);
    return boxed;
  }
}
