package org.wavebridge.conformance.pcm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.conformance.ChildJvm;

/** Writes the table of hashes that {@link PcmHashTest} holds everything to, when asked to. */
final class PcmTableTest {
  @TempDir Path folder;

  @Test
  @EnabledIfSystemProperty(named = "pcm.hashes", matches = ".+")
  void writesTheTable() throws IOException, InterruptedException {
    for (PcmVoice voice : PcmVoice.values()) {
      voice.export(folder);
    }
    ChildJvm child =
        ChildJvm.run(Map.of("WAVEBRIDGE_CPU_LEVEL", "scalar"), PcmProgram.class, folder, "once");
    assertEquals(0, child.exitCode(), child.output());
    String table =
        PcmHashTest.lines(child).stream()
            .map(line -> line[0] + " = " + line[1] + "\n")
            .sorted()
            .collect(Collectors.joining());
    Files.writeString(
        Path.of(System.getProperty("pcm.hashes")),
        "# SHA-256 of the 16-bit samples: voice, precision, what they are made from.\n"
            + "# mvn test -pl conformance -am -Dtest=PcmTableTest -Dpcm.hashes=FILE writes this file.\n"
            + table);
  }
}
