package org.wavebridge.exporter.checkpoint;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wavebridge.exporter.files.PickleWriter.pickle;
import static org.wavebridge.exporter.files.Refusals.refused;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.exporter.files.CheckpointFiles;
import org.wavebridge.exporter.files.Tensor;
import org.wavebridge.graphs.CheckpointException;

/** Files that are no checkpoint, or a broken container of one. */
final class ContainerRefusalTest {
  private static final String NEITHER =
      "expected a PyTorch checkpoint (zip or legacy) or a safetensors file, found neither; is it complete?";
  private static final byte[] DATA =
      CheckpointFiles.floats(ByteOrder.LITTLE_ENDIAN, 0, 1, 2, 3, 4, 5);
  private static final byte[] PICKLE =
      pickle().value(Map.of("a", Tensor.of("Float", "0", 2, 3))).bytes();

  @TempDir Path folder;

  @Test
  void whatIsNoFile() {
    Path missing = folder.resolve("missing.pt");
    refused(missing, "no such file", () -> CheckpointReader.read(missing));
    refused(
        folder,
        "expected a file or a folder of *.raw.gz arrays, found another folder or a device",
        () -> CheckpointReader.read(folder));
  }

  @Test
  void whatIsNoCheckpoint() {
    refused(folder, new byte[] {1, 'P', 'K'}, NEITHER);
    refused(folder, new byte[100_000], NEITHER);
  }

  @Test
  void zipWithoutAPickle() {
    refused(
        folder,
        CheckpointFiles.members(Map.of("x/y.txt", DATA), ZipEntry.STORED),
        "a zip without data.pkl, so no PyTorch checkpoint");
  }

  @Test
  void zipWithAWrongChecksum() {
    byte[] zip = CheckpointFiles.zip(PICKLE, Map.of("0", DATA));
    zip[find(zip, DATA) + 5] ^= 1;
    refused(folder, zip, "member archive/data/0 is damaged (checksum or length differs)");
  }

  @Test
  void zipWithAnUnknownByteOrder() {
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("archive/data.pkl", PICKLE);
    members.put("archive/byteorder", "middle".getBytes(StandardCharsets.US_ASCII));
    members.put("archive/data/0", DATA);
    refused(
        folder,
        CheckpointFiles.members(members, ZipEntry.STORED),
        "byte order 'middle', expected 'little' or 'big'");
  }

  @Test
  void membersThatUnpackToMuchMoreThanTheFile() {
    byte[] pickle = pickle().value(Map.of("a", Tensor.of("Float", "0", 1 << 24))).bytes();
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("archive/data.pkl", pickle);
    members.put("archive/data/0", new byte[1 << 26]);
    refused(
        folder,
        CheckpointFiles.members(members, ZipEntry.DEFLATED),
        "member archive/data/0 claims 67108864 bytes, more than such a file holds; is it damaged?");
  }

  @Test
  void manyMembersThatUnpackToMuchMoreThanTheFile() {
    Map<String, byte[]> members = new LinkedHashMap<>();
    Map<String, Object> tensors = new LinkedHashMap<>();
    for (int i = 0; i < 20; i++) {
      tensors.put("t" + i, Tensor.of("Byte", "" + i, 1 << 18));
    }
    members.put("archive/data.pkl", pickle().value(tensors).bytes());
    for (int i = 0; i < 20; i++) {
      members.put("archive/data/" + i, new byte[1 << 18]);
    }
    byte[] zip = CheckpointFiles.members(members, ZipEntry.DEFLATED);
    int fit = (int) ((16L * zip.length + (1 << 20)) / (1 << 18));
    refused(
        folder,
        zip,
        "member archive/data/%d claims 262144 bytes, more than such a file holds; is it damaged?"
            .formatted(fit));
  }

  @Test
  void zipWhoseDirectoryClaimsTooMuch() {
    byte[] zip = CheckpointFiles.zip(PICKLE, Map.of("0", DATA));
    int end = zip.length - 22;
    ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).putInt(end + 12, Integer.MAX_VALUE);
    refused(
        folder,
        zip,
        "the zip is damaged or truncated (invalid END header (bad central directory size))");
  }

  @Test
  void zipWhoseLargeEndRecordClaimsTooManyEntries() {
    for (long entries : new long[] {1L << 28, Integer.MAX_VALUE, -1}) {
      ByteBuffer zip = ByteBuffer.allocate(102).order(ByteOrder.LITTLE_ENDIAN);
      zip.putInt(0x04034b50);
      zip.putInt(0x06064b50).putLong(44).putInt(45 << 16 | 45).putLong(0);
      zip.putLong(entries).putLong(entries).putLong(0).putLong(4);
      zip.putInt(0x07064b50).putInt(0).putLong(4).putInt(1);
      zip.putInt(0x06054b50).putInt(0).putInt(-1).putInt(-1).putInt(-1).putShort((short) 0);
      refused(
          folder,
          zip.array(),
          "the zip claims %s entries, more than such a file holds; is it damaged?"
              .formatted(Long.toUnsignedString(entries)));
    }
  }

  @Test
  void legacyOfAnotherMagicOrProtocol() {
    byte[] legacy = legacy(PICKLE, Map.of("0", DATA));
    byte[] magic = legacy.clone();
    magic[13] = 0x20;
    refused(
        folder,
        magic,
        "expected the magic number 119547037146038801333356, found 152603602526126317829228");
    byte[] protocol = legacy.clone();
    protocol[18] = (byte) 0xea;
    refused(folder, protocol, "expected the protocol 1001, found 1002");
  }

  @Test
  void legacyWhoseStoragesDoNotMatch() {
    refused(
        folder,
        legacy(PICKLE, Map.of("1", DATA)),
        "storage 1 is in the file, but no tensor refers to it");
    refused(
        folder,
        legacy(PICKLE, Map.of()),
        "tensor 'a': shape [2, 3] with strides [3, 1] from element 0 does not fit its storage of 6 elements (0 present); is the file damaged or truncated?");
    byte[] legacy = legacy(PICKLE, Map.of("0", DATA));
    ByteBuffer.wrap(legacy).order(ByteOrder.LITTLE_ENDIAN).putLong(legacy.length - 32, 1L << 62);
    refused(
        folder,
        legacy,
        "storage 0 claims 4611686018427387904 elements of 4 bytes, but 24 bytes are left; is the file truncated?");
    byte[] shorter = Arrays.copyOf(legacy(PICKLE, Map.of("0", DATA)), legacy.length - 1);
    refused(
        folder,
        shorter,
        "storage 0 claims 6 elements of 4 bytes, but 23 bytes are left; is the file truncated?");
  }

  private static byte[] legacy(byte[] pickle, Map<String, byte[]> storages) {
    return CheckpointFiles.legacy(pickle, ByteOrder.LITTLE_ENDIAN, storages, Map.of());
  }

  @Test
  void safetensorsHeaders() {
    header("{\"a\":", "the header is no JSON: ", false);
    header("[".repeat(3), NEITHER, true);
    String entry = "{\"a\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}}";
    header(
        entry.formatted("F8_E4M3", "[6]", "[0,24]"),
        "tensor 'a': dtype 'F8_E4M3' is not known",
        true);
    header(
        entry.formatted("F32", "[7]", "[0,24]"),
        "tensor 'a': shape [7] of F32 does not fill the 24 bytes of its data_offsets",
        true);
    header(
        entry.formatted("F32", "[4611686018427387904,4]", "[0,24]"),
        "tensor 'a': shape [4611686018427387904, 4] of F32 does not fill the 24 bytes of its data_offsets",
        true);
    for (String offsets : List.of("[0,28]", "[20,4]", "[0]", "[0,24,48]")) {
      header(
          entry.formatted("F32", "[6]", offsets),
          "tensor 'a': data_offsets do not lie in the 24 bytes of data; is the file truncated?",
          true);
    }
    for (String shape :
        List.of("[-2,-3]", "6", "[6.0]", "[\"6\"]", "null", "[99999999999999999999]")) {
      header(
          entry.formatted("F32", shape, "[0,24]"),
          "tensor 'a': shape is no list of whole numbers from 0",
          true);
    }
    header("{\"a\":3}", "tensor 'a': dtype '' is not known", true);
    header("{\"__metadata__\":{\"rate\":16000}}", "metadata 'rate' is no text", true);
    header(
        "{\"__metadata__\":{\"rate\":\"16000\"}}",
        "the tensors fill 0 bytes of data, found 24; is the file damaged?",
        true);
    header("{\"a\":{},\"a\":{}}", "the header is no JSON: ", false);
    header("{\"a\":" + "[".repeat(5000), "the header is no JSON: ", false);
  }

  private void header(String json, String expected, boolean exact) {
    byte[] bytes = CheckpointFiles.safetensors(json, DATA);
    if (exact) {
      refused(folder, bytes, expected);
      return;
    }
    Path file = CheckpointFiles.write(folder.resolve("bad.safetensors"), bytes);
    String message =
        assertThrows(CheckpointException.class, () -> CheckpointReader.read(file)).getMessage();
    assertTrue(message.startsWith(file + ": " + expected), message);
  }

  @Test
  void safetensorsOfAnotherLength() {
    byte[] bytes = CheckpointFiles.safetensors("{}", DATA);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 1000);
    refused(
        folder, bytes, "the header claims 1000 bytes, but only 26 follow; is the file truncated?");
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, -1);
    refused(folder, bytes, NEITHER);
  }

  private static int find(byte[] bytes, byte[] part) {
    for (int i = 0; i + part.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    throw new AssertionError("not found");
  }
}
