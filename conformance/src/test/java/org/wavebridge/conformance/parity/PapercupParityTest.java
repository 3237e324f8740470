package org.wavebridge.conformance.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.wavebridge.conformance.golden.Golden.within;
import static org.wavebridge.conformance.parity.FamilyParityTest.widened;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.conformance.cases.SubscaleGraphs;
import org.wavebridge.conformance.golden.Golden;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.runtime.WaveformDecoder;
import org.wavebridge.runtime.spi.Tensor;

/** Exported graphs of subscale utterances against what papercup's own code computed. */
final class PapercupParityTest {
  private static final Golden GOLDEN = Golden.of("papercup_subscale/golden.npz");
  private static final int FRAMES = 8;
  private static final int HOP = 240;
  private static final int SAMPLES = FRAMES * HOP;

  /** Frames at each end that the project has no samples for. */
  private static final int CONTEXT = 2;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "stock"})
  void conditioningLogitsAndSamples(String backend) {
    try (GoldenVoice voice = open(backend)) {
      Map<String, Tensor> conditioning = conditioning(voice);
      assertRows(backend + " mels", 2e-5, "up_mels", "up_idx", conditioning.get("mels").values());
      within(
          backend + " aux",
          2e-5,
          Golden.difference(
              GOLDEN.doubles("aux_frames"), 0, widened(conditioning.get("aux").values())));
      SubscaleGraphs graphs =
          new SubscaleGraphs(
              voice.vocoder::graph,
              voice.imported.model(),
              voice.vocoder.subscale().orElseThrow(),
              conditioning,
              SAMPLES);
      assertRows(
          backend + " logits", 2e-4, "tf_logits", "tf_idx", graphs.score(values("tf_labels")));

      float[] uniforms = GOLDEN.floats("gen_u");
      SubscaleGraphs.Run stepped = graphs.steps(uniforms, 1);
      assertRows(backend + " drawn logits", 2e-4, "gen_logits", "gen_idx", stepped.logits());
      for (float[] made : new float[][] {stepped.audio(), graphs.generate(uniforms, 1)}) {
        float[] labels = values("gen_labels");
        for (int t = 0; t < SAMPLES; t++) {
          assertEquals(labels[t], made[t], 1e-6, "sample " + t);
        }
        float[] wav = new WaveformDecoder(voice.imported.model().audio()).decode(made);
        within(
            backend + " waveform",
            1e-4,
            Golden.difference(GOLDEN.doubles("gen_wav"), 0, widened(wav)));
      }
    }
  }

  private GoldenVoice open(String backend) {
    return GoldenVoice.open(
        Exporter.read(
            Golden.path("papercup_subscale/checkpoint_zip.pth"),
            "auto",
            Optional.of(Golden.path("papercup_subscale/config.json"))),
        folder,
        backend);
  }

  /** The conditioning of the frames that the project has samples for. */
  private static Map<String, Tensor> conditioning(GoldenVoice voice) {
    Map<String, Tensor> made = voice.conditioning(voice.mel("papercup_subscale/mel.npy"));
    Map<String, Tensor> cut = new HashMap<>();
    for (Conditioning tensor : voice.imported.model().conditioningTensors()) {
      int perFrame = (tensor.rate() == Conditioning.Rate.FRAME ? 1 : HOP) * tensor.size();
      float[] values =
          Arrays.copyOfRange(
              made.get(tensor.name()).values(), CONTEXT * perFrame, (CONTEXT + FRAMES) * perFrame);
      cut.put(tensor.name(), new Tensor(values, 1, values.length / tensor.size(), tensor.size()));
    }
    return cut;
  }

  private static float[] values(String labels) {
    int[] classes = GOLDEN.ints(labels);
    float[] values = new float[classes.length];
    for (int t = 0; t < values.length; t++) {
      values[t] = 2f * classes[t] / 255 - 1;
    }
    return values;
  }

  /** The rows recorded for some samples are those found. */
  private static void assertRows(
      String what, double bound, String array, String index, float[] found) {
    double[] expected = GOLDEN.doubles(array);
    int[] samples = GOLDEN.ints(index);
    int size = expected.length / samples.length;
    assertEquals(SAMPLES * size, found.length, what);
    double worst = 0;
    for (int i = 0; i < samples.length; i++) {
      float[] row = Arrays.copyOfRange(found, samples[i] * size, (samples[i] + 1) * size);
      worst = Math.max(worst, Golden.difference(expected, i, widened(row)));
    }
    within(what, bound, worst);
  }
}
