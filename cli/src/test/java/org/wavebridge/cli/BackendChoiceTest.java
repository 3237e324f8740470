package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which backend runs, on a machine without a GPU. */
final class BackendChoiceTest {
  private static final String NO_DRIVER = "no CUDA driver was found (libcuda.so.1)";

  @TempDir static Path folder;

  private static Path bundle = Path.of("");

  @BeforeAll
  static void export() throws URISyntaxException {
    assumeFalse(Files.exists(Path.of("/proc/driver/nvidia/version")), "this machine has a driver");
    bundle = folder.resolve("voice");
    Ran ran = Ran.of("export", demo("checkpoint.pt"), "-o", bundle, "--no-verify");
    assertEquals(0, ran.code(), ran.err());
  }

  @Test
  void tensorRtSaysThatThereIsNoDriver() throws URISyntaxException {
    Path wav = folder.resolve("refused.wav");
    Ran ran =
        Ran.of(
            "vocode", bundle, "--mel", demo("agent-pass.npy"), "-o", wav, "--backend", "tensorrt");
    assertEquals(4, ran.code());
    assertTrue(ran.message().contains("backend 'tensorrt': " + NO_DRIVER), ran.err());
    assertFalse(Files.exists(wav));
  }

  @Test
  void anUnknownBackendIsAnsweredWithThoseThereAre() throws URISyntaxException {
    Ran ran =
        Ran.of(
            "vocode", bundle, "--mel", demo("agent-pass.npy"), "-o", "x.wav", "--backend", "gpu");
    assertEquals(4, ran.code());
    assertTrue(ran.message().endsWith("it has tensorrt, cpu, stock"), ran.err());
  }

  /** In a process of its own, since the logger takes its level when it is made. */
  @Test
  void autoFallsBackToTheCpuAndSaysWhyInTheLog()
      throws IOException, InterruptedException, URISyntaxException {
    Path err = folder.resolve("err.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("org.wavebridge.cli.Main", "vocode", bundle.toString(), "--verbose"));
    command.addAll(List.of("--mel", demo("agent-pass.npy").toString()));
    command.addAll(List.of("-o", folder.resolve("auto.wav").toString()));
    Process process = new ProcessBuilder(command).redirectError(err.toFile()).start();
    assertEquals(0, process.waitFor(), () -> "see " + err);
    String log = Files.readString(err, StandardCharsets.UTF_8);
    assertTrue(log.contains("backend 'tensorrt' not chosen: " + NO_DRIVER), log);
    assertTrue(log.contains("backend 'cpu' chosen"), log);
  }

  private static Path demo(String name) throws URISyntaxException {
    return Path.of(DemoCommand.class.getResource("demo/" + name).toURI());
  }
}
