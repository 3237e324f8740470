package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.graphs.bundle.Bundle;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.MelAnalysis;

/** The effect of a configuration on an exported bundle. */
final class ConfigurationTest {
  private static final Path RAW = GoldenFile.of("fatchord_raw/checkpoint_zip.pyt");

  @TempDir Path folder;

  private Ran export(String name, String config, Object... more) throws IOException {
    Path file = Files.writeString(folder.resolve(name), config);
    Object[] arguments = new Object[6 + more.length];
    System.arraycopy(
        new Object[] {"export", RAW, "-o", bundle(), "--config", file}, 0, arguments, 0, 6);
    System.arraycopy(more, 0, arguments, 6, more.length);
    return Ran.of(arguments);
  }

  private Path bundle() {
    return folder.resolve("bundle");
  }

  /** The features graph is checked against the reference before the bundle appears. */
  @Test
  void naturalLogarithmsUpTo8Kilohertz() throws IOException {
    Ran ran =
        export(
            "config.yaml",
            "dsp:\n  n_fft: 1024\n  win_length: 1024\n  fmin: 0\n  fmax: 8000\n  trim_start_end_silence: True\n");
    assertEquals(0, ran.code(), ran.err());
    assertFalse(ran.err().contains("warning"), ran.err());
    Bundle bundle = Bundle.open(bundle());
    assertTrue(bundle.has(GraphKind.FEATURES, BundleManifest.F32));
    MelAnalysis analysis = bundle.manifest().features().analysis().orElseThrow();
    assertEquals(8000, analysis.maximumFrequency());
    assertEquals(MelAnalysis.LogScale.NATURAL, analysis.logScale());
  }

  @Test
  void anAnalysisThatIsNotKnownIsLeftOutWithALine() throws IOException {
    Ran ran = export("config.json", "{\"peak_norm\": true, /* loud */ }", "--no-verify");
    assertEquals(0, ran.code(), ran.err());
    assertTrue(
        ran.err()
            .contains(
                "wavebridge: warning: no features graph, because setting 'peak_norm' is true and the analysis here has false; vocode takes --mel, not --wav"),
        ran.err());
    assertFalse(Bundle.open(bundle()).has(GraphKind.FEATURES, BundleManifest.F32));
  }

  @Test
  void aSlipIsOneLine() throws IOException {
    Ran ran = export("config.json", "{\"voc_pda\": 2}", "--no-verify");
    assertEquals(3, ran.code());
    assertTrue(ran.message().endsWith("'voc_pda', did you mean 'voc_pad'?"), ran.err());
    assertFalse(Files.exists(bundle()));
  }
}
