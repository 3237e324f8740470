package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code conform} on the demo voice. */
final class ConformTest {
  @TempDir static Path shared;

  private static Path bundle = Path.of("");

  @TempDir Path folder;

  @BeforeAll
  static void export() throws URISyntaxException {
    bundle = shared.resolve("voice");
    Path checkpoint =
        Path.of(ConformTest.class.getResource("/org/wavebridge/cli/demo/checkpoint.pt").toURI());
    Ran ran = Ran.of("export", checkpoint, "-o", bundle, "--precision", "f32,int8", "--no-verify");
    assertEquals(0, ran.code(), ran.err());
  }

  @Test
  void theQuickSetPassesOnTheBestBackend() {
    Ran ran = Ran.of("conform", bundle, "--quick");
    assertEquals(0, ran.code(), ran.err());
    assertTrue(ran.out().contains("0 failed, 0 skipped"), ran.out());
  }

  @Test
  void twoBackendsSideBySideInAReport() throws IOException {
    Path report = folder.resolve("report");
    Ran ran =
        Ran.of(
            "conform",
            bundle,
            "--quick",
            "--backend",
            "cpu",
            "--vs",
            "stock",
            "--case",
            "score",
            "--report",
            report);
    assertEquals(0, ran.code(), ran.err());
    String html = Files.readString(report.resolve("report.html"));
    assertTrue(html.contains(">cpu<") && html.contains(">stock<"));
    assertTrue(Files.exists(report.resolve("report.json")));
    assertTrue(Files.exists(report.resolve("junit.xml")));
  }

  @Test
  void aFailureNamesTheCaseAndHowToRunItAlone() throws IOException {
    // Says hello as the protocol wants it, then refuses the first graph.
    Path script = folder.resolve("adapter.sh");
    Files.writeString(
        script, "printf '\\002\\000\\000\\000ok\\010\\000\\000\\000error no'\ncat >/dev/null\n");
    String one = "generate/free/bundle/f32";
    Ran ran =
        Ran.of("conform", bundle, "--quick", "--backend", "process:sh " + script, "--case", one);
    assertEquals(1, ran.code(), ran.err());
    assertTrue(ran.out().contains("FAIL process " + one), ran.out());
    assertTrue(ran.message().contains("process fails " + one), ran.message());
    assertTrue(
        ran.message()
            .contains(
                "wavebridge conform %s --backend 'process:sh %s' --quick --case %s"
                    .formatted(bundle, script, one)),
        ran.message());
  }

  @Test
  void wrongNamesAreMisuseOrMissing() {
    assertEquals(2, Ran.of("conform", bundle, "--case", "sing").code());
    assertEquals(2, Ran.of("conform", bundle, "--precision", "f64").code());
    Ran ran = Ran.of("conform", bundle, "--backend", "abacus");
    assertEquals(4, ran.code());
    assertTrue(
        ran.message().contains("expected auto, tensorrt, cpu, stock, reference"), ran.message());
    assertFalse(ran.err().contains("Exception"), ran.err());
    assertEquals(3, Ran.of("conform", folder.resolve("nowhere")).code());
  }
}
