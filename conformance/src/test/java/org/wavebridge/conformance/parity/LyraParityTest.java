package org.wavebridge.conformance.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wavebridge.conformance.golden.Golden.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.conformance.golden.Golden;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.reference.Likelihood;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.LogitsConsumer;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.UniformSource;
import org.wavebridge.runtime.VocoderStream;
import org.wavebridge.runtime.WaveformEncoder;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.WavFile;
import org.wavebridge.runtime.spi.Tensor;

/** Google Lyra's trained WaveGRU on both backends against what Lyra's own code computed. */
final class LyraParityTest {
  private static final int BANDS = 4;
  private static final int STEPS = 4000;
  private static final int MIXTURES = 8;
  private static final int MELS = 160;

  private Golden golden;

  @TempDir Path folder;

  @BeforeEach
  void recordings() {
    golden = Golden.ofTrained("lyra");
  }

  private GoldenVoice open(String backend) {
    return GoldenVoice.open(Golden.trained("lyra/weights"), folder, backend);
  }

  /** The features, which lie frame by frame in their file. */
  private Features mel() {
    float[] all = golden.floats("features");
    int frames = all.length / MELS;
    float[] values = new float[all.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = all[i % frames * MELS + i / frames];
    }
    return new Features(MELS, frames, values);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "stock"})
  void features(String backend) {
    try (GoldenVoice voice = open(backend)) {
      Features made = voice.vocoder.features(WavFile.read(Golden.trained("lyra/input.wav")));
      Features expected = mel();
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
      Tensor made = voice.conditioning(mel()).get("conditioning");
      assertArrayEquals(new long[] {1, 25, 8 * 3072}, made.shape());
      within(
          backend + " conditioning",
          2e-4,
          Golden.difference(
              golden.doubles("cond_gates"), 0, FamilyParityTest.widened(made.values())));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "stock"})
  void teacherForcing(String backend) {
    try (GoldenVoice voice = open(backend)) {
      int[] bands = golden.ints("tf_bands");
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
      double bits = voice.vocoder.score(mel(), values, keep, Progress.NONE).bitsPerSample();
      within(backend + " bits per sample", 1e-4, Math.abs(bits - 2.59741));
      assertLogits(backend, "tf_", logits);
      double[] each = new double[values.length];
      Arrays.setAll(
          each, i -> Likelihood.bits(voice.imported.model().network(), logits[i], values[i]));
      within(
          backend + " bits of a band sample",
          2e-3,
          Golden.difference(golden.doubles("tf_nll_bits"), 0, each));
    }
  }

  private void assertLogits(String backend, String run, double[][] logits) {
    String[] names = {"mix", "means", "scales_raw"};
    for (int part = 0; part < 3; part++) {
      double[] expected = golden.doubles(run + names[part]);
      double worst = 0;
      for (int i = 0; i < STEPS; i++) {
        double[] found = new double[BANDS * MIXTURES];
        for (int band = 0; band < BANDS; band++) {
          double[] own = logits[i * BANDS + band];
          System.arraycopy(own, part * MIXTURES, found, band * MIXTURES, MIXTURES);
        }
        worst = Math.max(worst, Golden.difference(expected, i, found));
      }
      within(backend + " " + names[part], 1e-3, worst);
    }
  }

  /** Lyra draws four components, then four values; ours come band by band. */
  private UniformSource recorded() {
    float[] uniforms = golden.floats("free_uniforms");
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
      Features mel = mel();
      float[] made = voice.vocoder.generateValues(mel, recorded(), 1);
      int[] bands = golden.ints("free_bands_sampled");
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
      assertArrayEquals(amplitudes(golden.ints("free_wav")), wave);
    }
  }

  /**
   * Draws, each from the state that the recorded samples before it lead to: another order of
   * additions may truncate to the next level, and a free run then goes another way.
   */
  @Test
  void stockDraws() {
    int[] bands = golden.ints("free_bands_sampled");
    float[] uniforms = new float[2 * STEPS * BANDS];
    recorded().fill(uniforms, 0, 0, 0, STEPS * BANDS, 2);
    int other = 0;
    try (GoldenVoice voice = open("stock")) {
      float[] columns = voice.conditioning(mel()).get("conditioning").values();
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

  /** The encoder's bands of a recording are those that Lyra's split filter gives. */
  @Test
  void encoding() {
    try (GoldenVoice voice = open("cpu")) {
      int[] expected = golden.ints("split_bands");
      float[] found =
          new WaveformEncoder(voice.vocoder.manifest()).encode(amplitudes(golden.ints("wav_in")));
      for (int i = 0; i < found.length; i++) {
        assertEquals(expected[i % BANDS * STEPS + i / BANDS] / 32768f, found[i], "value " + i);
      }
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
