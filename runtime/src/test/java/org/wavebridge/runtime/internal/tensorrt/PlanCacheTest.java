package org.wavebridge.runtime.internal.tensorrt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PlanCacheTest {
  private static final byte[] PLAN = {1, 2, 3, 4, 5, 6, 7, 8};

  static {
    // A line for each damaged file of these tests would only be noise.
    System.setProperty("org.slf4j.simpleLogger.log." + PlanCache.class.getName(), "off");
  }

  @TempDir Path folder;

  private PlanCache cache() {
    return new PlanCache(folder.resolve("plans"), "10.15.1", 90);
  }

  @Test
  void givesBackWhatWasKept() {
    assertEquals(Optional.empty(), cache().plan("a"));
    assertEquals(Optional.empty(), cache().timings());
    cache().keepPlan("a", PLAN);
    cache().keepTimings(new byte[0]);
    assertArrayEquals(PLAN, cache().plan("a").orElseThrow());
    assertArrayEquals(new byte[0], cache().timings().orElseThrow());
    cache().keepPlan("a", new byte[] {9});
    assertArrayEquals(new byte[] {9}, cache().plan("a").orElseThrow());
  }

  @Test
  void holdsForOneVersionAndArchitecture() {
    cache().keepPlan("a", PLAN);
    cache().keepTimings(PLAN);
    PlanCache newer = new PlanCache(folder.resolve("plans"), "10.16.0", 90);
    PlanCache other = new PlanCache(folder.resolve("plans"), "10.15.1", 89);
    assertEquals(Optional.empty(), newer.plan("a"));
    assertEquals(Optional.empty(), newer.timings());
    assertEquals(Optional.empty(), other.plan("a"));
    assertEquals(Optional.empty(), other.timings());
  }

  @Test
  void everyDamagedPlanIsTakenAway() throws IOException {
    for (int length : new int[] {0, 30, 64, 65, 70}) {
      cache().keepPlan("a", PLAN);
      Path file = theFile();
      byte[] whole = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(whole, length));
      assertEquals(Optional.empty(), cache().plan("a"), "cut to " + length);
      assertEquals(List.of(), files());
    }
    cache().keepPlan("a", PLAN);
    byte[] whole = Files.readAllBytes(theFile());
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 1;
      Files.createDirectories(folder.resolve("plans"));
      Files.write(folder.resolve("plans").resolve("10.15.1-sm90-a.plan"), damaged);
      assertEquals(Optional.empty(), cache().plan("a"), "byte " + at);
    }
  }

  @Test
  void aRefusedPlanIsTakenAway() throws IOException {
    cache().keepPlan("a", PLAN);
    cache().dropPlan("a");
    assertEquals(List.of(), files());
    cache().dropPlan("a");
  }

  @Test
  void leavesNothingHalfWrittenAndGoesOnWithoutAFolder() throws IOException {
    cache().keepPlan("a", PLAN);
    assertEquals(1, files().size());
    Path blocked = Files.writeString(folder.resolve("blocked"), "a file");
    PlanCache without = new PlanCache(blocked, "10.15.1", 90);
    without.keepPlan("a", PLAN);
    assertEquals(Optional.empty(), without.plan("a"));
  }

  @Test
  void theNameDependsOnGraphSizesAndPlugins() {
    SizeRange one = range(1);
    String key = PlanCache.key(PLAN, one, "p");
    assertEquals(key, PlanCache.key(PLAN.clone(), range(1), "p"));
    assertNotEquals(key, PlanCache.key(new byte[] {1}, one, "p"));
    assertNotEquals(key, PlanCache.key(PLAN, range(2), "p"));
    assertNotEquals(key, PlanCache.key(PLAN, one, "q"));
  }

  private static SizeRange range(long rows) {
    return SizeRange.covering(new CallShapes(new TreeMap<>(Map.of("N", rows))));
  }

  private Path theFile() throws IOException {
    return files().get(0);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("plans"))) {
      return files.toList();
    }
  }
}
