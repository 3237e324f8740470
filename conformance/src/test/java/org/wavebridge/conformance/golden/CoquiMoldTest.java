package org.wavebridge.conformance.golden;

import static org.wavebridge.conformance.golden.FamilyParityTest.widened;
import static org.wavebridge.conformance.reference.Golden.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.conformance.reference.Golden;
import org.wavebridge.runtime.UniformSource;
import org.wavebridge.runtime.io.Features;

/** Coqui's mixture of logistics against outputs of its own code. */
final class CoquiMoldTest {
  private static final int RECORDED = 1500;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "stock"})
  void parametersAndSamples(String backend) {
    Golden golden = Golden.of("coqui_mold/golden.npz");
    try (GoldenVoice voice = GoldenVoice.open("coqui_mold/checkpoint_zip.pth", folder, backend)) {
      Features mel = voice.mel("coqui_mold/mel.npy");
      float[] fed = golden.floats("tf_x");
      List<float[]> logits = voice.logits(mel, Arrays.copyOfRange(fed, 1, fed.length), 30);
      double[] expected = golden.doubles("tf_params");
      int[] index = golden.ints("tf_idx");
      double worst = 0;
      for (int i = 0; i < index.length && index[i] < logits.size(); i++) {
        worst = Math.max(worst, Golden.difference(expected, i, widened(logits.get(index[i]))));
      }
      within(backend + " parameters", 2e-4, worst);

      float[] made = voice.vocoder.generateValues(mel, recorded(golden), 1);
      within(
          backend + " samples",
          2e-5,
          Golden.difference(golden.doubles("gen_raw"), 0, widened(Arrays.copyOf(made, RECORDED))));
    }
  }

  /** What was recorded for the first samples; one half for the others. */
  private static UniformSource recorded(Golden golden) {
    float[] mixture = golden.floats("gen_u_mix");
    float[] value = golden.floats("gen_u_x");
    return (target, offset, row, first, samples, draws) -> {
      for (int t = 0; t < samples; t++) {
        int at = (int) first + t;
        int to = offset + t * draws;
        if (at < RECORDED) {
          System.arraycopy(mixture, at * 10, target, to, 10);
          target[to + 10] = value[at];
        } else {
          Arrays.fill(target, to, to + draws, 0.5f);
        }
      }
    };
  }
}
