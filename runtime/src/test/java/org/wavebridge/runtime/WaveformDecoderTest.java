package org.wavebridge.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.random.RandomModels;

final class WaveformDecoderTest {
  @Test
  void linearAndContinuousValuesAreAmplitudes() {
    float[] values = {-1, -0.3f, 0, 0.7f, 1};
    for (SampleEncoding encoding :
        new SampleEncoding[] {SampleEncoding.LINEAR, SampleEncoding.CONTINUOUS}) {
      assertArrayEquals(values, new WaveformDecoder(format(encoding, 0)).decode(values));
    }
  }

  @Test
  void muLawIsTheInverseOfCompanding() {
    double mu = 511;
    float[] companded = new float[101];
    for (int i = 0; i < companded.length; i++) {
      double x = (i - 50) / 50.0;
      companded[i] = (float) (Math.signum(x) * Math.log1p(mu * Math.abs(x)) / Math.log1p(mu));
    }
    float[] decoded = new WaveformDecoder(format(SampleEncoding.MU_LAW, 0)).decode(companded);
    for (int i = 0; i < decoded.length; i++) {
      assertEquals((i - 50) / 50.0, decoded[i], 4e-7);
    }
    assertEquals(-1, decoded[0]);
    assertEquals(0, decoded[50]);
    assertEquals(1, decoded[100]);
  }

  @Test
  void deEmphasisIsTheInverseOfPreEmphasis() {
    float[] x = {0.5f, -0.25f, 0.75f, 0.125f, 0, 0, 0.5f};
    float[] emphasised = new float[x.length];
    for (int t = 0; t < x.length; t++) {
      emphasised[t] = t == 0 ? x[0] : x[t] - 0.75f * x[t - 1];
    }
    assertArrayEquals(
        x, new WaveformDecoder(format(SampleEncoding.LINEAR, 0.75f)).decode(emphasised));
  }

  @Test
  void chunksEqualTheWhole() {
    float[] values = new float[1000];
    new Uniforms(5).fill(values, 0, 0, 0, 1000, 1);
    AudioFormat format = format(SampleEncoding.MU_LAW, 0.85f);
    float[] whole = new WaveformDecoder(format).decode(values);
    WaveformDecoder decoder = new WaveformDecoder(format);
    float[] parts = new float[1000];
    for (int at = 0, size = 1; at < 1000; at += size, size = Math.min(size + 3, 1000 - at)) {
      float[] part = decoder.decode(Arrays.copyOfRange(values, at, at + size));
      System.arraycopy(part, 0, parts, at, size);
    }
    assertArrayEquals(whole, parts);
  }

  /** In binary32, the value of some levels lies just below them. */
  @Test
  void truncatedLevelsAreOneLowerWhereTheirValueIs() {
    float[] values = new float[512];
    for (int k = 0; k < 512; k++) {
      values[k] = 2f * k / 511 - 1;
    }
    float[] plain = new WaveformDecoder(format(SampleEncoding.MU_LAW, 0)).decode(values);
    float[] truncated =
        new WaveformDecoder(format(SampleEncoding.MU_LAW_TRUNCATED, 0)).decode(values);
    int lower = 0;
    for (int k = 0; k < 512; k++) {
      int level = (int) ((values[k] + 1) * 511 / 2);
      assertTrue(level == k || level == k - 1);
      lower += k - level;
      assertEquals(plain[level], truncated[k], 1e-6);
    }
    assertTrue(lower > 0);
    assertEquals(-1, truncated[0], 1e-6);
  }

  @Test
  void amplitudesAreLeftAlone() {
    float[] values = {0.5f, -0.25f};
    assertArrayEquals(
        values, new WaveformDecoder(format(SampleEncoding.MU_LAW_AMPLITUDES, 0)).decode(values));
  }

  /** Class C / 2 is silence, class 0 is -1; every class is found again by its amplitude. */
  @Test
  void classesAroundSilence() {
    VocoderModel model = RandomModels.embeddingGru(1, 8, 4, 5, 1024, 1, new BlockShape(1, 1));
    BundleManifest manifest =
        BundleManifest.of(
            model, Optional.empty(), "test", List.of(), new BundleManifest.Source("random", "0"));
    float[] values = new float[1024];
    double[] expected = new double[values.length];
    for (int k = 0; k < values.length; k++) {
      values[k] = 2f * k / 1023 - 1;
      double q = (k - 512) * 2 / 1024.0;
      expected[k] = Math.signum(q) / 1023 * (Math.pow(1024, Math.abs(q)) - 1);
    }
    float[] decoded = new WaveformDecoder(model.audio()).decode(values);
    for (int k = 0; k < values.length; k++) {
      assertEquals(expected[k], decoded[k], 1e-7, "class " + k);
    }
    assertEquals(0, decoded[512]);
    assertEquals(-1, decoded[0]);
    assertArrayEquals(values, new WaveformEncoder(manifest).encode(decoded));
  }

  @Test
  void fadesLinearlyToZero() {
    float[] waveform = {1, 1, 1, 1, 1, 1, 1};
    WaveformDecoder.fadeOut(waveform, 5);
    assertArrayEquals(new float[] {1, 1, 1, 0.75f, 0.5f, 0.25f, 0}, waveform);
  }

  @Test
  void shortClipsFadeWhole() {
    float[] waveform = {1, 1, 1};
    WaveformDecoder.fadeOut(waveform, 20 * 100);
    assertArrayEquals(new float[] {1, 0.5f, 0}, waveform);
    float[] one = {1};
    WaveformDecoder.fadeOut(one, 10);
    assertArrayEquals(new float[] {1}, one);
    WaveformDecoder.fadeOut(new float[0], 10);
  }

  /** Fading first and de-emphasising then, in plain loops. */
  @Test
  void aFadeBeforeDeEmphasis() {
    VocoderModel random =
        RandomModels.residualGru(2, 16, 6, List.of(2, 3), new Head.Categorical(64));
    for (int samples : new int[] {1, 7, 24, 60}) {
      VocoderModel model =
          new VocoderModel(
              random.family(),
              new AudioFormat(16000, 6, SampleEncoding.LINEAR, 0.97f, 4),
              random.features(),
              random.conditioner(),
              random.network(),
              Optional.empty(),
              Utterance.PLAIN.fadingEmphasised());
      BundleManifest manifest =
          BundleManifest.of(
              model, Optional.empty(), "test", List.of(), new BundleManifest.Source("random", "0"));
      float[] values = new float[samples];
      double[] expected = new double[samples];
      int fade = Math.min(samples, 24);
      double last = 0;
      for (int t = 0; t < samples; t++) {
        values[t] = (float) Math.sin(2.3 * t * t);
        int i = t - (samples - fade);
        last = values[t] * (i <= 0 ? 1 : 1 - i / (fade - 1.0)) + 0.97f * last;
        expected[t] = last;
      }
      float[] waveform = new WaveformDecoder(model.audio()).decode(values);
      WaveformDecoder.fadeOut(waveform, manifest);
      for (int t = 0; t < samples; t++) {
        assertEquals(expected[t], waveform[t], 1e-6, "sample " + t + " of " + samples);
      }
    }
  }

  @Test
  void noFadeChangesNothing() {
    float[] waveform = {1, 1};
    WaveformDecoder.fadeOut(waveform, 0);
    assertArrayEquals(new float[] {1, 1}, waveform);
  }

  private static AudioFormat format(SampleEncoding encoding, float deEmphasis) {
    return new AudioFormat(22050, 9, encoding, deEmphasis, 0);
  }
}
