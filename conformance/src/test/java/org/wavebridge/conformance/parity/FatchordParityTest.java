package org.wavebridge.conformance.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.wavebridge.conformance.golden.Golden.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.conformance.golden.Golden;
import org.wavebridge.runtime.UniformSource;
import org.wavebridge.runtime.WaveformDecoder;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.spi.Tensor;

/** Exported graphs against what fatchord's own code computed, on both backends. */
final class FatchordParityTest {
  /** f32 against f32 of another library, through thousands of recurrent steps. */
  private static final double LOGITS = 2e-4;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "stock"})
  void rawReproducesEveryLabel(String backend) {
    Golden golden = Golden.of("fatchord_raw/golden.npz");
    try (GoldenVoice voice = GoldenVoice.open("fatchord_raw/checkpoint_zip.pyt", folder, backend)) {
      Features mel = voice.mel("fatchord_raw/mel.npy");
      conditioner(voice, golden, mel);

      int[] targets = golden.ints("tf_target");
      float[] values = new float[targets.length];
      for (int t = 0; t < values.length; t++) {
        values[t] = 2f * targets[t] / 511 - 1;
      }
      logits(voice.logits(mel, values, 512), golden, "tf_logits", 512);

      float[] made = voice.vocoder.generateValues(mel, recorded(golden.floats("gen_u"), 1), 1);
      int[] labels = golden.ints("gen_labels");
      for (int t = 0; t < made.length; t++) {
        assertEquals(labels[t], Math.round((made[t] + 1) * 511 / 2), "label " + t);
      }
      waveform(voice, golden, made);
    }
  }

  /** fatchord's mixture of logistics, and coqui's. */
  @ParameterizedTest
  @CsvSource({
    "cpu, fatchord_mol, pyt",
    "stock, fatchord_mol, pyt",
    "cpu, coqui_mold, pth",
    "stock, coqui_mold, pth"
  })
  void mixturesReproduceTheSamples(String backend, String family, String suffix) {
    Golden golden = Golden.of(family + "/golden.npz");
    try (GoldenVoice voice =
        GoldenVoice.open(family + "/checkpoint_zip." + suffix, folder, backend)) {
      Features mel = voice.mel(family + "/mel.npy");
      conditioner(voice, golden, mel);
      float[] fed = golden.floats("tf_x");
      // A sample feeds its value to the next; nothing depends on the last one's.
      float[] given = Arrays.copyOfRange(fed, 1, fed.length + 1);
      logits(voice.logits(mel, given, 30), golden, "tf_params", 30);

      float[] mixture = golden.floats("gen_u_mix");
      float[] value = golden.floats("gen_u_x");
      float[] uniforms = new float[value.length * 11];
      for (int t = 0; t < value.length; t++) {
        System.arraycopy(mixture, t * 10, uniforms, t * 11, 10);
        uniforms[t * 11 + 10] = value[t];
      }
      float[] made = voice.vocoder.generateValues(mel, recorded(uniforms, 11), 1);
      within(
          backend + " samples of " + family,
          2e-5,
          Golden.difference(golden.doubles("gen_raw"), 0, widened(made)));
      waveform(voice, golden, made);
    }
  }

  private static void conditioner(GoldenVoice voice, Golden golden, Features mel) {
    Map<String, Tensor> made = voice.conditioning(mel);
    int[] index = golden.ints("up_idx");
    double[] mels = golden.doubles("up_mels");
    float[] found = made.get("mels").values();
    double worst = 0;
    for (int i = 0; i < mels.length; i++) {
      worst = Math.max(worst, Math.abs(mels[i] - found[index[i / 80] * 80 + i % 80]));
    }
    within(voice.vocoder.backend() + " mels", 2e-5, worst);
    double[] aux = golden.doubles("aux_frames");
    worst = Golden.difference(aux, 0, widened(made.get("aux").values()));
    within(voice.vocoder.backend() + " aux", 2e-4, worst);
  }

  private static void logits(List<float[]> found, Golden golden, String name, int size) {
    int[] index = golden.ints("tf_idx");
    double[] expected = golden.doubles(name);
    double worst = 0;
    for (int i = 0; i < index.length; i++) {
      worst = Math.max(worst, Golden.difference(expected, i, widened(found.get(index[i]))));
    }
    assertEquals(expected.length, index.length * size);
    within(name, LOGITS, worst);
  }

  private static void waveform(GoldenVoice voice, Golden golden, float[] made) {
    float[] wav = new WaveformDecoder(voice.vocoder.manifest().audio()).decode(made);
    WaveformDecoder.fadeOut(wav, voice.vocoder.manifest());
    double[] expected = golden.doubles("gen_wav");
    assertEquals(expected.length, wav.length);
    within(
        voice.vocoder.backend() + " waveform", 1e-4, Golden.difference(expected, 0, widened(wav)));
  }

  private static UniformSource recorded(float[] uniforms, int draws) {
    return (target, offset, row, first, samples, drawn) ->
        System.arraycopy(uniforms, (int) first * draws, target, offset, samples * draws);
  }

  private static double[] widened(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
