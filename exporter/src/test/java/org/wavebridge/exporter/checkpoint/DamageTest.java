package org.wavebridge.exporter.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.exporter.family.Families;
import org.wavebridge.exporter.files.CheckpointFiles;
import org.wavebridge.exporter.files.PickleWriter;
import org.wavebridge.exporter.files.Tensor;
import org.wavebridge.graphs.CheckpointException;

/**
 * Truncated and flipped files: either a message that starts with the file, or a checkpoint whose
 * tensors can all be read. Seeds can be given with {@code -Dwb.seed=}.
 */
final class DamageTest {
  private static final long SEED = Long.getLong("wb.seed", 20260101);

  @TempDir Path folder;

  /** A small file of each container. */
  enum Small {
    ZIP,
    DEFLATED,
    LEGACY,
    SAFETENSORS;

    byte[] bytes() {
      Map<String, Object> object = new LinkedHashMap<>();
      Tensor base = Tensor.of("Float", "0", 2, 3);
      object.put("a", base);
      object.put("b", base.view(1, new long[] {2}, 3));
      object.put("c", Tensor.of("Half", "1", 4));
      object.put("step", 12);
      object.put("config", Map.of("list", List.of(1, 2.5), "text", "abc"));
      byte[] pickle = PickleWriter.pickle().value(object).bytes();
      Map<String, byte[]> storages = new LinkedHashMap<>();
      storages.put("0", CheckpointFiles.floats(ByteOrder.LITTLE_ENDIAN, 0, 1, 2, 3, 4, 5));
      storages.put("1", new byte[] {0, 1, 2, 3, 4, 5, 6, 7});
      Map<String, byte[]> members = new LinkedHashMap<>();
      members.put("x/data.pkl", pickle);
      members.put("x/byteorder", new byte[] {'b', 'i', 'g'});
      storages.forEach((key, data) -> members.put("x/data/" + key, data));
      return switch (this) {
        case ZIP -> CheckpointFiles.members(members, ZipEntry.STORED);
        case DEFLATED -> CheckpointFiles.members(members, ZipEntry.DEFLATED);
        case LEGACY ->
            CheckpointFiles.legacy(
                pickle, ByteOrder.LITTLE_ENDIAN, storages, Map.of("0", 4, "1", 2));
        case SAFETENSORS ->
            CheckpointFiles.safetensors(
                Map.of("sample_rate", "16000", "list", "[1,2.5]"),
                Map.of(
                    "a", new CheckpointFiles.Values(List.of(2L, 3L), new float[6]),
                    "b", new CheckpointFiles.Values(List.of(), new float[1])));
      };
    }
  }

  /** The files that are damaged below are sound before. */
  @ParameterizedTest
  @EnumSource
  void smallFilesAreSound(Small small) {
    Path file = CheckpointFiles.write(folder.resolve("sound.pt"), small.bytes());
    Checkpoint checkpoint = CheckpointReader.read(file);
    assertTrue(checkpoint.tensors().keySet().containsAll(List.of("a", "b")));
    assertEquals(List.of(1, 2.5), checkpoint.config().get("list"));
  }

  @ParameterizedTest
  @EnumSource
  void smallFilesTruncatedAtEveryLength(Small small) {
    byte[] bytes = small.bytes();
    for (int length = 0; length < bytes.length; length++) {
      tryToRead(small + " cut to " + length, Arrays.copyOf(bytes, length));
    }
  }

  @ParameterizedTest
  @EnumSource
  void smallFilesWithEveryByteReplaced(Small small) {
    byte[] bytes = small.bytes();
    for (int at = 0; at < bytes.length; at++) {
      for (int value : new int[] {0, 0xff, bytes[at] ^ 1, bytes[at] ^ 0x80, '.', '(', 'R', 'Q'}) {
        byte[] damaged = bytes.clone();
        damaged[at] = (byte) value;
        tryToRead(small + " with byte " + at + " = " + (value & 0xff), damaged);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void smallFilesWithSeveralBitsFlipped(Small small) {
    Random random = new Random(SEED);
    byte[] bytes = small.bytes();
    for (int round = 0; round < 1000; round++) {
      byte[] damaged = bytes.clone();
      int flips = 1 + random.nextInt(8);
      for (int flip = 0; flip < flips; flip++) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      tryToRead("%s, seed %d, round %d".formatted(small, SEED, round), damaged);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fatchord_raw/checkpoint_legacy.pyt",
        "fatchord_raw/checkpoint_zip.pyt",
        "fatchord_raw/checkpoint_gpulike_legacy.pyt",
        "fatchord_mol/checkpoint_zip.pyt",
        "en-us-16k/checkpoint.pt"
      })
  void goldenCheckpoints(String name) throws IOException {
    Random random = new Random(SEED);
    byte[] bytes = Files.readAllBytes(CheckpointFiles.golden(name));
    int lively = 12_000;
    for (int round = 0; round < 40; round++) {
      int length = round % 2 == 0 ? random.nextInt(bytes.length) : random.nextInt(lively);
      tryToRead("%s cut to %d".formatted(name, length), Arrays.copyOf(bytes, length));
    }
    for (int round = 0; round < 300; round++) {
      byte[] damaged = bytes.clone();
      int at = round % 4 == 0 ? random.nextInt(bytes.length) : random.nextInt(lively);
      at = round % 4 == 1 ? bytes.length - 1 - at : at;
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      tryToRead("%s, seed %d, round %d, byte %d".formatted(name, SEED, round, at), damaged);
    }
  }

  private void tryToRead(String what, byte[] bytes) {
    Path file = CheckpointFiles.write(folder.resolve("damaged.pt"), bytes);
    assertTimeout(Duration.ofSeconds(10), () -> tryToRead(what, file), what);
  }

  private static void tryToRead(String what, Path file) {
    try {
      Checkpoint checkpoint = CheckpointReader.read(file);
      checkpoint.tensors().values().forEach(tensor -> assertTrue(tensor.toFloats() != null));
      checkpoint.config();
      Families.read(checkpoint, Families.AUTO, Map.of());
    } catch (CheckpointException e) {
      assertTrue(e.getMessage().startsWith(file + ": "), () -> what + ": " + e.getMessage());
      assertTrue(!e.getMessage().contains(": damaged: "), () -> what + ": " + e.getMessage());
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError(what, e);
    }
  }
}
