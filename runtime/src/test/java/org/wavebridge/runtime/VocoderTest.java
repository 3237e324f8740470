package org.wavebridge.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wavebridge.runtime.TestVoices.bundle;
import static org.wavebridge.runtime.TestVoices.features;
import static org.wavebridge.runtime.TestVoices.joined;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.runtime.io.Features;

/** The promises of every backend, on models of both networks with random weights. */
final class VocoderTest {
  private static final int FRAMES = 150;

  @TempDir Path folder;

  record Case(String backend, String name, VocoderModel model) {
    @Override
    public String toString() {
      return backend + " " + name;
    }
  }

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (String backend : List.of("cpu", "stock")) {
      cases.add(
          new Case(
              backend, "dual", RandomModels.dualSoftmax(1, 32, 6, 7, 0.3, new BlockShape(16, 1))));
      for (Head head : ResidualGruNetwork.HEADS) {
        cases.add(
            new Case(
                backend, head.toString(), RandomModels.residualGru(2, 16, 8, List.of(2, 3), head)));
      }
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void chunksAndCallsDoNotChangeASample(Case c) {
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
      assertArrayEquals(expected, streamed(vocoder, features, 11));
      float[] other = vocoder.generate(features, GenerateOptions.seed(4), Progress.NONE).samples();
      assertFalse(Arrays.equals(expected, other), "another seed gives other samples");
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void scoreOfGeneratedSamplesFollowsTheSameStates(Case c) {
    try (Vocoder vocoder = open(c)) {
      Features features = features(c.model(), 40);
      float[] values = vocoder.generateValues(features, new Uniforms(5), 1);
      Score score = vocoder.score(features, values, LogitsConsumer.NONE, Progress.NONE);
      double self = score.bitsPerSample();
      float[] shuffled = values.clone();
      for (int i = 0; i < shuffled.length / 2; i++) {
        shuffled[i] = values[values.length - 1 - i];
      }
      double other =
          vocoder.score(features, shuffled, LogitsConsumer.NONE, Progress.NONE).bitsPerSample();
      assertTrue(self < other, "own samples " + self + " bits, shuffled " + other);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lengthsAndBandsThatDoNotFitAreRefused(Case c) {
    try (Vocoder vocoder = open(c)) {
      Features one = features(c.model(), 1);
      assertThrows(
          InputException.class,
          () -> vocoder.generate(one, GenerateOptions.seed(0), Progress.NONE));
      Features wrong = new Features(5, 4, new float[20]);
      InputException refused =
          assertThrows(
              InputException.class,
              () -> vocoder.generate(wrong, GenerateOptions.seed(0), Progress.NONE));
      assertTrue(refused.getMessage().contains("found 5"), refused.getMessage());
      Features features = features(c.model(), 4);
      assertThrows(
          InputException.class,
          () -> vocoder.score(features, new float[1000], LogitsConsumer.NONE, Progress.NONE));
    }
  }

  @Test
  void severalThreadsShareAVocoder() throws InterruptedException {
    Case c = cases().findFirst().orElseThrow();
    try (Vocoder vocoder = open(c)) {
      Features features = features(c.model(), FRAMES);
      float[] expected =
          vocoder.generate(features, GenerateOptions.seed(3), Progress.NONE).samples();
      float[][] made = new float[4][];
      Thread[] threads = new Thread[made.length];
      for (int i = 0; i < threads.length; i++) {
        int index = i;
        threads[i] =
            new Thread(
                () ->
                    made[index] =
                        vocoder
                            .generate(features, GenerateOptions.seed(3), Progress.NONE)
                            .samples());
        threads[i].start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      for (float[] samples : made) {
        assertArrayEquals(expected, samples);
      }
    }
  }

  @Test
  void damagedGraphsAndUnknownBackendsAreNamed() throws IOException {
    Case c = cases().findFirst().orElseThrow();
    Path bundle = bundle(folder, c.model());
    BackendException unknown =
        assertThrows(
            BackendException.class,
            () -> Vocoder.open(bundle, VocoderOptions.defaults().withBackend("abacus")));
    assertEquals(
        "no backend 'abacus' in this build; it has tensorrt, cpu, stock", unknown.getMessage());
    Path graph = bundle.resolve("generate.onnx");
    byte[] bytes = Files.readAllBytes(graph);
    bytes[bytes.length / 2] ^= 1;
    Files.write(graph, bytes);
    try (Vocoder vocoder = Vocoder.open(bundle, VocoderOptions.defaults().withBackend("stock"))) {
      BundleException damaged =
          assertThrows(
              BundleException.class,
              () ->
                  vocoder.generate(features(c.model(), 3), GenerateOptions.seed(0), Progress.NONE));
      assertTrue(damaged.getMessage().contains("SHA-256 of generate.onnx"), damaged.getMessage());
    }
    Path manifest = bundle.resolve(BundleManifest.FILE);
    String json = Files.readString(manifest, StandardCharsets.UTF_8);
    Files.writeString(manifest, json.replace("\"formatVersion\" : 1", "\"formatVersion\" : 9"));
    BundleException newer =
        assertThrows(BundleException.class, () -> Vocoder.open(bundle, VocoderOptions.defaults()));
    assertTrue(
        newer.getMessage().contains("format version 9 is newer than this reader (reads up to 1)"),
        newer.getMessage());
  }

  private static float[] streamed(Vocoder vocoder, Features features, int piece) {
    VocoderStream stream = vocoder.stream(GenerateOptions.seed(3));
    return joined(TestVoices.streamed(stream, features, piece));
  }

  private Vocoder open(Case c) {
    return TestVoices.open(folder, c.model(), c.backend());
  }
}
