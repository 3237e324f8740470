package org.wavebridge.conformance.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wavebridge.conformance.golden.Golden.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.conformance.golden.FamilyChecks;
import org.wavebridge.conformance.golden.Golden;
import org.wavebridge.conformance.golden.GoldenFamily;
import org.wavebridge.conformance.verify.ReferenceInputs;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.runtime.Folding;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.UniformSource;
import org.wavebridge.runtime.VocoderStream;
import org.wavebridge.runtime.WaveformDecoder;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.Waveform;
import org.wavebridge.runtime.spi.Tensor;

/** Exported graphs of every family against outputs of its own code, on both backends. */
final class FamilyParityTest {
  @TempDir Path folder;

  static Stream<Arguments> cases() {
    return casesThat(family -> true);
  }

  static Stream<Arguments> conditionedCases() {
    return casesThat(family -> family != GoldenFamily.DEEPMIND);
  }

  static Stream<Arguments> casesThat(Predicate<GoldenFamily> fit) {
    return Stream.of(GoldenFamily.values())
        .filter(fit)
        .flatMap(family -> Stream.of("cpu", "stock").map(on -> Arguments.of(family, on)));
  }

  @ParameterizedTest
  @MethodSource("conditionedCases")
  void conditioning(GoldenFamily family, String backend) {
    try (GoldenVoice voice = GoldenVoice.open(family, folder, backend)) {
      VocoderModel model = voice.imported.model();
      Map<String, Tensor> made = voice.conditioning(family.mel(), family.speaker());
      new FamilyChecks(family, backend)
          .conditioning(family.forced(model, ReferenceInputs.of(model, made)));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void teacherForcedLogits(GoldenFamily family, String backend) {
    try (GoldenVoice voice = GoldenVoice.open(family, folder, backend)) {
      VocoderModel model = voice.imported.model();
      float[] given = family.targets(model);
      double[][] found = logits(voice, family, family.mel(), family.offset(), given);
      FamilyChecks checks = new FamilyChecks(family, backend);
      checks.logits(found);
      checks.bits(model, found);
    }
  }

  /** The logits of given samples, whose first belongs to a frame of the features. */
  static double[][] logits(
      GoldenVoice voice, GoldenFamily family, Features mel, int firstFrame, float[] given) {
    VocoderModel model = voice.imported.model();
    Map<String, Tensor> inputs = new HashMap<>();
    Map<String, Tensor> made = voice.conditioning(mel, family.speaker());
    for (Conditioning tensor : model.conditioningTensors()) {
      int perFrame = tensor.rate() == Conditioning.Rate.FRAME ? 1 : model.features().hop();
      int from = firstFrame * perFrame * tensor.size();
      int vectors =
          tensor.rate() == Conditioning.Rate.FRAME
              ? (given.length + model.features().hop() - 1) / model.features().hop()
              : given.length;
      float[] values =
          Arrays.copyOfRange(
              made.get(tensor.name()).values(), from, from + vectors * tensor.size());
      inputs.put(tensor.name(), new Tensor(values, 1, vectors, tensor.size()));
    }
    float[] previous = family.previous(model);
    inputs.put("audio", new Tensor(given, 1, given.length));
    inputs.put("previous", new Tensor(previous, 1, previous.length));
    int state = model.network().stateSize();
    inputs.put("state", new Tensor(new float[state], 1, state));
    float[] logits = voice.vocoder.graph(GraphKind.SCORE).run(inputs).get("logits").values();
    int size = logits.length / given.length;
    double[][] rows = new double[given.length][];
    Arrays.setAll(rows, t -> widened(Arrays.copyOfRange(logits, t * size, (t + 1) * size)));
    return rows;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void freeRunning(GoldenFamily family, String backend) {
    Golden golden = family.golden();
    try (GoldenVoice voice = GoldenVoice.open(family, folder, backend)) {
      VocoderModel model = voice.imported.model();
      UniformSource recorded = recorded(golden.floats("gen_u"), model.network().draws());
      GenerateOptions options = GenerateOptions.seed(0).with(family.speaker());
      float[] made = voice.vocoder.generateValues(family.generatedMel(), recorded, options);
      float[] expected = family.drawn(model);
      double[] recordedWav = family.waveform();
      // Some projects draw samples that they then cut off; of deepmind's frames the last is cut.
      int samples = Math.min(expected.length, made.length);
      assertEquals(recordedWav.length, samples);
      for (int t = 0; t < samples; t++) {
        assertEquals(expected[t], made[t], 1e-6, family + " sample " + t);
      }
      float[] wav = streamed(voice, family.generatedMel(), options, recorded);
      if (model.network().samplesPerStep() == 1) {
        assertArrayEquals(new WaveformDecoder(model.audio()).decode(made), wav);
      }
      WaveformDecoder.fadeOut(wav, voice.vocoder.manifest());
      within(
          family + " waveform",
          1e-4,
          Golden.difference(recordedWav, 0, widened(Arrays.copyOf(wav, samples))));
    }
  }

  /** The samples of a stream, in chunks of five frames. */
  private static float[] streamed(
      GoldenVoice voice, Features mel, GenerateOptions options, UniformSource uniforms) {
    VocoderStream stream = voice.vocoder.stream(options.withChunkFrames(5), uniforms);
    float[] head = stream.push(mel);
    float[] tail = stream.finish();
    float[] whole = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, whole, head.length, tail.length);
    return whole;
  }

  /** However an utterance comes, whole, in a batch or in small chunks, it is the same. */
  @ParameterizedTest
  @EnumSource
  void batchesAndChunks(GoldenFamily family) {
    try (GoldenVoice voice = GoldenVoice.open(family.random(), folder, "cpu")) {
      Features mel = family.randomMel();
      GenerateOptions options = GenerateOptions.seed(3).with(family.speaker());
      float[] whole = voice.vocoder.generate(mel, options, Progress.NONE).samples();
      GenerateOptions small = options.withChunkFrames(3);
      assertArrayEquals(whole, voice.vocoder.generate(mel, small, Progress.NONE).samples());
      for (Waveform row : voice.vocoder.generateAll(List.of(mel, mel), small, Progress.NONE)) {
        assertArrayEquals(whole, row.samples());
      }
    }
  }

  static Stream<Arguments> foldedCases() {
    return casesThat(family -> !family.isThere() || family.golden().has("fold_u"));
  }

  @ParameterizedTest
  @MethodSource("foldedCases")
  void folded(GoldenFamily family, String backend) {
    Golden golden = family.golden();
    int[] sizes = golden.ints("fold_target_overlap");
    float[] uniforms = golden.floats("fold_u");
    int folds = golden.array("fold_u").shape()[1];
    UniformSource recorded =
        (target, offset, row, first, samples, draws) -> {
          for (int t = 0; t < samples; t++) {
            target[offset + t] = uniforms[((int) first + t) * folds + row];
          }
        };
    try (GoldenVoice voice = GoldenVoice.open(family, folder, backend)) {
      Folding folding =
          new Folding(sizes[0], sizes[1], voice.imported.model().utterance().crossfade());
      Features mel = family.generatedMel();
      GenerateOptions options = GenerateOptions.seed(0).with(family.speaker());
      float[] drawn = family.drawnFolds(voice.imported.model());
      float[][] each = voice.vocoder.generateFolds(mel, options, folding, recorded, Progress.NONE);
      assertEquals(drawn.length, each.length * each[0].length);
      for (int i = 0; i < drawn.length; i++) {
        String where = family + " step " + i / folds + " of fold " + i % folds;
        assertEquals(drawn[i], each[i % folds][i / folds], 1e-6, where);
      }
      float[] made =
          voice.vocoder.generateFolded(mel, options, folding, recorded, Progress.NONE).samples();
      double[] expected = family.foldedWaveform();
      assertTrue(expected.length >= made.length);
      within(family + " folded", 1e-4, Golden.difference(expected, 0, widened(made)));
    }
  }

  /**
   * The level that the project of begeekmyfriend sets its files to. It takes the root of the mean
   * square of 16-bit samples, at 0.8 of full scale, as a whole number, and rounds samples twice.
   */
  @ParameterizedTest
  @CsvSource({"gen_decoded, gen_wav", "fold_unfolded, fold_wav"})
  void level(String decoded, String written) {
    Golden golden = GoldenFamily.BEGEEKMYFRIEND.golden();
    double[] expected = golden.doubles(written);
    float[] given = Arrays.copyOf(golden.floats(decoded), expected.length);
    float[] made = new Waveform(given, 22050).atLevel(-20).samples();
    double square = 0;
    double peak = 0;
    for (int t = 0; t < given.length; t++) {
      square += (double) given[t] * given[t];
      expected[t] /= 32768;
      peak = Math.max(peak, Math.abs(expected[t]));
    }
    double root = 0.8 * 32768 * Math.sqrt(square / given.length);
    double bound = peak / (root - 2) + 5.0 / 32768;
    within(written, bound, Golden.difference(expected, 0, widened(made)));
  }

  private static UniformSource recorded(float[] uniforms, int draws) {
    return (target, offset, row, first, samples, drawn) ->
        System.arraycopy(
            uniforms,
            (int) first * draws,
            target,
            offset,
            Math.min(samples * draws, uniforms.length - (int) first * draws));
  }

  static double[] widened(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
