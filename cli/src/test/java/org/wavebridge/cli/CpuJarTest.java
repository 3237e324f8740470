package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runtime's jar for CPUs alone does what the other does, without what it leaves out. */
final class CpuJarTest {
  private static final Path JAR = Path.of("../runtime/target/runtime-0.1.0-cpu.jar");

  @TempDir Path folder;

  @Test
  void vocodesWithoutThePartsForGpus() throws IOException, InterruptedException {
    assumeTrue(Files.exists(JAR), "the jar is there only from 'mvn verify' on");
    try (ZipFile jar = new ZipFile(JAR.toFile())) {
      assertTrue(jar.stream().anyMatch(entry -> entry.getName().endsWith("libwavebridge_ops.so")));
      assertFalse(jar.stream().anyMatch(entry -> entry.getName().endsWith("tensorrt.so")));
    }
    String path =
        Stream.concat(
                Stream.of(JAR.toAbsolutePath().toString()),
                Stream.of(System.getProperty("java.class.path").split(":"))
                    .filter(entry -> !entry.matches(".*/runtime/target/.*|.*/org/bytedeco/.*")))
            .collect(Collectors.joining(":"));
    Path demo = folder.resolve("demo.wav");
    Ran ran = Forked.fresh(folder).run(List.of(), List.of("-cp", path), "demo", "-o", demo);
    assertEquals(0, ran.code(), ran.err());
    Path here = folder.resolve("here.wav");
    assertEquals(0, Ran.of("demo", "-o", here).code());
    assertArrayEquals(Files.readAllBytes(here), Files.readAllBytes(demo));
    Ran asked =
        Forked.fresh(folder)
            .run(
                List.of(),
                List.of("-cp", path),
                "bench",
                "--model",
                "dual-softmax:H=32,rate=8000",
                "--backend",
                "tensorrt");
    assertEquals(4, asked.code(), asked.err());
    assertEquals(1, asked.err().strip().lines().count(), asked.err());
  }
}
