package org.wavebridge.conformance.subscale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.conformance.cases.SubscaleGraphs;
import org.wavebridge.graphs.model.VocoderModel;

/**
 * The samples that a sample may depend on, seen from outside: samples are changed, and what follows
 * watched.
 */
final class SubscaleCausalityTest {
  private static final int FACTOR = 4;
  private static final int HORIZON = 3;

  /** Ends inside a set of sub-tensors. */
  private static final int SAMPLES = 118;

  @TempDir Path folder;

  /**
   * Under teacher forcing a changed sample k of sub-tensor z changes what is predicted for the
   * later samples of its own sub-tensor, and of later ones from position k - F on. (Of a dual
   * softmax the fine half of the same sample is predicted from its coarse half.)
   */
  @ParameterizedTest
  @ValueSource(strings = {"cpu", "stock"})
  void aChangedSampleChangesThePredictionsThatMaySeeIt(String backend) {
    for (VocoderModel network : SubscaleVoice.networks()) {
      VocoderModel model = SubscaleVoice.subscale(network, FACTOR, HORIZON, 1);
      try (SubscaleVoice voice = SubscaleVoice.open(model, backend, folder, SAMPLES)) {
        float[] audio = audio();
        float[] logits = voice.graphs.score(audio);
        for (int changed = 0; changed < SAMPLES; changed += 7) {
          float[] other = audio.clone();
          other[changed] = -other[changed] + 0.25f;
          float[] found = voice.graphs.score(other);
          int size = logits.length / SAMPLES;
          for (int t = 0; t < SAMPLES; t++) {
            boolean changes =
                !Arrays.equals(logits, t * size, (t + 1) * size, found, t * size, (t + 1) * size);
            int k = changed / FACTOR;
            int later = t % FACTOR - changed % FACTOR;
            boolean fine = t == changed && network.network().draws() == 2;
            boolean may =
                fine || (later == 0 ? t > changed : later > 0 && t / FACTOR >= k - HORIZON);
            boolean first =
                later == 0
                    ? t == changed + FACTOR
                    : later > 0 && t / FACTOR == Math.max(0, k - HORIZON);
            assertTrue(may || !changes, "sample %d, prediction of %d".formatted(changed, t));
            assertTrue(!first || changes, "sample %d, prediction of %d".formatted(changed, t));
          }
        }
      }
    }
  }

  /**
   * Changed between two calls, a sample that is made already changes the next sub-tensor from
   * position k - F on, that one the next again F before, and so on; and by its context the later
   * samples of its own.
   */
  @ParameterizedTest
  @ValueSource(strings = {"cpu", "stock"})
  void aSampleChangedBetweenCallsChangesOnlyWhatMaySeeIt(String backend) {
    for (int chunk = 1; chunk <= 2; chunk++) {
      boolean ownPast = chunk == 1;
      VocoderModel model =
          SubscaleVoice.subscale(SubscaleVoice.networks().get(0), FACTOR, HORIZON, chunk);
      try (SubscaleVoice voice = SubscaleVoice.open(model, backend, folder, SAMPLES)) {
        SubscaleGraphs graphs = voice.graphs;
        int half = graphs.schedule().steps() / 2;
        int rest = graphs.schedule().steps() - half;
        var before = graphs.generate(graphs.beginning(), half, voice.uniforms, 1);
        float[] expected = graphs.generate(before, rest, voice.uniforms, 1).audio();
        int seen = 0;
        for (int changed = 0; changed < SAMPLES; changed++) {
          int k = changed / FACTOR;
          if (graphs.schedule().step(k, changed % FACTOR) >= half) {
            continue;
          }
          float[] audio = before.audio().clone();
          audio[changed] = audio[changed] > 0 ? -1 : 1;
          var other = new SubscaleGraphs.Stretch(audio, before.carried(), before.step());
          float[] found = graphs.generate(other, rest, voice.uniforms, 1).audio();
          for (int t = 0; t < SAMPLES; t++) {
            int later = t % FACTOR - changed % FACTOR;
            boolean may =
                later == 0
                    ? t == changed || (ownPast && t > changed)
                    : later > 0 && t / FACTOR >= k - HORIZON * later;
            if (expected[t] != found[t]) {
              assertTrue(may, "sample %d changes %d".formatted(changed, t));
              seen += t == changed ? 0 : 1;
            }
          }
        }
        assertTrue(seen > 20, "only " + seen + " samples changed");
      }
    }
  }

  /** However the steps are cut into calls, the samples are the same. */
  @ParameterizedTest
  @ValueSource(strings = {"cpu", "stock"})
  void stretchesOfAnyLengthGiveTheSame(String backend) {
    VocoderModel model =
        SubscaleVoice.subscale(SubscaleVoice.networks().get(0), FACTOR, HORIZON, 2);
    try (SubscaleVoice voice = SubscaleVoice.open(model, backend, folder, SAMPLES)) {
      SubscaleGraphs graphs = voice.graphs;
      float[] expected = graphs.generate(voice.uniforms, 1);
      int steps = graphs.schedule().steps();
      for (int length : new int[] {1, 3, 7, steps - 1}) {
        var run = graphs.beginning();
        while (run.step() < steps) {
          run = graphs.generate(run, Math.min(length, steps - run.step()), voice.uniforms, 1);
          run = graphs.generate(run, 0, voice.uniforms, 1);
        }
        for (int t = 0; t < SAMPLES; t++) {
          assertEquals(expected[t], run.audio()[t], "length %d, sample %d".formatted(length, t));
        }
      }
    }
  }

  private static float[] audio() {
    Random random = new Random(5);
    float[] audio = new float[SAMPLES];
    for (int t = 0; t < SAMPLES; t++) {
      audio[t] = random.nextInt(65536) / 32768f - 1;
    }
    return audio;
  }
}
