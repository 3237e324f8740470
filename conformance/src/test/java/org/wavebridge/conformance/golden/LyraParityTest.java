package org.wavebridge.conformance.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wavebridge.conformance.reference.Golden.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.conformance.reference.Golden;
import org.wavebridge.conformance.reference.Likelihood;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.build.GraphKind;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.runtime.Folding;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.LogitsConsumer;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.UniformSource;
import org.wavebridge.runtime.Uniforms;
import org.wavebridge.runtime.VocoderStream;
import org.wavebridge.runtime.WaveformEncoder;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.WavFile;
import org.wavebridge.runtime.io.Waveform;
import org.wavebridge.runtime.spi.Tensor;

/** Google Lyra's WaveGRU on both backends against what Lyra's own code computed. */
final class LyraParityTest {
  private static final Golden GOLDEN = Golden.of("lyra/golden.npz");
  private static final int BANDS = 4;
  private static final int STEPS = 4000;
  private static final int MIXTURES = 8;

  @TempDir Path folder;

  private GoldenVoice open(String backend) {
    return GoldenVoice.open("lyra/wavegru", folder, backend);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "stock"})
  void features(String backend) {
    try (GoldenVoice voice = open(backend)) {
      Features made = voice.vocoder.features(WavFile.read(Golden.path("lyra/speech.wav")));
      Features expected = voice.mel("lyra/mel.npy");
      assertEquals(expected.frames(), made.frames());
      within(
          backend + " features",
          2e-6,
          Golden.difference(
              FamilyParityTest.widened(expected.values()),
              0,
              FamilyParityTest.widened(made.values())));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "stock"})
  void conditioning(String backend) {
    try (GoldenVoice voice = open(backend)) {
      Tensor made = voice.conditioning(voice.mel("lyra/mel.npy")).get("conditioning");
      assertArrayEquals(new long[] {1, 25, 8 * 3072}, made.shape());
      int[] columns = GOLDEN.ints("cond_columns");
      double[] expected = GOLDEN.doubles("cond_gates");
      double worst = 0;
      for (int i = 0; i < columns.length; i++) {
        float[] column =
            Arrays.copyOfRange(made.values(), columns[i] * 3072, (columns[i] + 1) * 3072);
        worst = Math.max(worst, Golden.difference(expected, i, FamilyParityTest.widened(column)));
      }
      within(backend + " conditioning", 2e-4, worst);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "stock"})
  void teacherForcing(String backend) {
    try (GoldenVoice voice = open(backend)) {
      int[] bands = GOLDEN.ints("tf_bands");
      float[] values = new float[STEPS * BANDS];
      for (int i = 0; i < values.length; i++) {
        values[i] = bands[i % BANDS * STEPS + i / BANDS] / 32768f;
      }
      double[][] logits = new double[values.length][];
      int[] at = {0};
      LogitsConsumer keep =
          (piece, samples) -> {
            for (int i = 0; i < samples; i++) {
              int size = piece.length / samples;
              logits[at[0]++] =
                  FamilyParityTest.widened(Arrays.copyOfRange(piece, i * size, (i + 1) * size));
            }
          };
      double bits =
          voice
              .vocoder
              .score(voice.mel("lyra/mel.npy"), values, keep, Progress.NONE)
              .bitsPerSample();
      within(backend + " bits per sample", 1e-4, Math.abs(bits - 2.59741));
      assertLogits(backend, "tf_", logits);
      double[] each = new double[values.length];
      Arrays.setAll(
          each, i -> Likelihood.bits(voice.imported.model().network(), logits[i], values[i]));
      within(
          backend + " bits of a band sample",
          2e-3,
          Golden.difference(GOLDEN.doubles("tf_nll_bits"), 0, each));
    }
  }

  private static void assertLogits(String backend, String run, double[][] logits) {
    String[] names = {"mix", "means", "scales_raw"};
    int[] steps = GOLDEN.ints("steps");
    for (int part = 0; part < 3; part++) {
      double[] expected = GOLDEN.doubles(run + names[part]);
      double worst = 0;
      for (int i = 0; i < steps.length; i++) {
        double[] found = new double[BANDS * MIXTURES];
        for (int band = 0; band < BANDS; band++) {
          double[] own = logits[steps[i] * BANDS + band];
          System.arraycopy(own, part * MIXTURES, found, band * MIXTURES, MIXTURES);
        }
        worst = Math.max(worst, Golden.difference(expected, i, found));
      }
      within(backend + " " + names[part], 1e-3, worst);
    }
  }

  /** Lyra draws four components, then four values; ours come band by band. */
  private static UniformSource recorded() {
    float[] uniforms = GOLDEN.floats("free_uniforms");
    return (target, offset, row, first, samples, draws) -> {
      for (int i = 0; i < samples; i++) {
        int sample = (int) first + i;
        int step = sample / BANDS * 2 * BANDS + sample % BANDS;
        target[offset + 2 * i] = uniforms[step];
        target[offset + 2 * i + 1] = uniforms[step + BANDS];
      }
    };
  }

  @Test
  void freeRunning() {
    try (GoldenVoice voice = open("cpu")) {
      Features mel = voice.mel("lyra/mel.npy");
      float[] made = voice.vocoder.generateValues(mel, recorded(), 1);
      int[] bands = GOLDEN.ints("free_bands_sampled");
      for (int i = 0; i < made.length; i++) {
        int expected = bands[i % BANDS * STEPS + i / BANDS];
        assertEquals(expected / 32768f, made[i], "value " + i);
      }
      VocoderStream stream =
          voice.vocoder.stream(GenerateOptions.seed(0).withChunkFrames(3), recorded());
      float[] head = stream.push(mel);
      float[] tail = stream.finish();
      float[] wave = Arrays.copyOf(head, head.length + tail.length);
      System.arraycopy(tail, 0, wave, head.length, tail.length);
      assertArrayEquals(amplitudes(GOLDEN.ints("free_wav")), wave);
    }
  }

  /**
   * Draws, each from the state that the recorded samples before it lead to: another order of
   * additions may truncate to the next level, and a free run then goes another way.
   */
  @Test
  void stockDraws() {
    int[] bands = GOLDEN.ints("free_bands_sampled");
    float[] uniforms = new float[2 * STEPS * BANDS];
    recorded().fill(uniforms, 0, 0, 0, STEPS * BANDS, 2);
    int other = 0;
    try (GoldenVoice voice = open("stock")) {
      float[] columns = voice.conditioning(voice.mel("lyra/mel.npy")).get("conditioning").values();
      float[] previous = new float[BANDS];
      float[] state = new float[1024];
      for (int step = 0; step < 1000; step++) {
        Map<String, Tensor> inputs = new HashMap<>();
        int column = step / 20;
        inputs.put(
            "conditioning",
            new Tensor(Arrays.copyOfRange(columns, column * 3072, (column + 1) * 3072), 1, 3072));
        inputs.put("previous", new Tensor(previous, 1, BANDS));
        inputs.put("state", new Tensor(state, 1, 1024));
        inputs.put("temperature", new Tensor(new float[] {1}, 1));
        float[] drawn = Arrays.copyOfRange(uniforms, step * 2 * BANDS, (step + 1) * 2 * BANDS);
        inputs.put("uniforms", new Tensor(drawn, 1, BANDS, 2));
        Map<String, Tensor> made = voice.vocoder.graph(GraphKind.STEP).run(inputs);
        previous = new float[BANDS];
        for (int band = 0; band < BANDS; band++) {
          int expected = bands[band * STEPS + step];
          float found = made.get("audio").values()[band] * 32768;
          assertEquals(expected, found, 1, "step " + step + " band " + band);
          other += found == expected ? 0 : 1;
          previous[band] = expected / 32768f;
        }
        state = made.get("next_state").values();
      }
    }
    assertTrue(other <= 4, other + " of 4000 samples are next to the recorded ones");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "stock"})
  void synthesis(String backend) {
    try (GoldenVoice voice = open(backend)) {
      for (String[] names :
          List.of(
              new String[] {"qmf_in_bands", "qmf_out_i16"},
              new String[] {"qmf_split_out", "qmf_split_merge_roundtrip"})) {
        int[] bands = GOLDEN.ints(names[0]);
        int steps = bands.length / BANDS;
        float[] expected = amplitudes(GOLDEN.ints(names[1]));
        float[] state = new float[18];
        for (int from = 0; from < steps; ) {
          int to = Math.min(steps, from + 200);
          float[] values = new float[(to - from) * BANDS];
          for (int i = 0; i < values.length; i++) {
            values[i] = bands[i % BANDS * steps + from + i / BANDS] / 32768f;
          }
          Map<String, Tensor> inputs = new HashMap<>();
          inputs.put("values", new Tensor(values, 1, values.length));
          inputs.put("state", new Tensor(state, 1, state.length));
          Map<String, Tensor> made = voice.vocoder.graph(GraphKind.SYNTHESIS).run(inputs);
          assertArrayEquals(
              Arrays.copyOfRange(expected, from * BANDS, to * BANDS),
              made.get("waveform").values(),
              backend + " " + names[1]);
          state = made.get("next_state").values();
          from = to;
        }
      }
    }
  }

  /** The encoder's bands of a recording are those that Lyra's split filter gives. */
  @Test
  void encoding() {
    try (GoldenVoice voice = open("cpu")) {
      int[] expected = GOLDEN.ints("split_bands");
      float[] found =
          new WaveformEncoder(voice.vocoder.manifest()).encode(amplitudes(GOLDEN.ints("wav_in")));
      for (int i = 0; i < found.length; i++) {
        assertEquals(expected[i % BANDS * STEPS + i / BANDS] / 32768f, found[i], "value " + i);
      }
    }
  }

  /** However an utterance comes, whole, in a batch or in small chunks, it is the same. */
  @Test
  void batchesAndChunks() {
    try (GoldenVoice voice = open("cpu")) {
      Features mel = voice.mel("lyra/mel.npy");
      GenerateOptions options = GenerateOptions.seed(3);
      float[] whole = voice.vocoder.generate(mel, options, Progress.NONE).samples();
      GenerateOptions small = options.withChunkFrames(3);
      assertArrayEquals(whole, voice.vocoder.generate(mel, small, Progress.NONE).samples());
      for (Waveform row : voice.vocoder.generateAll(List.of(mel, mel), small, Progress.NONE)) {
        assertArrayEquals(whole, row.samples());
      }
    }
  }

  @Test
  void foldsAreOfWholeFrames() {
    try (GoldenVoice voice = open("cpu")) {
      Features mel = voice.mel("lyra/mel.npy");
      Folding folding = new Folding(5 * 640, 640, Utterance.Crossfade.SUSTAIN);
      Waveform made =
          voice.vocoder.generateFolded(
              mel, GenerateOptions.seed(1), folding, new Uniforms(1), Progress.NONE);
      assertEquals(25 * 640, made.samples().length);
      Folding odd = new Folding(3000, 640, Utterance.Crossfade.SUSTAIN);
      InputException refused =
          assertThrows(
              InputException.class,
              () ->
                  voice.vocoder.generateFolded(
                      mel, GenerateOptions.seed(1), odd, new Uniforms(1), Progress.NONE));
      assertEquals(
          "folds of 3000 samples and overlaps of 640: expected multiples of 640, the samples of a frame, since this bundle has several bands",
          refused.getMessage());
    }
  }

  private static float[] amplitudes(int[] samples) {
    float[] amplitudes = new float[samples.length];
    for (int t = 0; t < samples.length; t++) {
      amplitudes[t] = samples[t] / 32768f;
    }
    return amplitudes;
  }
}
