package org.wavebridge.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands and the program of docs/stacks/spark.md, with the job's jar and Spark's own jars.
 */
final class SparkPageIT {
  private static final Map<String, Integer> FRAMES =
      new TreeMap<>(Map.of("hello", 9, "deep/one", 20, "deep/two", 13));

  @TempDir static Path folder;
  private static SparkHome spark = new SparkHome(Path.of(""));
  private static TestVoice voice = new TestVoice(Path.of(""));
  private static String page = "";

  @BeforeAll
  static void files() throws IOException {
    page = Files.readString(Path.of("../docs/stacks/spark.md"));
    spark = SparkHome.layOut();
    voice = TestVoice.in(folder);
    Files.copy(SparkHome.job(), folder.resolve(SparkHome.job().getFileName()));
    List<Row> rows = new ArrayList<>();
    for (Map.Entry<String, Integer> each : FRAMES.entrySet()) {
      TestVoice.write(folder.resolve("mels"), each.getKey(), each.getValue());
      rows.add(
          RowFactory.create(each.getKey(), TestVoice.npy(TestVoice.features(each.getValue()))));
    }
    LocalSpark.configure();
    try (SparkSession session = SparkSession.builder().getOrCreate()) {
      StructType columns =
          new StructType().add("id", DataTypes.StringType).add("mel", DataTypes.BinaryType);
      session
          .createDataFrame(rows, columns)
          .write()
          .parquet(folder.resolve("mels.parquet").toString());
    } finally {
      LocalSpark.forget();
    }
  }

  /** The commands of the page that begin so. */
  private static List<String> commands(String program) {
    List<String> found =
        page.lines().filter(line -> line.startsWith("    " + program)).map(String::strip).toList();
    assertFalse(found.isEmpty(), program);
    return found;
  }

  private static Map<String, byte[]> rows(String table) throws IOException {
    LocalSpark.configure();
    try (SparkSession session = SparkSession.builder().getOrCreate()) {
      Map<String, byte[]> audio = new TreeMap<>();
      session
          .read()
          .parquet(folder.resolve(table).toString())
          .collectAsList()
          .forEach(row -> audio.put(row.getAs("id"), row.getAs("audio")));
      return audio;
    } finally {
      LocalSpark.forget();
    }
  }

  private static void rightRows(String table, long seed) throws IOException {
    Map<String, byte[]> audio = rows(table);
    assertEquals(FRAMES.keySet(), audio.keySet());
    audio.forEach(
        (key, wav) -> assertArrayEquals(voice.vocode(FRAMES.get(key), "f32", seed, key), wav, key));
  }

  @Test
  void jobs() throws Exception {
    List<String> jobs = commands("spark-submit --class org.wavebridge");
    assertEquals(2, jobs.size());
    spark.run(folder, 0, jobs.get(0));
    for (Map.Entry<String, Integer> each : FRAMES.entrySet()) {
      assertArrayEquals(
          voice.vocode(each.getValue(), "f32", 7, each.getKey()),
          Files.readAllBytes(folder.resolve("spoken-here/" + each.getKey() + ".wav")),
          each.getKey());
    }
    spark.run(folder, 0, jobs.get(1));
    rightRows("spoken.parquet", 0);
  }

  /** The command makes what the job makes, and finishes what the job began. */
  @Test
  void theCommandWithoutSpark() throws Exception {
    String name = SparkHome.job().getFileName().toString();
    String version = name.replaceAll("wavebridge-spark-(.*)-job.jar", "wavebridge-$1");
    Path command = Path.of("../cli/target", version, version, "wavebridge");
    assumeTrue(Files.isExecutable(command), "no distribution of the command at " + command);
    String alias = "wavebridge() { '%s' \"$@\"; }; ".formatted(command.toRealPath());
    List<String> lines = commands("wavebridge");
    assertEquals(2, lines.size());
    spark.run(folder, 0, bash(alias + lines.get(0)));
    String seed = commands("seed=").get(0);
    spark.run(folder, 0, bash(alias + seed + "; " + lines.get(1)));
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("hello.wav")),
        Files.readAllBytes(folder.resolve("spoken/hello.wav")));
    assertArrayEquals(
        voice.vocode(FRAMES.get("hello"), "f32", 7, "hello"),
        Files.readAllBytes(folder.resolve("hello.wav")));
    Files.delete(folder.resolve("spoken/deep/two.wav"));
    String said =
        spark.run(folder, 0, commands("spark-submit").get(0).replace("spoken-here", "spoken"));
    assertTrue(said.contains("spoken: 1 made, 2 were there, 0 bad"), said);
    assertArrayEquals(
        voice.vocode(FRAMES.get("deep/two"), "f32", 7, "deep/two"),
        Files.readAllBytes(folder.resolve("spoken/deep/two.wav")));
  }

  private static String bash(String line) {
    return "exec bash -ec \"$(cat <<'LINES'\n" + line + "\nLINES\n)\"";
  }

  @Test
  void program() throws Exception {
    Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(page);
    assertTrue(block.find());
    Path classes = Files.createDirectories(folder.resolve("classes"));
    Path source = Files.writeString(classes.resolve("SpeakTable.java"), block.group(1));
    String path = SparkHome.job() + ":" + System.getProperty("java.class.path");
    assertEquals(
        0,
        javax.tools.ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                path,
                "-d",
                classes.toString(),
                source.toString()));
    assertEquals(
        0,
        ToolProvider.findFirst("jar")
            .orElseThrow()
            .run(
                System.out,
                System.err,
                "-cf",
                folder.resolve("speak.jar").toString(),
                "-C",
                classes.toString(),
                "SpeakTable.class"));
    spark.run(folder, 0, commands("spark-submit --class SpeakTable").get(0));
    rightRows("audio.parquet", 7);
  }

  /** What Spark has, or what another library of a job may have, is in the jar under our names. */
  @Test
  void theJarMeetsNoOther() throws IOException {
    try (ZipFile jar = new ZipFile(SparkHome.job().toFile())) {
      List<String> foreign =
          jar.stream()
              .map(entry -> entry.getName())
              .filter(name -> name.endsWith(".class"))
              .filter(
                  name ->
                      Stream.of(
                              "org/wavebridge/",
                              "ai/onnx/",
                              "ai/onnxruntime/",
                              "org/bytedeco/",
                              "org/tribuo/")
                          .noneMatch(name::startsWith))
              .toList();
      assertEquals(List.of(), foreign);
    }
    assertTrue(page.contains("is less than 40 MB"), "the size is on the page");
    assertTrue(Files.size(SparkHome.job()) < 40_000_000, "larger than the page says");
  }
}
