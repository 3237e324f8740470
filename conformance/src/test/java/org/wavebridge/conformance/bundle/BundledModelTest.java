package org.wavebridge.conformance.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.conformance.cases.Cases;
import org.wavebridge.conformance.golden.Golden;
import org.wavebridge.conformance.golden.GoldenFamily;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.graphs.assemble.VocoderGraphs;
import org.wavebridge.graphs.bundle.Bundle;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.BundledModel;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.contract.Activations;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.files.LyraFolder;
import org.wavebridge.graphs.model.Int8Weights;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.quantize.Quantizer;

/** A model that is read back from a bundle builds the same bundle, byte for byte. */
final class BundledModelTest {
  @TempDir Path folder;

  static Stream<Named<VocoderModel>> models() {
    Stream<Named<VocoderModel>> madeUp =
        Cases.networks().stream()
            .map(subject -> Named.of(subject.name(), subject.model(BundleManifest.F32)));
    Stream<Named<VocoderModel>> families =
        Arrays.stream(GoldenFamily.values())
            .map(family -> Named.of(family.name(), family.random().model()));
    Stream<Named<VocoderModel>> others =
        Stream.of(
                Golden.path("en-us-16k/checkpoint.pt"),
                Golden.path("fatchord_raw/checkpoint_zip.pyt"),
                Golden.path("fatchord_mol/checkpoint_zip.pyt"),
                LyraFolder.path())
            .map(
                path ->
                    Named.of(
                        path.subpath(path.getNameCount() - 2, path.getNameCount()).toString(),
                        Exporter.read(path, "auto", Optional.empty()).model()));
    return Stream.of(madeUp, families, others).flatMap(each -> each);
  }

  @ParameterizedTest
  @MethodSource("models")
  void buildsTheSameGraphs(VocoderModel model) {
    VocoderModel quantised = Quantizer.quantise(model);
    BundleManifest.Source source = new BundleManifest.Source("checkpoint", "00");
    try (StagedBundle staged =
        StagedBundle.write(
            model, Optional.of(quantised), source, "test", folder.resolve("voice"))) {
      Bundle bundle = Bundle.open(staged.directory());
      VocoderModel f32 = BundledModel.of(bundle, BundleManifest.F32);
      VocoderModel int8 = BundledModel.of(bundle, BundleManifest.INT8);
      assertEquals(
          bundle.manifest(),
          BundleManifest.of(
              f32, Optional.of(quantised), "test", bundle.manifest().graphs(), source),
          "manifest");
      assertSame(bundle, BundleManifest.F32, VocoderGraphs.build(f32));
      assertSame(bundle, BundleManifest.INT8, VocoderGraphs.buildInt8(int8));
    }
  }

  @Test
  void activationsOf12Bits() {
    VocoderModel model = Cases.networks().get(0).model(BundleManifest.F32);
    VocoderModel quantised = Quantizer.quantise(model, Activations.BITS_12);
    BundleManifest.Source source = new BundleManifest.Source("checkpoint", "00");
    try (StagedBundle staged =
        StagedBundle.write(
            model, Optional.of(quantised), source, "test", folder.resolve("voice"))) {
      Bundle bundle = Bundle.open(staged.directory());
      BundleManifest.Int8Part int8 = bundle.manifest().int8().orElseThrow();
      assertEquals(12, int8.activationBits());
      long sum =
          quantised.network().matrices().stream()
              .flatMap(matrix -> matrix.int8().stream())
              .mapToLong(Int8Weights::largestRowSum)
              .max()
              .orElseThrow();
      assertEquals(sum * 2047, int8.largestSum());
      VocoderModel read = BundledModel.of(bundle, BundleManifest.INT8);
      assertEquals(Activations.BITS_12, read.network().layers().activations().orElseThrow());
      assertSame(bundle, BundleManifest.INT8, VocoderGraphs.buildInt8(read));
    }
  }

  private static void assertSame(
      Bundle bundle, String precision, Map<GraphKind, OnnxModel> rebuilt) {
    rebuilt.forEach(
        (kind, graph) ->
            assertArrayEquals(
                bundle.graph(kind, precision), graph.toBytes(), kind + " " + precision));
  }
}
