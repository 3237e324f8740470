package org.wavebridge.exporter.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wavebridge.exporter.files.PickleWriter.part;
import static org.wavebridge.exporter.files.PickleWriter.pickle;
import static org.wavebridge.exporter.files.Refusals.refused;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.exporter.files.CheckpointFiles;
import org.wavebridge.exporter.files.PickleWriter;
import org.wavebridge.exporter.files.Tensor;
import org.wavebridge.graphs.CheckpointException;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.files.LyraFolder;

/** Small files that ask for much memory or time, in all that they hold together. */
final class ReadBudgetTest {
  private static final Tensor TENSOR = Tensor.of("Float", "0", 2, 3);
  private static final byte[] DATA =
      CheckpointFiles.floats(ByteOrder.LITTLE_ENDIAN, 0, 1, 2, 3, 4, 5);

  @TempDir Path folder;

  private static byte[] zip(PickleWriter pickle) {
    return CheckpointFiles.zip(pickle.bytes(), Map.of("0", DATA));
  }

  private static PickleWriter beside(Object value) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("a", TENSOR);
    map.put("other", value);
    return pickle().value(map);
  }

  private static byte[] legacy(PickleWriter pickle) {
    return CheckpointFiles.legacy(
        pickle.bytes(), ByteOrder.LITTLE_ENDIAN, Map.of("0", DATA), Map.of("0", 4));
  }

  /** Each of a million elements, one after the other as small as allowed alone. */
  @Test
  void thousandsOfExpandedTensors() {
    Map<String, Object> tensors = new LinkedHashMap<>();
    for (int i = 0; i < 2000; i++) {
      tensors.put("t" + i, TENSOR.view(0, new long[] {1 << 20}, 0));
    }
    for (byte[] file : List.of(zip(pickle().value(tensors)), legacy(pickle().value(tensors)))) {
      assertTrue(file.length < 600_000);
      Path path = CheckpointFiles.write(folder.resolve("views.pt"), file);
      String message = message(path, ReadBudget.standard());
      assertTrue(
          message.contains("tensor 't16': the tensors up to here show 71303168 bytes"), message);
    }
  }

  @Test
  void thousandsOfViewsOfOneLargeStorage() {
    int elements = 1 << 20;
    Map<String, Object> tensors = new LinkedHashMap<>();
    for (int i = 0; i < 1000; i++) {
      tensors.put("t" + i, Tensor.of("Float", "0", elements));
    }
    byte[] file =
        CheckpointFiles.zip(pickle().value(tensors).bytes(), Map.of("0", new byte[4 * elements]));
    Path path = CheckpointFiles.write(folder.resolve("views.pt"), file);
    String message = message(path, ReadBudget.standard());
    assertTrue(message.contains("': the tensors up to here show "), message);
  }

  @Test
  void aTensorForEveryRowOfATable() {
    Map<String, Object> tensors = new LinkedHashMap<>();
    for (int i = 0; i <= 10_000; i++) {
      tensors.put("t" + i, TENSOR);
    }
    refused(
        folder,
        zip(pickle().value(tensors)),
        "expected a vocoder of at most 10000 tensors, found 10001");
    refused(
        folder,
        zip(pickle().value(Map.of("x".repeat(401), TENSOR))),
        "tensor '%s...': expected a name of at most 400 characters, found 401"
            .formatted("x".repeat(80)));
  }

  /**
   * Numbers of two types that all have the same hash; looked through one by one they take hours.
   */
  @Test
  void keysOfTheSameHash() {
    PickleWriter items = part().raw('}', '(');
    for (long i = 1; i < 100_000; i++) {
      long same = i << 32 | i;
      items.value(same).raw('K', 1).value(Double.longBitsToDouble(same)).raw('K', 1);
    }
    Path file = CheckpointFiles.write(folder.resolve("a.pt"), zip(beside(items.raw('u'))));
    Checkpoint read =
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> CheckpointReader.read(file));
    assertEquals(199_998, ((Map<?, ?>) read.metadata().get("other")).size());
  }

  /** Two equal texts that are no same object are compared at every look-up. */
  @Test
  void longKeysThatAreEqual() {
    String key = "k".repeat(1 << 20);
    PickleWriter items = part().raw('}', '(').value(key).raw('K', 1).value(key).raw('q', 9, 'K', 1);
    for (int i = 0; i < 500_000; i++) {
      items.raw('h', 9, 'K', 1);
    }
    refused(
        folder,
        zip(beside(items.raw('u'))),
        "the pickle is damaged or truncated (a dictionary key of 1048576 characters)");
  }

  @Test
  void keysAndStoragesThatAreHugeNumbers() {
    PickleWriter huge = part().raw(0x8a, 255).raw(new int[254]).raw(1);
    refused(
        folder,
        zip(beside(part().raw('}').value(huge).raw('K', 1, 's'))),
        "the pickle is damaged or truncated (a dictionary key that is neither text nor number)");
    refused(
        folder,
        zip(
            beside(
                part()
                    .tuple("storage", part().global("torch", "FloatStorage"), huge, "cpu", 6)
                    .raw('Q'))),
        "a persistent id that is no reference to a storage");
    assertTrue(BigInteger.TWO.pow(2032).bitLength() > Long.SIZE);
  }

  /** A call may copy what is remembered, at two bytes of the file a time. */
  @ParameterizedTest
  @CsvSource({"collections, Counter", "collections, deque", "pathlib, PosixPath"})
  void copiesOfWhatIsRemembered(String module, String name) {
    Object copied = "x".repeat(1000);
    if (name.equals("Counter")) {
      Map<String, Object> counts = new LinkedHashMap<>();
      for (int i = 0; i < 10_000; i++) {
        counts.put("k" + i, i);
      }
      copied = counts;
    } else if (name.equals("deque")) {
      copied = java.util.Collections.nCopies(10_000, 1);
    }
    PickleWriter copies = part().tuple(copied).raw('q', 8, '0', ']', '(');
    for (int i = 0; i < 200_000; i++) {
      copies.global(module, name).raw('h', 8, 'R');
    }
    refused(
        folder,
        zip(beside(copies.raw('e'))),
        "what it holds beside its tensors takes more than 8000000 values; save the state dict alone, or raise -Dwavebridge.maximum.values");
  }

  @Test
  void aHeaderOfMillionsOfValues() {
    String header = "{\"a\":[" + "0,".repeat(9_000_000) + "0]}";
    refused(
        folder,
        CheckpointFiles.safetensors(header, DATA),
        "what it holds beside its tensors takes more than 8000000 values; save the state dict alone, or raise -Dwavebridge.maximum.values");
  }

  @Test
  void arraysThatUnpackToMuchMoreThanTheFolder() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      for (int i = 0; i < 40; i++) {
        gzip.write(new byte[1 << 20]);
      }
    }
    for (int i = 0; i < 20; i++) {
      Files.write(
          folder.resolve("lyra_16khz_%d_weights.raw.gz".formatted(i)), packed.toByteArray());
    }
    String message = message(folder, ReadBudget.standard());
    assertEquals(
        "%s: the arrays up to here unpack to more than 32 times the %d bytes of their files; these are no trained weights"
            .formatted(folder.resolve("lyra_16khz_10_weights.raw.gz"), 2 * packed.size()),
        message.replace("lyra_16khz_1_weights", "lyra_16khz_10_weights").replace("  ", " "));
  }

  static Stream<Path> checkpoints() {
    return Stream.of(
        CheckpointFiles.golden("fatchord_raw/checkpoint_zip.pyt"),
        CheckpointFiles.golden("fatchord_raw/checkpoint_legacy.pyt"),
        LyraFolder.path());
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void theBudgetHoldsForAllOfAFile(Path path) throws IOException {
    long size = Files.isDirectory(path) ? 50_000_000 : Files.size(path);
    for (long bytes : new long[] {1000, size + 1000, 2 * size + 1000}) {
      String message = message(path, new ReadBudget(bytes, 1_000_000));
      assertTrue(
          message.endsWith(
              ": reading takes more than %d bytes of memory; if the file is yours, give Java more (-Xmx) or raise -Dwavebridge.maximum.bytes"
                  .formatted(bytes)),
          message);
    }
    assertEquals(
        CheckpointReader.read(path).sha256(),
        CheckpointReader.read(path, new ReadBudget(1L << 30, 1_000_000)).sha256());
  }

  @Test
  void valuesAreCountedInAllContainers() {
    String expected =
        "what it holds beside its tensors takes more than 20 values; save the state dict alone, or raise -Dwavebridge.maximum.values";
    byte[] safetensors =
        CheckpointFiles.safetensors(
            Map.of("list", "[1,2,3,4,5,6,7,8,9,10,11,12,13,14]"),
            Map.of("a", new CheckpointFiles.Values(List.of(1L), new float[1])));
    for (byte[] bytes : List.of(zip(beside(1)), legacy(beside(1)), safetensors)) {
      Path file = CheckpointFiles.write(folder.resolve("few.pt"), bytes);
      assertEquals(file + ": " + expected, message(file, new ReadBudget(1 << 20, 20)));
    }
  }

  @Test
  void systemPropertiesSetIt() {
    try {
      System.setProperty(ReadBudget.BYTES_PROPERTY, "12345");
      System.setProperty(ReadBudget.VALUES_PROPERTY, "77");
      assertEquals(new ReadBudget(12345, 77), ReadBudget.standard());
      for (String wrong : new String[] {"", "0", "-1", "4g", "1e9", "99999999999999999999"}) {
        System.setProperty(ReadBudget.BYTES_PROPERTY, wrong);
        assertEquals(
            "-Dwavebridge.maximum.bytes: expected a whole number from 1, found '%s'"
                .formatted(wrong),
            assertThrows(InputException.class, ReadBudget::standard).getMessage());
      }
    } finally {
      System.clearProperty(ReadBudget.BYTES_PROPERTY);
      System.clearProperty(ReadBudget.VALUES_PROPERTY);
    }
    assertTrue(ReadBudget.standard().bytes() <= Runtime.getRuntime().maxMemory() / 4);
  }

  private static String message(Path file, ReadBudget budget) {
    return assertTimeoutPreemptively(
            Duration.ofSeconds(60),
            () ->
                assertThrows(CheckpointException.class, () -> CheckpointReader.read(file, budget)))
        .getMessage();
  }
}
