package org.wavebridge.conformance.damage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.conformance.ChildJvm;

/**
 * Damaged bundles are refused with one of the documented exceptions, or run; none ends the process.
 * They run in a process of their own, so that one that does is named.
 */
final class DamagedBundlesTest {
  @TempDir Path folder;

  @Test
  void someNeverEndTheProcess() throws IOException, InterruptedException {
    check(0, 500);
  }

  @Test
  @Tag("slow")
  void manyNeverEndTheProcess() throws IOException, InterruptedException {
    check(500, 10_500);
  }

  private void check(int from, int to) throws IOException, InterruptedException {
    ChildJvm child = ChildJvm.run(Map.of(), DamagedBundles.class, folder, from, to, "damaged");
    List<String> seeds = child.output().lines().filter(line -> line.startsWith("seed ")).toList();
    for (String line : seeds) {
      assertFalse(line.contains(DamagedBundles.UNDOCUMENTED), line);
    }
    String output = child.output();
    String end = output.substring(Math.max(0, output.length() - 4000));
    assertEquals(
        0, child.exitCode(), () -> "the process ended; its last seed is the culprit: " + end);
    // Damage of every kind got through to where it should.
    for (String outcome :
        new String[] {"ran", "SHA-256", "bundle.json", "conditioner", "generate"}) {
      long share = seeds.stream().filter(line -> line.endsWith(": " + outcome)).count();
      assertTrue(share > (to - from) / 50, outcome + ": " + share);
    }
  }
}
