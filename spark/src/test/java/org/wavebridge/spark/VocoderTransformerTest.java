package org.wavebridge.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.InputException;
import org.wavebridge.runtime.io.Features;

/** A column of audio, from features of every kind. */
final class VocoderTransformerTest {
  private static final int ROWS = 5;

  @TempDir static Path folder;
  private static TestVoice voice = new TestVoice(Path.of(""));
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    voice = TestVoice.in(folder);
    LocalSpark.configure();
    spark = SparkSession.builder().getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
    LocalSpark.forget();
  }

  /** Frames of a row; one row has as many as there are mels. */
  private static int frames(int row) {
    return TestVoice.MELS + row;
  }

  private static Dataset<Row> table(DataType type, Function<Integer, Object> cell) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      rows.add(RowFactory.create((long) i, cell.apply(i)));
    }
    return spark.createDataFrame(
        rows, new StructType().add("key", DataTypes.LongType).add("features", type));
  }

  private static void madeRight(Dataset<Row> table, int first) {
    VocoderTransformer voices =
        new VocoderTransformer(
            voice.bundle(), VocodeSettings.defaults().withSeed(5), VocodeColumns.defaults());
    Map<Long, Row> rows =
        voices.transform(table).collectAsList().stream()
            .collect(Collectors.toMap(row -> row.<Long>getAs("key"), row -> row));
    assertEquals(ROWS, rows.size());
    for (int i = first; i < ROWS; i++) {
      Row row = rows.get((long) i);
      assertNull(row.getAs("error"), String.valueOf(row.<String>getAs("error")));
      assertArrayEquals(
          voice.vocode(frames(i), "f32", 5, String.valueOf(i)), row.<byte[]>getAs("audio"));
      assertEquals(TestVoice.seed(5, String.valueOf(i)), row.<Long>getAs("seed"));
    }
  }

  @Test
  void filesAndTheirBytes() throws IOException {
    List<String> places = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      places.add(TestVoice.write(folder.resolve("npy"), "m" + i, frames(i)).toString());
    }
    // A square array can be either way round; so row 0 has an error.
    madeRight(table(DataTypes.StringType, places::get), 1);
    madeRight(table(DataTypes.BinaryType, i -> TestVoice.npy(TestVoice.features(frames(i)))), 1);
  }

  @Test
  void arraysOfFrames() {
    DataType floats = DataTypes.createArrayType(DataTypes.FloatType);
    DataType doubles = DataTypes.createArrayType(DataTypes.DoubleType);
    madeRight(table(floats, i -> byFrame(frames(i)).stream().flatMap(List::stream).toList()), 0);
    madeRight(table(DataTypes.createArrayType(floats), i -> byFrame(frames(i))), 1);
    madeRight(
        table(
            DataTypes.createArrayType(doubles),
            i ->
                byFrame(frames(i)).stream()
                    .map(frame -> frame.stream().map(Float::doubleValue).toList())
                    .toList()),
        1);
  }

  private static List<List<Float>> byFrame(int frames) {
    Features features = TestVoice.features(frames);
    List<List<Float>> all = new ArrayList<>();
    for (int frame = 0; frame < frames; frame++) {
      List<Float> one = new ArrayList<>();
      for (int mel = 0; mel < TestVoice.MELS; mel++) {
        one.add(features.at(mel, frame));
      }
      all.add(one);
    }
    return all;
  }

  @Test
  void samplesAloneAndOneVocoder() {
    int before = ExecutorVocoders.count();
    VocoderTransformer voices =
        new VocoderTransformer(
            voice.bundle(),
            VocodeSettings.defaults().withPrecision("int8"),
            VocodeColumns.defaults().writing("pcm", VocodeColumns.Form.PCM));
    Dataset<Row> table =
        table(DataTypes.BinaryType, i -> TestVoice.npy(TestVoice.features(frames(i))))
            .repartition(ROWS);
    for (int again = 0; again < 2; again++) {
      Row row = voices.transform(table).filter("key = 3").collectAsList().get(0);
      byte[] wav = voice.vocode(frames(3), "int8", 0, "3");
      assertArrayEquals(Arrays.copyOfRange(wav, 44, wav.length), row.<byte[]>getAs("pcm"));
      assertEquals(24_000, row.<Integer>getAs("sample_rate"));
    }
    assertEquals(before + 1, ExecutorVocoders.count());
  }

  @Test
  void badRowsHaveReasons() {
    List<Row> rows =
        List.of(
            RowFactory.create("good", TestVoice.npy(TestVoice.features(9))),
            RowFactory.create("null", null),
            RowFactory.create(null, TestVoice.npy(TestVoice.features(9))),
            RowFactory.create("short", TestVoice.npy(TestVoice.features(1))),
            RowFactory.create("text", new byte[] {1, 2, 3}));
    Dataset<Row> table =
        spark.createDataFrame(
            rows,
            new StructType()
                .add("key", DataTypes.StringType)
                .add("features", DataTypes.BinaryType));
    VocoderTransformer voices =
        new VocoderTransformer(voice.bundle(), VocodeSettings.defaults(), VocodeColumns.defaults());
    Map<String, String> errors =
        voices.transform(table).collectAsList().stream()
            .collect(
                Collectors.toMap(
                    row -> String.valueOf(row.<String>getAs("key")),
                    row -> String.valueOf(row.<String>getAs("error")),
                    (a, b) -> a + b));
    assertEquals("null", errors.get("good"));
    assertTrue(
        errors.get("null").contains("row 'null': expected features, found null"),
        errors.toString());
    assertTrue(
        errors.get("null").contains("expected a key in column 'key', found null"),
        errors.toString());
    assertTrue(errors.get("short").contains("at least 2 frames"), errors.toString());
    assertTrue(errors.get("text").startsWith("row 'text': "), errors.toString());
  }

  @Test
  void whatCannotBeIsRefused() {
    Dataset<Row> table = table(DataTypes.StringType, i -> "x");
    VocodeSettings settings = VocodeSettings.defaults();
    assertThrows(
        InputException.class,
        () ->
            new VocoderTransformer(
                    voice.bundle(), settings, VocodeColumns.defaults().reading("id", "features"))
                .transform(table));
    assertThrows(
        InputException.class,
        () ->
            new VocoderTransformer(
                    voice.bundle(),
                    settings,
                    VocodeColumns.defaults().writing("key", VocodeColumns.Form.WAV))
                .transform(table));
    assertThrows(
        BundleException.class,
        () ->
            new VocoderTransformer(
                    voice.bundle(), settings.withPrecision("f16"), VocodeColumns.defaults())
                .transform(table));
  }
}
