package org.wavebridge.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The job in one JVM, {@code local[2]}: each row once, with the bytes of {@code vocode}. */
final class WavebridgeJobTest {
  @TempDir static Path shared;
  private static TestVoice voice = new TestVoice(Path.of(""));

  @TempDir Path folder;
  private Path in = Path.of("");
  private Path out = Path.of("");

  @BeforeAll
  static void cluster() {
    voice = TestVoice.in(shared);
    LocalSpark.configure();
  }

  @AfterAll
  static void forget() {
    LocalSpark.forget();
  }

  @BeforeEach
  void folders() {
    in = folder.resolve("mels");
    out = folder.resolve("spoken");
    StageCounters.LAST.clear();
  }

  private record Ran(int code, String err) {}

  private Ran job(Object... options) {
    StringWriter err = new StringWriter();
    CommandLine line = WavebridgeJob.commandLine();
    line.setErr(new PrintWriter(err, true)).setOut(new PrintWriter(err, true));
    List<String> arguments = new ArrayList<>();
    Stream.of(in, out, voice.bundle()).map(String::valueOf).forEach(arguments::add);
    Stream.of(options).map(String::valueOf).forEach(arguments::add);
    return new Ran(line.execute(arguments.toArray(new String[0])), err.toString());
  }

  private Set<String> there() throws IOException {
    try (Stream<Path> files = Files.walk(out)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> out.relativize(file).toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void aFolderBecomesAFolder() throws IOException {
    Map<String, Integer> frames = new LinkedHashMap<>();
    for (int i = 0; i < 11; i++) {
      frames.put((i % 2 == 0 ? "deep/er/" : "") + "key" + i, 7 + 7 * i % 31);
    }
    for (Map.Entry<String, Integer> each : frames.entrySet()) {
      TestVoice.write(in, each.getKey(), each.getValue());
    }
    Files.writeString(in.resolve("text.npy"), "no array");
    TestVoice.write(in, "short", 1);
    Ran ran = job("--seed", 7, "--precision", "int8", "--rows", 3);
    assertEquals(3, ran.code(), ran.err());
    assertTrue(ran.err().contains("11 made, 0 were there, 2 bad"), ran.err());
    Set<String> expected = new TreeSet<>(List.of("_bad.tsv", "_bulk.txt"));
    for (Map.Entry<String, Integer> each : frames.entrySet()) {
      expected.add(each.getKey() + ".wav");
      assertArrayEquals(
          voice.vocode(each.getValue(), "int8", 7, each.getKey()),
          Files.readAllBytes(out.resolve(each.getKey() + ".wav")),
          each.getKey());
    }
    assertEquals(expected, there());
    List<String> bad = Files.readAllLines(out.resolve("_bad.tsv"));
    assertEquals(2, bad.size(), bad.toString());
    assertTrue(bad.get(0).matches("short\t.*at least 2 frames.*"), bad.get(0));
    assertTrue(bad.get(1).matches("text\t.*/mels/text.npy: expected.*"), bad.get(1));
    assertEquals("11", StageCounters.LAST.get("wavebridge: rows made"));
    assertEquals("2", StageCounters.LAST.get("wavebridge: rows bad"));
  }

  @Test
  void aJobThatWasEndedIsFinishedAndOtherSettingsAreRefused() throws IOException {
    for (int i = 0; i < 4; i++) {
      TestVoice.write(in, "key" + i, 7 + i);
    }
    assertEquals(0, job().code());
    Files.delete(out.resolve("key2.wav"));
    Files.writeString(out.resolve("key0.wav"), "not made again");
    Ran again = job();
    assertEquals(0, again.code(), again.err());
    assertTrue(again.err().contains("1 made, 3 were there, 0 bad"), again.err());
    assertEquals("not made again", Files.readString(out.resolve("key0.wav")));
    assertArrayEquals(
        voice.vocode(9, "f32", 0, "key2"), Files.readAllBytes(out.resolve("key2.wav")));
    Ran other = job("--temperature", 0.5);
    assertEquals(3, other.code(), other.err());
    assertTrue(
        other.err().contains("expected a folder begun with 'temperature: 0.5'"), other.err());
  }

  /** A table of keys, features as arrays and another column. */
  private void table(String... keys) {
    SparkSession spark = SparkSession.builder().getOrCreate();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < keys.length; i++) {
      float[] values = TestVoice.features(7 + i).values();
      List<List<Float>> mels = new ArrayList<>();
      for (int mel = 0; mel < TestVoice.MELS; mel++) {
        List<Float> one = new ArrayList<>();
        for (int frame = 0; frame < 7 + i; frame++) {
          one.add(values[mel * (7 + i) + frame]);
        }
        mels.add(one);
      }
      rows.add(RowFactory.create(keys[i], "text of " + keys[i], mels));
    }
    StructType schema =
        new StructType()
            .add("id", DataTypes.StringType)
            .add("text", DataTypes.StringType)
            .add("mel", DataTypes.createArrayType(DataTypes.createArrayType(DataTypes.FloatType)));
    spark.createDataFrame(rows, schema).write().parquet(in.toString());
    spark.stop();
  }

  @Test
  void aTableBecomesATable() throws IOException {
    table("a", "b/c", "d");
    Object[] options = {"--table", "--key", "id", "--features", "mel", "--partitions", 2};
    Ran ran = job(options);
    assertEquals(0, ran.code(), ran.err());
    Ran again = job(options);
    assertEquals(0, again.code(), again.err());
    assertTrue(again.err().contains("0 made, 3 were there, 0 bad"), again.err());
    SparkSession spark = SparkSession.builder().getOrCreate();
    List<Row> rows = spark.read().parquet(out.toString()).orderBy("id").collectAsList();
    spark.stop();
    assertEquals(3, rows.size());
    for (int i = 0; i < 3; i++) {
      String key = List.of("a", "b/c", "d").get(i);
      Row row = rows.get(i);
      assertEquals(key, row.<String>getAs("id"));
      assertEquals("text of " + key, row.<String>getAs("text"));
      assertEquals(TestVoice.seed(0, key), row.<Long>getAs("seed"));
      assertArrayEquals(voice.vocode(7 + i, "f32", 0, key), row.<byte[]>getAs("audio"));
    }
    assertFalse(List.of(rows.get(0).schema().fieldNames()).contains("error"));
  }

  @Test
  void aTableBecomesAFolderThatNoKeyLeaves() throws IOException {
    table("a", "../b", "deep/c", "/d", "_e");
    Ran ran = job("--key", "id", "--features", "mel");
    assertEquals(3, ran.code(), ran.err());
    assertTrue(ran.err().contains("2 made, 0 were there, 3 bad"), ran.err());
    assertEquals(new TreeSet<>(List.of("_bad.tsv", "_bulk.txt", "a.wav", "deep/c.wav")), there());
    assertFalse(Files.exists(folder.resolve("b.wav")));
    assertArrayEquals(
        voice.vocode(9, "f32", 0, "deep/c"), Files.readAllBytes(out.resolve("deep/c.wav")));
  }

  @Test
  void whatCannotBeIsRefusedInOneLine() throws IOException {
    table("a", "a");
    refused("expected one row for a key, found 2 for 'a'", "--key", "id", "--features", "mel");
    refused("expected a column 'key', found id, text, mel; see --key");
    refused("has no graphs in precision f16", "--precision", "f16");
    Files.createDirectories(out);
    Files.writeString(out.resolve("mine.wav"), "mine");
    refused("expected an empty folder", "--key", "id", "--features", "mel", "--seed", 1);
    assertEquals("mine", Files.readString(out.resolve("mine.wav")));
    in = folder.resolve("nowhere");
    refused("expected a folder with .npy, .npz files, or a Parquet table, found neither");
    assertEquals(2, job("--rows", 0).code());
  }

  private void refused(String reason, Object... options) throws IOException {
    Ran ran = job(options);
    assertEquals(3, ran.code(), ran.err());
    assertEquals(1, ran.err().strip().lines().count(), ran.err());
    assertTrue(ran.err().contains(reason), ran.err());
    if (Files.isDirectory(out)) {
      Files.deleteIfExists(out.resolve("_bulk.txt"));
    }
  }
}
