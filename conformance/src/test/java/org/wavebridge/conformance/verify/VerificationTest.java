package org.wavebridge.conformance.verify;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.FeatureFormat;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.MelScale;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.quantize.Quantizer;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.graphs.random.RandomModels.ContextShape;

/** A bundle passes against its own model on every backend, and fails against any other. */
final class VerificationTest {
  @TempDir Path folder;

  static Stream<VocoderModel> models() {
    return Stream.of(
        withAnalysis(RandomModels.dualSoftmax(1, 48, 20, 50, 0.3, new BlockShape(16, 1))),
        RandomModels.dualSoftmax(2, 40, 10, 33, 0.5, new BlockShape(4, 4)),
        RandomModels.residualGru(3, 24, 16, List.of(4, 5), new Head.Categorical(128)),
        RandomModels.residualGru(4, 24, 16, List.of(5, 3), new Head.MixtureOfLogistics(10)));
  }

  static Stream<VocoderModel> subscaleModels() {
    List<ContextShape> layers =
        List.of(new ContextShape(12, 3, 2, true), new ContextShape(9, 2, 1, false));
    VocoderModel dual = RandomModels.dualSoftmax(1, 48, 20, 50, 0.3, new BlockShape(16, 1));
    VocoderModel residual =
        RandomModels.residualGru(3, 24, 16, List.of(4, 5), new Head.Categorical(128));
    return Stream.of(
        RandomModels.subscale(5, withAnalysis(dual), 8, 3, 1, true, layers),
        RandomModels.subscale(6, residual, 16, 2, 3, false, layers),
        residual.with(new Subscale(4, 1, 1, Optional.empty())));
  }

  @ParameterizedTest
  @MethodSource("subscaleModels")
  void ownSubscaleModelPassesInBothPrecisions(VocoderModel model) {
    VocoderModel quantised = Quantizer.quantise(model);
    Path bundle = bundle(model, Optional.of(quantised));
    VerificationReport report = Verification.check(model, Optional.of(quantised), bundle);
    assertTrue(report.passed(), report.lines().toString());
    for (String backend : List.of("cpu", "stock")) {
      for (String graph : List.of("subscale", "subscale_generate", "int8 subscale_generate")) {
        assertTrue(
            report.checks().stream().anyMatch(check -> check.name().equals(backend + " " + graph)),
            graph);
      }
    }
  }

  @Test
  void anotherHorizonFails() {
    VocoderModel model = subscaleModels().findFirst().orElseThrow();
    Subscale subscale = model.subscale().orElseThrow();
    Subscale nearer = new Subscale(8, 2, 1, subscale.context());
    VerificationReport report = Verification.check(model.with(nearer), bundle(model));
    for (String graph : List.of("score", "subscale", "subscale_generate")) {
      assertTrue(
          report.checks().stream()
              .anyMatch(check -> check.name().equals("stock " + graph) && !check.passed()),
          graph);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void ownModelPasses(VocoderModel model) {
    VerificationReport report = Verification.check(model, bundle(model));
    assertTrue(report.passed(), report.lines().toString());
    assertTrue(report.lines().stream().anyMatch(line -> line.contains("cpu generate")));
    assertTrue(report.lines().stream().anyMatch(line -> line.contains("stock generate")));
  }

  @Test
  void anotherModelFails() {
    VocoderModel model = RandomModels.dualSoftmax(1, 48, 20, 50, 0.3, new BlockShape(16, 1));
    VocoderModel other = RandomModels.dualSoftmax(9, 48, 20, 50, 0.3, new BlockShape(16, 1));
    VerificationReport report = Verification.check(other, bundle(model));
    assertFalse(report.passed());
    assertTrue(report.firstFailure().startsWith("FAIL cpu conditioner"), report.firstFailure());
    for (String graph : List.of("score", "step", "generate")) {
      assertTrue(
          report.checks().stream()
              .anyMatch(check -> check.name().equals("stock " + graph) && !check.passed()),
          graph);
    }
  }

  @Test
  void aNanIsAFailure() {
    VerificationReport.Check check = new VerificationReport.Check("x", "error", Double.NaN, 1);
    assertFalse(check.passed());
  }

  private static VocoderModel withAnalysis(VocoderModel model) {
    MelAnalysis analysis =
        MelAnalysis.of(256, 200, 12000, MelScale.HTK, MelAnalysis.LogScale.NATURAL);
    return model.with(
        new FeatureFormat(model.features().mels(), model.features().hop(), Optional.of(analysis)));
  }

  private Path bundle(VocoderModel model) {
    return bundle(model, Optional.empty());
  }

  private Path bundle(VocoderModel model, Optional<VocoderModel> quantised) {
    try (StagedBundle staged =
        StagedBundle.write(
            model,
            quantised,
            new BundleManifest.Source("random", "0"),
            "test",
            folder.resolve("voice"))) {
      return staged.publish();
    }
  }
}
