package org.wavebridge.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.CosineModulatedBank;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.graphs.random.RandomModels.ConditionerShape;
import org.wavebridge.reference.CosineBankReference;
import org.wavebridge.runtime.io.Features;

/** A residual GRU network of several bands of mu-law classes. */
final class SubBandTest {
  private static final CosineModulatedBank BANK = CosineModulatedBank.kaiser(4, 8, 9);
  private static final VocoderModel MODEL =
      RandomModels.subBand(
          6,
          32,
          new ConditionerShape(8, 8, 1, List.of(2, 3), 2),
          new Head.Categorical(64),
          BANK,
          0.4,
          new BlockShape(8, 1));

  @TempDir Path folder;

  /** Each band is decoded, then they are merged. */
  @ParameterizedTest
  @ValueSource(strings = {"cpu", "stock"})
  void theWaveformIsThatOfItsBands(String backend) {
    try (Vocoder vocoder = TestVoices.open(folder, MODEL, backend)) {
      Features features = TestVoices.features(MODEL, 30);
      GenerateOptions options = GenerateOptions.seed(7);
      float[] values = vocoder.generateValues(features, new Uniforms(7), options);
      float[] bands = new WaveformDecoder(MODEL.audio()).expanded(values);
      float[] made = vocoder.generate(features, options, Progress.NONE).samples();
      assertArrayEquals(CosineBankReference.merge(BANK, bands), made);
      assertEquals(29 * 24, made.length);
      List<Features> two = List.of(features, TestVoices.features(MODEL, 11));
      var together = vocoder.generateAll(two, options.withChunkFrames(4), Progress.NONE);
      assertArrayEquals(made, together.get(0).samples());
    }
  }

  /** The network expects what it says itself more than what it says with other numbers. */
  @ParameterizedTest
  @ValueSource(strings = {"cpu", "stock"})
  void itsOwnValuesScoreBest(String backend) {
    try (Vocoder vocoder = TestVoices.open(folder, MODEL, backend)) {
      Features features = TestVoices.features(MODEL, 30);
      GenerateOptions options = GenerateOptions.seed(7);
      float[] own = vocoder.generateValues(features, new Uniforms(7), options);
      float[] other = vocoder.generateValues(features, new Uniforms(7), options.withTemperature(9));
      assertTrue(score(vocoder, features, own) + 0.1 < score(vocoder, features, other));
      // Samples may end within a frame.
      float[] cut = Arrays.copyOf(own, own.length - 12);
      assertTrue(score(vocoder, features, cut) > 0);
    }
  }

  private static double score(Vocoder vocoder, Features features, float[] values) {
    return vocoder.score(features, values, LogitsConsumer.NONE, Progress.NONE).bitsPerSample();
  }

  /** A waveform becomes classes of each band, and those nearly the waveform again, later. */
  @ParameterizedTest
  @ValueSource(strings = {"cpu"})
  void aWaveformIsSplitAndCompanded(String backend) {
    try (Vocoder vocoder = TestVoices.open(folder, MODEL, backend)) {
      float[] waveform = new float[24 * 40];
      for (int t = 0; t < waveform.length; t++) {
        waveform[t] = (float) (0.4 * Math.sin(0.11 * t));
      }
      float[] values = new WaveformEncoder(vocoder.manifest()).encode(waveform);
      assertEquals(waveform.length, values.length);
      for (float value : values) {
        float index = (value + 1) * 63 / 2;
        assertEquals(Math.rint(index), index, 1e-4);
      }
      float[] merged =
          CosineBankReference.merge(BANK, new WaveformDecoder(MODEL.audio()).expanded(values));
      int late = BANK.prototype().length - BANK.bands();
      double noise = 0;
      double signal = 0;
      for (int t = late + 100; t < waveform.length; t++) {
        noise += Math.pow(merged[t] - waveform[t - late], 2);
        signal += Math.pow(waveform[t - late], 2);
      }
      assertTrue(noise < 0.02 * signal, noise / signal + "");
    }
  }
}
