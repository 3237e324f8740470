package org.wavebridge.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job on a cluster of two workers, of which one is lost with its executor in the middle: each
 * row is made once, with the bytes of {@code vocode}.
 */
@Tag("slow")
final class WorkerLossIT {
  private static final int ROWS = 120;
  private static final Pattern MASTER = Pattern.compile("Starting Spark master at (spark://\\S+)");

  @TempDir Path folder;
  private final List<Process> daemons = new ArrayList<>();
  private final Map<String, Integer> frames = new TreeMap<>();
  private SparkHome spark = new SparkHome(Path.of(""));
  private TestVoice voice = new TestVoice(Path.of(""));
  private String master = "";
  private Path out = Path.of("");

  @BeforeEach
  void cluster() throws Exception {
    spark = SparkHome.layOut();
    voice = TestVoice.slow(folder);
    out = folder.resolve("spoken");
    for (int i = 0; i < ROWS; i++) {
      String key = "part" + i % 5 + "/key" + i;
      frames.put(key, 100 + i * 37 % 150);
      TestVoice.write(folder.resolve("mels"), key, frames.get(key));
    }
    Path said = folder.resolve("master.txt");
    daemons.add(
        spark.daemon(
            said,
            "org.apache.spark.deploy.master.Master",
            "--host 127.0.0.1 --port 0 --webui-port 0"));
    Matcher found = MASTER.matcher("");
    await("the master", () -> found.reset(Files.readString(said)).find());
    master = found.group(1);
    for (int worker = 0; worker < 2; worker++) {
      worker(worker);
    }
  }

  private void worker(int number) throws IOException {
    daemons.add(
        spark.daemon(
            folder.resolve("worker" + number + ".txt"),
            "org.apache.spark.deploy.worker.Worker",
            "--host 127.0.0.1 --port 0 --webui-port 0 --cores 1 --memory 1g --work-dir",
            folder.resolve("work" + number),
            master));
  }

  @AfterEach
  void end() throws InterruptedException {
    for (Process daemon : daemons) {
      lose(daemon);
    }
  }

  /** As a machine that is switched off. */
  private static void lose(Process daemon) throws InterruptedException {
    List<ProcessHandle> all = new ArrayList<>(daemon.descendants().toList());
    daemon.destroyForcibly().waitFor();
    all.forEach(ProcessHandle::destroyForcibly);
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(String what, Condition condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(15);
    while (!condition.holds()) {
      assertTrue(System.nanoTime() < end, "waited a quarter of an hour for " + what);
      Thread.sleep(50);
    }
  }

  private long written(String ending) throws IOException {
    if (!Files.isDirectory(out)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(out)) {
      return files
          .filter(file -> file.toString().endsWith(ending))
          .filter(file -> !file.toString().contains("_temporary"))
          .count();
    } catch (UncheckedIOException e) {
      return 0;
    }
  }

  /** Runs the job, and loses a worker when some of the outputs are there. */
  private String job(String ending, int some, String options) throws Exception {
    Path said = folder.resolve("job.txt");
    Process job =
        spark.start(
            said,
            folder,
            "exec spark-submit --master %s --executor-memory 700m --class org.wavebridge.spark.WavebridgeJob %s mels spoken voice --rows 2 --seed 9 %s"
                .formatted(master, SparkHome.job(), options));
    try {
      await("outputs", () -> written(ending) >= some || !job.isAlive());
      assertTrue(job.isAlive(), Files.readString(said));
      lose(daemons.remove(1));
      assertTrue(job.waitFor(15, TimeUnit.MINUTES), "took more than a quarter of an hour");
    } finally {
      job.destroyForcibly();
    }
    String text = Files.readString(said);
    assertEquals(0, job.exitValue(), text);
    assertTrue(text.contains("Lost executor"), text);
    assertTrue(text.contains(ROWS + " made, 0 were there, 0 bad"), text);
    return text;
  }

  @Test
  void filesAreMadeOnce() throws Exception {
    job(".wav", ROWS / 8, "--partitions 40");
    assertEquals(ROWS, written(".wav"));
    assertEquals(ROWS + 2, written("") - folders());
    for (Map.Entry<String, Integer> each : frames.entrySet()) {
      assertArrayEquals(
          voice.vocode(each.getValue(), "f32", 9, each.getKey()),
          Files.readAllBytes(out.resolve(each.getKey() + ".wav")),
          each.getKey());
    }
  }

  private long folders() throws IOException {
    try (Stream<Path> files = Files.walk(out)) {
      return files.filter(Files::isDirectory).count();
    }
  }

  @Test
  void rowsOfATableAreMadeOnce() throws Exception {
    job(".parquet", 5, "--partitions 40 --table");
    LocalSpark.configure();
    try (SparkSession session = SparkSession.builder().getOrCreate()) {
      List<Row> rows = session.read().parquet(out.toString()).collectAsList();
      Map<String, byte[]> audio = new TreeMap<>();
      rows.forEach(row -> audio.put(row.getAs("key"), row.getAs("audio")));
      assertEquals(ROWS, rows.size());
      assertEquals(frames.keySet(), audio.keySet());
      audio.forEach(
          (key, wav) -> assertArrayEquals(voice.vocode(frames.get(key), "f32", 9, key), wav, key));
    } finally {
      LocalSpark.forget();
    }
  }
}
