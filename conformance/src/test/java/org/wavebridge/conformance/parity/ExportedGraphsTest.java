package org.wavebridge.conformance.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.conformance.golden.Golden;
import org.wavebridge.conformance.verify.Verification;
import org.wavebridge.conformance.verify.VerificationReport;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.exporter.family.ImportedModel;
import org.wavebridge.graphs.assemble.OnnxChecker;
import org.wavebridge.graphs.bundle.Bundle;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.files.LyraFolder;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.quantize.Quantizer;

/**
 * Every graph of every golden checkpoint's bundle: accepted by the official checker and shape
 * inference, and verified on every backend.
 */
final class ExportedGraphsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "en-us-16k/checkpoint.pt",
        "fatchord_raw/checkpoint_zip.pyt",
        "fatchord_raw/checkpoint_gpulike_legacy.pyt",
        "fatchord_mol/checkpoint_zip.pyt"
      })
  void acceptedAndVerified(String checkpoint) {
    acceptedAndVerified(7, Golden.path(checkpoint));
  }

  /** Which has one that merges bands. */
  @Test
  void acceptedAndVerifiedOfAFolderOfRawArrays() {
    acceptedAndVerified(8, LyraFolder.path());
  }

  private void acceptedAndVerified(int graphs, Path checkpoint) {
    ImportedModel imported = Exporter.read(checkpoint, "auto", Optional.empty());
    Optional<VocoderModel> quantised = Optional.of(Quantizer.quantise(imported.model()));
    try (StagedBundle staged =
        Exporter.stage(imported, quantised, folder.resolve("voice"), "test")) {
      Bundle bundle = Bundle.open(staged.directory());
      assertEquals(graphs, bundle.manifest().graphs().size());
      for (BundleManifest.GraphFile graph : bundle.manifest().graphs()) {
        OnnxChecker.check(bundle.graph(graph.kind(), graph.precision()));
      }
      VerificationReport report =
          Verification.check(imported.model(), quantised, staged.directory());
      assertTrue(report.passed(), report.lines().toString());
    }
  }
}
