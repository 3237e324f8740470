package org.wavebridge.conformance.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.conformance.golden.Golden;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.files.LyraFolder;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.runtime.Folding;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.Uniforms;
import org.wavebridge.runtime.WaveformEncoder;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.WavFile;
import org.wavebridge.runtime.io.Waveform;
import org.wavebridge.runtime.spi.Tensor;

/**
 * A network of the shapes of Google Lyra's, with random weights: its filters and its utterances.
 */
final class LyraShapesTest {
  private static final Golden GOLDEN = Golden.of("lyra_filters/golden.npz");
  private static final int BANDS = 4;
  private static final int HOP = 640;

  @TempDir Path folder;

  private GoldenVoice open(String backend) {
    return GoldenVoice.open(LyraFolder.path(), folder, backend);
  }

  /** Of 25 frames of speech. */
  private static Features mel(GoldenVoice voice) {
    Waveform speech = WavFile.read(Golden.path("en-us-16k/agent-pass.wav"));
    return voice.vocoder.features(
        new Waveform(Arrays.copyOf(speech.samples(), 25 * HOP), speech.sampleRate()));
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

  /** The encoder's bands are those that Lyra's split filter gives. */
  @Test
  void encoding() {
    try (GoldenVoice voice = open("cpu")) {
      int[] expected = GOLDEN.ints("qmf_split_out");
      int steps = expected.length / BANDS;
      float[] found =
          new WaveformEncoder(voice.vocoder.manifest())
              .encode(amplitudes(GOLDEN.ints("qmf_split_in")));
      for (int i = 0; i < found.length; i++) {
        assertEquals(expected[i % BANDS * steps + i / BANDS] / 32768f, found[i], "value " + i);
      }
    }
  }

  /** However an utterance comes, whole, in a batch or in small chunks, it is the same. */
  @Test
  void batchesAndChunks() {
    try (GoldenVoice voice = open("cpu")) {
      Features mel = mel(voice);
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
      Features mel = mel(voice);
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
