package org.wavebridge.conformance.ending;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.conformance.ChildJvm;

/** Graphs may run while the JVM ends. */
final class EndingTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "stock"})
  void aProgramMayEndWhileGraphsRun(String backend) throws IOException, InterruptedException {
    ChildJvm child = ChildJvm.run(Map.of(), EndedWhileRunning.class, folder, backend);
    assertEquals(0, child.exitCode(), child.output());
    assertTrue(child.output().contains("ran on while the program ended"), child.output());
  }
}
