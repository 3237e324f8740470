package org.wavebridge.exporter.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.exporter.family.Families;
import org.wavebridge.exporter.files.CheckpointFiles;
import org.wavebridge.graphs.CheckpointException;
import org.wavebridge.graphs.InputException;

/**
 * Mutated files of every container: a refusal that begins with the file, or a checkpoint that can
 * be read whole; nothing else leaves, and nothing hangs. The seed is {@code -Dwb.seed=}.
 */
final class MutatedCheckpointsTest {
  private static final long SEED = Long.getLong("wb.seed", 20260202);

  /** Opcodes and values that mean something to a pickle, and characters that do to JSON. */
  private static final byte[] LIVELY = bytes("().0RQbctuesaqhrjKMJXNI}]{[\"\\:,0123456789-eEtfn\0");

  @TempDir Path folder;

  private byte[] zip = {};
  private byte[] legacy = {};
  private byte[] safetensors = {};
  private final Map<String, byte[]> members = new LinkedHashMap<>();

  private static byte[] bytes(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  @BeforeEach
  void read() throws IOException {
    Path golden = CheckpointFiles.golden("fatchord_raw/checkpoint_zip.pyt");
    zip = Files.readAllBytes(golden);
    legacy = Files.readAllBytes(CheckpointFiles.golden("fatchord_raw/checkpoint_legacy.pyt"));
    try (ZipFile file = new ZipFile(golden.toFile())) {
      for (ZipEntry entry : Collections.list(file.entries())) {
        members.put(entry.getName(), file.getInputStream(entry).readAllBytes());
      }
    }
    Map<String, CheckpointFiles.Values> tensors = new LinkedHashMap<>();
    CheckpointReader.read(golden)
        .tensors()
        .forEach(
            (name, tensor) ->
                tensors.put(
                    name,
                    new CheckpointFiles.Values(
                        Arrays.stream(tensor.shape()).boxed().toList(), tensor.toFloats())));
    safetensors =
        CheckpointFiles.safetensors(
            Map.of("sample_rate", "22050", "config", "{\"mode\": \"RAW\"}"), tensors);
  }

  @Test
  void someMutants() {
    run(200);
  }

  @Test
  @Tag("slow")
  void thousandsOfMutants() {
    run(3000);
  }

  private void run(int count) {
    int readable = 0;
    for (int round = 0; round < count; round++) {
      Random random = new Random(SEED + round);
      byte[] mutant = mutant(round % 8, random);
      readable += survives("seed %d, round %d".formatted(SEED, round), mutant) ? 1 : 0;
    }
    assertTrue(readable > 0 && readable < count, readable + " of " + count + " are readable");
  }

  private byte[] mutant(int kind, Random random) {
    return switch (kind) {
      case 0 -> flipped(zip, 0, zip.length, random);
      case 1 -> flipped(legacy, 0, legacy.length, random);
      case 2 -> {
        byte[] file = List.of(zip, legacy, safetensors).get(random.nextInt(3));
        yield Arrays.copyOf(file, random.nextInt(file.length));
      }
      case 3 -> flipped(zip, zip.length - 12_000, zip.length, random);
      case 4 -> flipped(legacy, 0, 8000, random);
      case 5 -> {
        int header =
            8 + (int) ByteBuffer.wrap(safetensors).order(ByteOrder.LITTLE_ENDIAN).getLong();
        yield flipped(safetensors, random.nextInt(4) == 0 ? 0 : 8, header, random);
      }
      default -> {
        Map<String, byte[]> changed = new LinkedHashMap<>(members);
        String pickle =
            members.keySet().stream().filter(n -> n.endsWith("data.pkl")).findFirst().orElseThrow();
        changed.put(pickle, spliced(members.get(pickle), random));
        yield CheckpointFiles.members(changed, ZipEntry.STORED);
      }
    };
  }

  /** Some bytes of a range replaced. */
  private static byte[] flipped(byte[] file, int from, int to, Random random) {
    byte[] mutant = file.clone();
    int flips = 1 + random.nextInt(4);
    for (int i = 0; i < flips; i++) {
      int at = from + random.nextInt(to - from);
      mutant[at] =
          random.nextBoolean()
              ? LIVELY[random.nextInt(LIVELY.length)]
              : (byte) (mutant[at] ^ 1 << random.nextInt(8));
    }
    return mutant;
  }

  /** A pickle with bytes replaced, or a part of it left out, repeated or put elsewhere. */
  private static byte[] spliced(byte[] pickle, Random random) {
    if (random.nextBoolean()) {
      return flipped(pickle, 0, pickle.length, random);
    }
    int from = random.nextInt(pickle.length);
    int length = 1 + random.nextInt(Math.min(200, pickle.length - from));
    int to = random.nextInt(pickle.length);
    int kept = random.nextBoolean() ? to : from + length;
    byte[] part = Arrays.copyOfRange(pickle, from, from + length);
    byte[] start = Arrays.copyOf(pickle, to);
    byte[] end = Arrays.copyOfRange(pickle, kept, pickle.length);
    return ByteBuffer.allocate(start.length + part.length + end.length)
        .put(start)
        .put(part)
        .put(end)
        .array();
  }

  private boolean survives(String what, byte[] bytes) {
    Path file = CheckpointFiles.write(folder.resolve("mutant.pt"), bytes);
    return assertTimeoutPreemptively(Duration.ofSeconds(60), () -> survives(what, file), what);
  }

  private static boolean survives(String what, Path file) {
    try {
      Checkpoint checkpoint = CheckpointReader.read(file);
      checkpoint.tensors().values().forEach(CheckpointTensor::zeros);
      assertEquals(Families.names().size(), Families.detect(checkpoint).size());
      Exporter.read(checkpoint, Families.AUTO, Optional.empty());
      return true;
    } catch (CheckpointException | InputException e) {
      String message = String.valueOf(e.getMessage());
      assertTrue(message.startsWith(file + ": "), () -> what + ": " + message);
      assertTrue(!message.contains(": damaged: "), () -> what + ": " + message);
      assertTrue(message.length() < 4000, () -> what + ": " + message);
      return false;
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError(what, e);
    }
  }
}
