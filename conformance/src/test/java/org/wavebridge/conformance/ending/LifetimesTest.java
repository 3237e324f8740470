package org.wavebridge.conformance.ending;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wavebridge.conformance.ChildJvm;

/** Vocoders closed, dropped and interrupted while they are used, and programs that are ended. */
final class LifetimesTest {
  private static final int SIGTERM = 128 + 15;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "cpu,generate",
    "stock,generate",
    "cpu,score",
    "cpu,open",
    "cpu,drop",
    "cpu,interrupt"
  })
  void usesMeetAnEndAtAnyTime(String backend, String what) throws Exception {
    trials(backend, what, 6);
  }

  @ParameterizedTest
  @Tag("slow")
  @CsvSource({
    "cpu,generate",
    "stock,generate",
    "cpu,score",
    "stock,score",
    "cpu,open",
    "stock,open",
    "cpu,drop",
    "stock,drop",
    "cpu,interrupt",
    "stock,interrupt"
  })
  void usesMeetAnEndTwoHundredTimes(String backend, String what) throws Exception {
    trials(backend, what, 200);
  }

  private void trials(String backend, String what, int trials) throws Exception {
    ChildJvm child =
        ChildJvm.run(Map.of(), Lifetimes.class, Lifetimes.bundle(folder), backend, what, trials);
    assertEquals(0, child.exitCode(), child.output());
    assertTrue(child.output().contains(trials + " trials done"), child.output());
    assertFalse(child.output().contains("wrong"), child.output());
  }

  @ParameterizedTest
  @CsvSource({"cpu,open", "stock,generate"})
  void aProgramIsEndedAtAnyTime(String backend, String what) throws Exception {
    ended(backend, what, 3);
  }

  @ParameterizedTest
  @Tag("slow")
  @CsvSource({
    "cpu,open",
    "stock,open",
    "cpu,generate",
    "stock,generate",
    "cpu,close",
    "stock,close"
  })
  void aProgramIsEndedTwoHundredTimes(String backend, String what) throws Exception {
    ended(backend, what, 200);
  }

  private void ended(String backend, String what, int trials) throws Exception {
    Path bundle = Lifetimes.bundle(folder);
    Random random = new Random(trials);
    for (int i = 0; i < trials; i++) {
      Process process = start(bundle, backend, what);
      try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
        assertEquals("ready", reader.readLine());
        Thread.sleep(random.nextInt(1000));
        // Process.destroy would close the output.
        process.toHandle().destroy();
        String output = reader.lines().collect(Collectors.joining("\n"));
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "still runs");
        assertEquals(SIGTERM, process.exitValue(), output);
      } finally {
        process.destroyForcibly();
      }
    }
  }

  private Process start(Path bundle, String backend, String what) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> options = List.of("-Xmx256m", "-XX:ErrorFile=" + folder.resolve("crash"), "-cp");
    List<String> program =
        List.of(
            System.getProperty("java.class.path"),
            Lifetimes.class.getName(),
            bundle.toString(),
            backend,
            what,
            Integer.toString(Integer.MAX_VALUE));
    ProcessBuilder builder = new ProcessBuilder(java);
    builder.command().addAll(options);
    builder.command().addAll(program);
    return builder.redirectErrorStream(true).start();
  }
}
