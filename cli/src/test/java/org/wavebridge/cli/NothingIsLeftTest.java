package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.runtime.io.NpyArray;
import org.wavebridge.runtime.io.NpyFile;
import org.wavebridge.runtime.io.WavFile;

/**
 * The traces that a run leaves on the machine, and the system calls it makes. Each run is a process
 * of its own whose home and temporary folder are fresh.
 */
final class NothingIsLeftTest {
  private static final String CACHE = ".cache/wavebridge";

  /** The libraries together are larger than this, in bytes. */
  private static final long BIG = 1_000_000;

  @TempDir static Path shared;

  private static Path bundle = Path.of("");
  private static Path mel = Path.of("");

  @TempDir Path folder;

  @BeforeAll
  static void export() throws URISyntaxException {
    bundle = shared.resolve("voice");
    Path checkpoint = Path.of(DemoCommand.class.getResource("demo/checkpoint.pt").toURI());
    Ran ran = Ran.of("export", checkpoint, "-o", bundle, "--no-verify");
    assertEquals(0, ran.code(), ran.err());
    mel = shared.resolve("short.npy");
    NpyFile.write(mel, NpyArray.of(new float[80 * 6], 80, 6));
  }

  private Ran vocode(Forked machine, List<String> before, List<String> options, Object... more)
      throws IOException, InterruptedException {
    Object[] arguments = new Object[6 + more.length];
    List<Object> first = List.of("vocode", bundle, "--mel", mel, "-o", wav());
    System.arraycopy(first.toArray(), 0, arguments, 0, 6);
    System.arraycopy(more, 0, arguments, 6, more.length);
    return machine.run(before, options, arguments);
  }

  private Path wav() {
    return folder.resolve("out.wav");
  }

  private void assertSpoke(Ran ran) {
    assertEquals(0, ran.code(), ran.err());
    assertTrue(WavFile.read(wav()).samples().length > 0);
  }

  /** A class path as an application server's: a library with telemetry crashed on 3 KB of it. */
  @Test
  void aLongCommandLineRunsAndOnlyTheCacheIsLeft() throws IOException, InterruptedException {
    Forked machine = Forked.fresh(folder);
    String padding =
        IntStream.range(0, 1000)
            .mapToObj(
                "/opt/application-server/lib/module-number-%d-of-the-application.jar"::formatted)
            .collect(Collectors.joining(":"));
    assertTrue(padding.length() > 1 << 16);
    String path = System.getProperty("java.class.path") + ":" + padding;
    assertSpoke(vocode(machine, List.of(), List.of("-cp", path)));
    assertOnlyTheCache(machine);
    Map<String, Long> first = Forked.contents(machine.home());
    damage(machine.home());
    assertSpoke(vocode(machine, List.of(), List.of(), "--backend", "stock"));
    assertEquals(first, Forked.contents(machine.home()));
    assertOnlyTheCache(machine);
  }

  private static void assertOnlyTheCache(Forked machine) throws IOException {
    assertEquals(Map.of(), Forked.contents(machine.temporary()));
    Map<String, Long> home = Forked.contents(machine.home());
    home.keySet().removeIf(name -> name.equals(".cache") || name.startsWith(CACHE));
    assertEquals(Map.of(), home);
  }

  /** Cuts the largest file of the cache short, as a full disk would. */
  private static void damage(Path home) throws IOException {
    String largest =
        Forked.contents(home).entrySet().stream()
            .max(Map.Entry.comparingByValue())
            .orElseThrow()
            .getKey();
    assertTrue(largest.endsWith("libonnxruntime.so"), largest);
    Files.write(home.resolve(largest), new byte[100]);
  }

  @Test
  void runsAtOnceShareTheCache() throws IOException, InterruptedException {
    Forked machine = Forked.fresh(folder);
    Process[] processes = new Process[3];
    for (int i = 0; i < processes.length; i++) {
      processes[i] =
          machine.start(
              folder.resolve("said" + i),
              List.of(),
              List.of(),
              "vocode",
              bundle,
              "--mel",
              mel,
              "-o",
              folder.resolve(i + ".wav"));
    }
    for (int i = 0; i < processes.length; i++) {
      assertEquals(0, processes[i].waitFor(), Files.readString(folder.resolve("said" + i)));
    }
    assertOnlyTheCache(machine);
    Map<String, Long> cache = Forked.contents(machine.home());
    assertEquals(3, cache.values().stream().filter(size -> size > 0).count(), cache.toString());
  }

  @Test
  void aKilledRunLeavesNothingBigInTheTemporaryFolder() throws IOException, InterruptedException {
    Forked machine = Forked.fresh(folder);
    NpyFile.write(folder.resolve("long.npy"), NpyArray.of(new float[80 * 20000], 80, 20000));
    Process process =
        machine.start(
            folder.resolve("said"),
            List.of(),
            List.of(),
            "vocode",
            bundle,
            "--mel",
            folder.resolve("long.npy"),
            "-o",
            wav());
    while (process.isAlive() && !isMapped(process, "libonnxruntime.so")) {
      Thread.sleep(20);
    }
    assertTrue(process.isAlive(), Files.readString(folder.resolve("said")));
    process.destroyForcibly().waitFor();
    long left = Forked.contents(machine.temporary()).values().stream().mapToLong(x -> x).sum();
    assertTrue(left < BIG, () -> "left " + left + " bytes");
  }

  private static boolean isMapped(Process process, String library) throws IOException {
    Path maps = Path.of("/proc", String.valueOf(process.pid()), "maps");
    assumeTrue(Files.exists(maps), "needs /proc");
    try {
      return Files.readString(maps).contains(library);
    } catch (IOException e) {
      return false;
    }
  }

  /** Where the home cannot be written, a folder that goes with the process. */
  @Test
  void withoutACacheTheTemporaryFolderServes() throws IOException, InterruptedException {
    Forked machine = Forked.fresh(folder);
    Files.createFile(machine.home().resolve(".cache")); // no folder, for root too
    assertSpoke(vocode(machine, List.of(), List.of()));
    assertEquals(Map.of(".cache", 0L), Forked.contents(machine.home()));
    assertEquals(Map.of(), Forked.contents(machine.temporary()));
  }

  @Test
  void withoutAnyPlaceOneLineSaysSo() throws IOException, InterruptedException {
    Path file = Files.createFile(folder.resolve("file"));
    Forked machine = new Forked(file, file);
    for (String backend : List.of("auto", "cpu", "stock")) {
      Path said = folder.resolve("said");
      int code =
          machine
              .start(
                  said,
                  List.of(),
                  List.of(),
                  "vocode",
                  bundle,
                  "--mel",
                  mel,
                  "-o",
                  wav(),
                  "--backend",
                  backend)
              .waitFor();
      Ran ran = new Ran(code, "", Files.readString(said));
      assertEquals(4, ran.code(), ran.err());
      assertTrue(
          ran.message().contains("libonnxruntime.so cannot be loaded from " + file), ran.err());
      assertTrue(ran.message().contains("WAVEBRIDGE_NATIVE_DIR"), ran.err());
      assertFalse(Files.exists(wav()));
    }
  }

  /** On a real {@code noexec} mount: the next place is taken, and none is one line. */
  @Test
  void aPlaceMountedNoexecIsMetByTheNext() throws IOException, InterruptedException {
    Path mounted = Files.createDirectory(folder.resolve("noexec"));
    List<String> inside = Forked.onTmpfs("noexec", mounted);
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    assertSpoke(vocode(new Forked(mounted, temporary), inside, List.of()));
    assertEquals(Map.of(), Forked.contents(temporary));
    Ran ran = vocode(new Forked(mounted, mounted), inside, List.of());
    assertEquals(4, ran.code(), ran.err());
    assertTrue(ran.message().contains("mounted noexec"), ran.err());
  }

  /** On a disk that is full: the next place is taken, and none is one line. */
  @Test
  void aFullDiskIsMetByTheNext() throws IOException, InterruptedException {
    Path full = Files.createDirectory(folder.resolve("full"));
    List<String> inside = Forked.onTmpfs("size=1m", full);
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    assertSpoke(vocode(new Forked(full, temporary), inside, List.of()));
    assertEquals(Map.of(), Forked.contents(temporary));
    Files.delete(wav());
    Ran ran = vocode(new Forked(full, full), inside, List.of());
    assertEquals(4, ran.code(), ran.err());
    assertTrue(ran.message().contains("No space left"), ran.err());
    assertFalse(Files.exists(wav()));
  }

  /**
   * Nothing is connected to or sent, so no host name is looked up either. Java itself makes a
   * socket to see which protocols there are, and closes it.
   */
  @Test
  void nothingIsSent() throws IOException, InterruptedException {
    Path log = folder.resolve("calls.txt");
    List<String> traced =
        List.of("strace", "-f", "-qq", "-e", "trace=%network", "-o", log.toString());
    assumeTrue(runs("strace", "-o", "/dev/null", "true"), "needs strace and leave to trace");
    Ran ran = vocode(Forked.fresh(folder), traced, List.of());
    assertSpoke(ran);
    // The C library asks a daemon, if there is one, who the user is.
    List<String> calls =
        Files.readAllLines(log).stream()
            .filter(line -> line.matches("\\d+ +(connect|send(to|msg|mmsg)|bind|listen)\\(.*"))
            .filter(line -> !line.contains("/nscd/"))
            .toList();
    assertEquals(List.of(), calls);
  }

  private static boolean runs(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
