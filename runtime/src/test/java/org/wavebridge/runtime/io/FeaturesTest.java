package org.wavebridge.runtime.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.graphs.InputException;

final class FeaturesTest {
  private static final float[] SIX = {1, 2, 3, 4, 5, 6};

  @Test
  void bothLayoutsAreTheSameFeatures() {
    Features bands = Features.of(NpyArray.of(SIX, 2, 3), 2);
    assertEquals(3, bands.frames());
    assertArrayEquals(SIX, bands.values());
    assertEquals(6, bands.at(1, 2));

    Features frames = Features.of(NpyArray.of(SIX, 1, 1, 3, 2), 2);
    assertEquals(3, frames.frames());
    assertArrayEquals(new float[] {1, 3, 5, 2, 4, 6}, frames.values());
    assertEquals(2, frames.at(1, 0));
  }

  @Test
  void oneFrameIsEnough() {
    assertEquals(1, Features.of(NpyArray.of(SIX, 1, 6), 6).frames());
    assertEquals(1, Features.of(NpyArray.of(SIX, 6, 1), 6).frames());
  }

  @Test
  void doublesAreRounded() {
    assertEquals(0.1f, Features.of(NpyArray.of(new double[] {0.1, 0.2}, 1, 2), 2).at(0, 0));
  }

  @Test
  void messages() {
    refused("array: expected features [4, frames] or [frames, 4], found [2, 3]", SIX, 4, 2, 3);
    refused("array: expected features [6, frames] or [frames, 6], found [6]", SIX, 6, 6);
    refused(
        "array: expected features [2, frames] or [frames, 2], found [3, 2, 1]", SIX, 2, 3, 2, 1);
    refused(
        "array: expected at least one frame of 80 features, found [80, 0]",
        new float[0],
        80,
        80,
        0);
    refused(
        "array: expected features [2, frames] or [frames, 2], found [2, 2], which can be either;"
            + " add or remove a frame",
        new float[4],
        2,
        2,
        2);
    refused(
        "array: expected finite features, found NaN at [1, 0]",
        new float[] {1, 2, 3, Float.NaN, Float.NaN, 6},
        2,
        2,
        3);
    refused(
        "array: expected finite features, found -Infinity at [0, 2]",
        new float[] {1, 2, Float.NEGATIVE_INFINITY, 4, 5, 6},
        2,
        2,
        3);
  }

  @Test
  void everyNumberIsAFeature() throws IOException {
    assertArrayEquals(
        new float[] {1, -2}, Features.of(NpyArray.of(new int[] {1, -2}, 2, 1), 2).values());
    assertArrayEquals(
        new float[] {-7, 300}, read(npy("<i2", "1, 2, 1", 0xf9, 0xff, 0x2c, 1), 2).values());
    // Halves: 1, -2, the largest number below 1, the smallest above 0, 65504, 0.
    assertArrayEquals(
        new float[] {1, -2, 1 - 0x1p-11f, 0x1p-24f, 65504, 0},
        read(npy("<f2", "2, 3", 0, 0x3c, 0, 0xc0, 0xff, 0x3b, 1, 0, 0xff, 0x7b, 0, 0), 2).values());
    assertEquals(
        "x: expected finite features, found -Infinity at [0, 0]",
        assertThrows(InputException.class, () -> read(npy("<f2", "1, 2", 0, 0xfc, 0, 0), 2))
            .getMessage());
    assertEquals(
        "x: expected numbers as features, found truth values",
        assertThrows(InputException.class, () -> read(npy("|b1", "1, 2", 0, 1), 2)).getMessage());
  }

  @Test
  void anArchiveOfOneArrayIsRead(@TempDir Path folder) throws IOException {
    byte[] array = npy("<i2", "1, 2", 5, 0, 6, 0);
    Path file = folder.resolve("any.name");
    Files.write(file, zip(true, Map.of("mel.npy", array, "notes.txt", new byte[3])));
    assertArrayEquals(new float[] {5, 6}, Features.read(file, 2).values());
    for (boolean deflated : new boolean[] {true, false}) {
      byte[] one = zip(deflated, Map.of("arr_0.npy", array));
      NpyArray read = NpzFile.only(new ByteArrayInputStream(one), "standard input");
      assertArrayEquals(new float[] {5, 6}, read.floats());
    }
    Files.write(file, zip(true, Map.of("a.npy", array, "b.npy", array)));
    assertEquals(
        file + ": expected an archive (.npz) of one array, found [a, b]",
        assertThrows(InputException.class, () -> Features.read(file, 2)).getMessage());
    Files.write(file, zip(true, Map.of("a.txt", array)));
    assertEquals(
        file + ": expected an archive (.npz) of one array, found none",
        assertThrows(InputException.class, () -> Features.read(file, 2)).getMessage());
  }

  @Test
  void noFeatureIsInfiniteOrNoNumber() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      float[] values = {1, 2, 3, bad, 5, 6};
      assertEquals(
          "expected finite features, found %s at [1, 0]".formatted(bad),
          assertThrows(InputException.class, () -> new Features(2, 3, values)).getMessage());
    }
    assertThrows(IllegalArgumentException.class, () -> new Features(2, 3, new float[5]));
  }

  @Test
  void theFileIsNamed(@TempDir Path folder) {
    Path file = folder.resolve("m.npy");
    NpyFile.write(file, NpyArray.of(SIX, 2, 3));
    assertEquals(3, Features.read(file, 2).frames());
    assertEquals(
        file + ": expected features [80, frames] or [frames, 80], found [2, 3]",
        assertThrows(InputException.class, () -> Features.read(file, 80)).getMessage());
  }

  private static void refused(String message, float[] values, int mels, int... shape) {
    assertEquals(
        message,
        assertThrows(InputException.class, () -> Features.of(NpyArray.of(values, shape), mels))
            .getMessage());
  }

  private static Features read(byte[] file, int mels) {
    return Features.of(NpyFile.read(new ByteArrayInputStream(file), "x"), mels);
  }

  private static byte[] npy(String type, String shape, int... data) {
    String header =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }\n".formatted(type, shape);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    out.write(header.length());
    out.write(0);
    out.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
    for (int value : data) {
      out.write(value);
    }
    return out.toByteArray();
  }

  private static byte[] zip(boolean deflated, Map<String, byte[]> members) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        ZipEntry entry = new ZipEntry(member.getKey());
        if (!deflated) {
          CRC32 crc = new CRC32();
          crc.update(member.getValue());
          entry.setMethod(ZipEntry.STORED);
          entry.setSize(member.getValue().length);
          entry.setCrc(crc.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(member.getValue());
      }
    }
    return out.toByteArray();
  }
}
