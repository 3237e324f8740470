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
 * Bundles whose graphs were changed in structure and whose hashes are right: on both backends none
 * ends the process, takes more than ten seconds, throws what is not documented, or reads a file
 * beside the bundle.
 */
final class MutatedBundlesTest {
  @TempDir Path folder;

  @Test
  void someDoNothing() throws IOException, InterruptedException {
    check(0, 150);
  }

  @Test
  @Tag("slow")
  void manyDoNothing() throws IOException, InterruptedException {
    check(1000, 4000);
  }

  private void check(int from, int to) throws IOException, InterruptedException {
    ChildJvm child = ChildJvm.run(Map.of(), DamagedBundles.class, folder, from, to, "mutated");
    List<String> seeds = child.output().lines().filter(line -> line.startsWith("seed ")).toList();
    for (String line : seeds) {
      assertFalse(line.contains(DamagedBundles.UNDOCUMENTED), line);
      assertFalse(line.contains(DamagedBundles.READ_OUTSIDE), line);
    }
    String output = child.output();
    String end = output.substring(Math.max(0, output.length() - 4000));
    assertEquals(
        0, child.exitCode(), () -> "the process ended; its last seed is the culprit: " + end);
    assertEquals(2L * (to - from), seeds.size());
    // Some values of weights may be anything, and such a bundle runs.
    for (String outcome : new String[] {"ran", "bundle.json", "conditioner", "generate"}) {
      long share = seeds.stream().filter(line -> line.endsWith(": " + outcome)).count();
      assertTrue(share > 0, outcome);
    }
  }
}
