package org.wavebridge.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wavebridge.runtime.TestVoices.features;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.CosineModulatedBank;
import org.wavebridge.graphs.model.FeatureFormat;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.InterpolatedMels;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.graphs.random.RandomModels.ConditionerShape;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.SpeakerEmbedding;
import org.wavebridge.runtime.spi.Tensor;

/** Every kind of conditioner: frames as they come give what the utterance at once gives. */
final class StreamedConditioningTest {
  private static final int FRAMES = 75;
  private static final Head HEAD = new Head.Categorical(64);

  @TempDir Path folder;

  record Case(String name, VocoderModel model) {
    Optional<SpeakerEmbedding> speaker() {
      return SpeakerEmbedding.madeUp(model.conditioner().speakerSize());
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    VocoderModel dual = RandomModels.dualSoftmax(1, 16, 6, 7, 0.5, new BlockShape(8, 1));
    List<Case> cases = new ArrayList<>();
    cases.add(new Case("frame_convolutions", dual));
    for (int pad = 0; pad <= 4; pad++) {
      VocoderModel padded =
          RandomModels.residualGru(2, 16, new ConditionerShape(8, 8, 1, List.of(2, 3), pad), HEAD);
      cases.add(new Case("upsampled_pad" + pad, padded));
    }
    VocoderModel residual = RandomModels.residualGru(2, 16, 8, List.of(2, 3), HEAD);
    UpsampledMels upsampled = (UpsampledMels) residual.conditioner();
    UpsampledMels melsOnly = new UpsampledMels(2, upsampled.stages(), Optional.empty());
    cases.add(new Case("upsampled_without_aux", with(dual, melsOnly)));
    cases.add(new Case("speaker", RandomModels.speaking(4, residual, 5)));
    cases.add(new Case("upsampled_pad_value", with(residual, upsampled.paddedWith(-4))));
    cases.add(
        new Case(
            "interpolated", with(residual, new InterpolatedMels(2, 6, 0.25f, upsampled.aux()))));
    cases.add(
        new Case(
            "sub_band",
            RandomModels.subBand(
                5,
                16,
                new ConditionerShape(8, 8, 1, List.of(2, 3), 2),
                new Head.Categorical(64),
                CosineModulatedBank.kaiser(3, 4, 6),
                0.5,
                new BlockShape(8, 1))));
    cases.add(
        new Case(
            "causal",
            RandomModels.multiBand(
                3, 32, 6, CosineModulatedBank.kaiser(3, 4, 6), 2, 2, 0.5, new BlockShape(8, 1))));
    for (int hop : new int[] {7, 61}) {
      cases.add(
          new Case(
              "both_directions_hop" + hop,
              RandomModels.embeddingGru(4, 16, 6, hop, 64, 0.5, new BlockShape(8, 1))));
    }
    cases.add(
        new Case(
            "subscale",
            RandomModels.subscale(
                3, dual, 4, 3, 1, true, List.of(new RandomModels.ContextShape(5, 2, 3, true)))));
    cases.add(
        new Case(
            "lead_and_tail",
            new VocoderModel(
                residual.family(),
                residual.audio(),
                residual.features(),
                residual.conditioner(),
                residual.network(),
                Optional.empty(),
                Utterance.PLAIN.withFrames(3, 4))));
    return cases.stream();
  }

  private static VocoderModel with(VocoderModel model, UpsampledMels conditioner) {
    FeatureFormat features =
        new FeatureFormat(model.features().mels(), conditioner.hop(), Optional.empty());
    return new VocoderModel(
        model.family(), model.audio(), features, conditioner, model.network(), Optional.empty());
  }

  private static VocoderModel with(VocoderModel model, InterpolatedMels conditioner) {
    return new VocoderModel(
        model.family(),
        model.audio(),
        model.features(),
        conditioner,
        model.network(),
        Optional.empty());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void conditioningIsThatOfTheWholeUtterance(Case c) {
    try (Vocoder vocoder = TestVoices.open(folder, c.model(), "cpu")) {
      for (int frames : new int[] {1, 2, 3, 5, FRAMES}) {
        Features features = features(c.model(), frames);
        int size = c.model().conditioner().speakerSize();
        Map<String, Tensor> inputs = new HashMap<>();
        inputs.put("features", new Tensor(features.values(), 1, features.mels(), frames));
        c.speaker().ifPresent(who -> inputs.put("speaker", new Tensor(who.values(), 1, size)));
        Map<String, Tensor> expected = vocoder.graph(GraphKind.CONDITIONER).run(inputs);
        for (int piece : new int[] {1, 7, 70, FRAMES}) {
          ConditioningStream stream = vocoder.conditioning(c.speaker());
          List<Map<String, Tensor>> parts = new ArrayList<>();
          for (Features part : TestVoices.pieces(features, piece)) {
            parts.add(stream.push(part));
          }
          parts.add(stream.finish());
          expected.forEach(
              (name, tensor) ->
                  assertArrayEquals(
                      tensor.values(),
                      joined(parts, name),
                      "%s of %d frames by %d".formatted(name, frames, piece)));
        }
      }
    }
  }

  private static float[] joined(List<Map<String, Tensor>> parts, String name) {
    return TestVoices.joined(
        parts.stream()
            .filter(part -> part.containsKey(name))
            .map(part -> part.get(name).values())
            .toList());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void soundDoesNotDependOnPushesAndChunks(Case c) {
    try (Vocoder vocoder = TestVoices.open(folder, c.model(), "cpu")) {
      Features features = features(c.model(), FRAMES);
      GenerateOptions options = GenerateOptions.seed(3).with(c.speaker());
      float[] expected =
          TestVoices.joined(TestVoices.streamed(vocoder.stream(options), features, FRAMES));
      assertTrue(expected.length > 100, "samples " + expected.length);
      for (int piece : new int[] {1, 2, 13}) {
        for (int chunk : new int[] {1, 5, 1000}) {
          VocoderStream stream = vocoder.stream(options.withChunkFrames(chunk));
          assertArrayEquals(
              expected,
              TestVoices.joined(TestVoices.streamed(stream, features, piece)),
              "pieces of %d, chunks of %d".formatted(piece, chunk));
        }
      }
    }
  }

  /** The default chunk, frames one by one: what {@link Latency} says is what happens. */
  @ParameterizedTest
  @MethodSource("cases")
  void soundLeavesAfterTheFramesThatLatencySays(Case c) {
    try (Vocoder vocoder = TestVoices.open(folder, c.model(), "cpu")) {
      Latency latency = vocoder.latency();
      int hop = latency.hop();
      List<float[]> parts =
          TestVoices.streamed(
              vocoder.stream(GenerateOptions.seed(3).with(c.speaker())),
              features(c.model(), FRAMES),
              1);
      int left = 0;
      for (int pushed = 1; pushed <= FRAMES; pushed++) {
        left += parts.get(pushed - 1).length;
        if (latency.aheadFrames().isEmpty()) {
          assertEquals(0, left);
          continue;
        }
        int before = latency.aheadFrames().getAsInt() + c.model().utterance().leadFrames();
        int most = Math.max(0, pushed - before) * hop;
        assertTrue(left <= most, "%d frames, %d samples".formatted(pushed, left));
        assertTrue(left >= most - latency.subscaleSamples(), pushed + " frames, samples " + left);
        if (pushed == latency.firstSampleFrames().getAsInt()) {
          assertTrue(left > 0, "no samples after " + pushed);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void utterancesOfNoFrameAndOfOneEnd(Case c) {
    try (Vocoder vocoder = TestVoices.open(folder, c.model(), "cpu")) {
      assertEquals(0, vocoder.stream(GenerateOptions.seed(3).with(c.speaker())).finish().length);
      VocoderStream stream = vocoder.stream(GenerateOptions.seed(3).with(c.speaker()));
      int made = stream.push(features(c.model(), 1)).length + stream.finish().length;
      int without = c.model().utterance().leadFrames() + c.model().utterance().tailFrames();
      assertEquals(without == 0 ? c.model().features().hop() : 0, made);
    }
  }
}
