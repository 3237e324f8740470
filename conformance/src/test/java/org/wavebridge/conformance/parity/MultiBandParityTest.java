package org.wavebridge.conformance.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.BandSynthesis;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.CosineModulatedBank;
import org.wavebridge.graphs.model.QuadratureMirrorTree;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.multibandgru.MultiBandGruNetwork;
import org.wavebridge.graphs.quantize.Quantizer;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.BandReference;
import org.wavebridge.reference.Conditioning;
import org.wavebridge.reference.CosineBankReference;
import org.wavebridge.reference.Reference;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.LogitsConsumer;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.Uniforms;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.spi.Tensor;

/**
 * Multi-band models of random weights and any size: the runtime against the reference, to the bit.
 */
final class MultiBandParityTest {
  private static final int FRAMES = 16;
  private static final int MELS = 6;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "2, 32, 1, 4, 4, f32",
    "4, 64, 8, 4, 4, f32",
    "8, 48, 3, 4, 1, f32",
    "16, 16, 20, 2, 2, f32",
    "3, 32, 2, 4, 4, f32",
    "5, 32, 1, 4, 4, int8",
    "2, 32, 1, 4, 4, int8",
    "4, 64, 8, 4, 4, int8",
    "8, 48, 3, 4, 1, int8"
  })
  void generatesWhatTheReferenceDoes(
      int bands, int hidden, int mixtures, int height, int width, String precision) {
    VocoderModel model =
        RandomModels.multiBand(
            bands, hidden, MELS, synthesis(bands), 3, mixtures, 0.4, new BlockShape(height, width));
    VocoderModel quantised = Quantizer.quantise(model);
    StagedBundle.write(
            model,
            Optional.of(quantised),
            new BundleManifest.Source("random", "0".repeat(64)),
            "test",
            folder.resolve("voice"))
        .publish();
    VocoderOptions options = new VocoderOptions("cpu", precision, 1);
    try (Vocoder vocoder = Vocoder.open(folder.resolve("voice"), options)) {
      Features features = features();
      float[] values = vocoder.generateValues(features, new Uniforms(5), 0.9f);
      VocoderModel computed = precision.equals("f32") ? model : quantised;
      Reference reference = new Reference(computed, Arithmetic.CANONICAL_F32);
      Conditioning conditioning = conditioning(vocoder, model, features);
      float[] uniforms = new float[2 * values.length];
      new Uniforms(5).fill(uniforms, 0, 0, 0, values.length, 2);
      double[] expected =
          reference.generate(reference.network().initialState(), conditioning, 0, uniforms, 0.9f);
      assertEquals(FRAMES * model.features().hop(), values.length);
      for (int t = 0; t < values.length; t++) {
        assertEquals((float) expected[t], values[t], "value " + t);
      }
      assertTrue(Arrays.stream(expected).distinct().count() > values.length / 10, "not constant");

      double bits =
          vocoder.score(features, values, LogitsConsumer.NONE, Progress.NONE).bitsPerSample();
      double mean = Arrays.stream(reference.bits(conditioning, values)).average().orElseThrow();
      assertEquals(mean, bits, 1e-6);
      assertWaveform(vocoder, model, features);
    }
  }

  /** The vocoder's output is the merge of the values that the network emits. */
  private static void assertWaveform(Vocoder vocoder, VocoderModel model, Features features) {
    MultiBandGruNetwork network = assertInstanceOf(MultiBandGruNetwork.class, model.network());
    float[] values = vocoder.generateValues(features, new Uniforms(3), 1);
    float[] expected = merged(network.synthesis(), values);
    float[] found =
        vocoder
            .generate(features, GenerateOptions.seed(3).withChunkFrames(7), Progress.NONE)
            .samples();
    for (int t = 0; t < expected.length; t++) {
      assertEquals(expected[t], found[t], "sample " + t);
    }
  }

  private static float[] merged(BandSynthesis synthesis, float[] values) {
    if (synthesis instanceof CosineModulatedBank bank) {
      return CosineBankReference.merge(bank, values);
    }
    int[][] bands = new int[synthesis.bands()][values.length / synthesis.bands()];
    for (int i = 0; i < values.length; i++) {
      bands[i % bands.length][i / bands.length] = (int) (values[i] * 32768);
    }
    int[] merged = BandReference.merge((QuadratureMirrorTree) synthesis, bands);
    float[] waveform = new float[merged.length];
    for (int t = 0; t < merged.length; t++) {
      waveform[t] = merged[t] / 32768f;
    }
    return waveform;
  }

  private static BandSynthesis synthesis(int bands) {
    return Integer.bitCount(bands) == 1
        ? RandomModels.tree(Integer.numberOfTrailingZeros(bands))
        : CosineModulatedBank.kaiser(bands, 8, 9);
  }

  private static Conditioning conditioning(Vocoder vocoder, VocoderModel model, Features features) {
    Tensor input = new Tensor(features.values(), 1, MELS, FRAMES);
    float[] flat =
        vocoder
            .graph(GraphKind.CONDITIONER)
            .run(Map.of("features", input))
            .get("conditioning")
            .values();
    int size = model.network().inputSize();
    double[][] columns = new double[flat.length / size][size];
    for (int i = 0; i < flat.length; i++) {
      columns[i / size][i % size] = flat[i];
    }
    return Conditioning.ofFrames(model.samplesPerVector(), columns);
  }

  private static Features features() {
    float[] values = new float[MELS * FRAMES];
    new Uniforms(9).fill(values, 0, 0, 0, values.length, 1);
    return new Features(MELS, FRAMES, values);
  }
}
