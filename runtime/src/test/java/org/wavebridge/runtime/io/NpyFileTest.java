package org.wavebridge.runtime.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.files.OutputFile;

final class NpyFileTest {
  private final Path folder;

  NpyFileTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void roundTrip() {
    Path file = folder.resolve("a.npy");
    NpyFile.write(file, NpyArray.of(new float[] {1, 2, 3, 4, 5, 6.5f}, 2, 3));
    NpyArray array = NpyFile.read(file);
    assertEquals(NpyArray.Type.FLOAT32, array.type());
    assertArrayEquals(new int[] {2, 3}, array.shape());
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6.5f}, array.floats());
    assertArrayEquals(new double[] {1, 2, 3, 4, 5, 6.5}, array.doubles());

    NpyFile.write(file, NpyArray.of(new double[] {Math.PI}));
    assertArrayEquals(new double[] {Math.PI}, NpyFile.read(file).doubles());
    assertEquals(0, NpyFile.read(file).shape().length);

    NpyFile.write(file, NpyArray.of(new int[] {-1, 1 << 30}, 2));
    assertArrayEquals(new int[] {-1, 1 << 30}, NpyFile.read(file).ints());
    assertEquals(1, folder.toFile().list().length, "no temporary file is left");
  }

  @Test
  void versionsOrdersAndTypes() throws IOException {
    assertArrayEquals(new int[] {1, 258}, parse(npy(1, ">u2", false, "(2,)", 0, 1, 1, 2)).ints());
    assertArrayEquals(new int[] {1, 258}, parse(npy(2, "<u2", false, "(2L,)", 1, 0, 2, 1)).ints());
    assertArrayEquals(new int[] {-1, 2}, parse(npy(3, "|i1", false, "(2,)", 255, 2)).ints());
    assertArrayEquals(new int[] {0, 1}, parse(npy(1, "|b1", false, "(2,)", 0, 7)).ints());
    assertArrayEquals(
        new int[] {-2}, parse(npy(1, ">i4", false, "(1,)", 255, 255, 255, 254)).ints());
    assertArrayEquals(
        new float[] {1}, parse(npy(1, ">f4", false, "(1,)", 0x3f, 0x80, 0, 0)).floats());
    assertArrayEquals(
        new double[] {1},
        parse(npy(1, ">f8", false, "()", 0x3f, 0xf0, 0, 0, 0, 0, 0, 0)).doubles());
    assertArrayEquals(
        new double[] {0x1p64},
        parse(npy(1, "<u8", false, "(1,)", 255, 255, 255, 255, 255, 255, 255, 255)).doubles());
  }

  @Test
  void fortranOrder() throws IOException {
    NpyArray array = parse(npy(1, "|u1", true, "(2, 3)", 1, 4, 2, 5, 3, 6));
    assertArrayEquals(new int[] {1, 2, 3, 4, 5, 6}, array.ints());
    array = parse(npy(1, "|u1", true, "(2, 1, 2)", 1, 3, 2, 4));
    assertArrayEquals(new int[] {1, 2, 3, 4}, array.ints());
  }

  @Test
  void messages() {
    refused(
        "x: expected a NumPy array (.npy), found something else",
        "hello world".getBytes(StandardCharsets.UTF_8));
    refused("x: expected .npy format version 1 to 3, found 9", npy(9, "<f4", false, "(0,)"));
    refused(
        "x: expected float16, float32, float64 or integer elements, found 'c8'",
        npy(1, "<c8", false, "(0,)"));
    refused(
        "x: expected 8 bytes of elements for shape [2] of f4, found 3",
        npy(1, "<f4", false, "(2,)", 1, 2, 3));
    refused(
        "x: expected 0 bytes of elements for shape [0] of f4, found more",
        npy(1, "<f4", false, "(0,)", 1));
    refused(
        "x: expected at most 1073741824 bytes of elements, found shape [2000000000, 2000000000] of f4",
        npy(1, "<f4", false, "(2000000000, 2000000000)"));
    refused(
        "x: expected at most 1073741824 bytes of elements, found shape [2000000000, 2000000000, 0] of f4",
        npy(1, "<f4", false, "(2000000000, 2000000000, 0)"));
    refused(
        "x: expected a shape, found (99999999999999999999)",
        npy(1, "<f4", false, "(99999999999999999999)"));
    assertEquals(
        "array: expected integers, found f4",
        assertThrows(InputException.class, () -> NpyArray.of(new float[1], 1).ints()).getMessage());
    Path missing = folder.resolve("none.npy");
    assertEquals(
        missing + ": expected a NumPy array (.npy), found no such file",
        assertThrows(InputException.class, () -> NpyFile.read(missing)).getMessage());
  }

  @Test
  void everyTruncationIsAnInputError() {
    byte[] file = npy(1, "<f4", false, "(2, 3)", new int[24]);
    for (int length = 0; length < file.length; length++) {
      byte[] part = java.util.Arrays.copyOf(file, length);
      assertThrows(InputException.class, () -> parse(part), "at " + length);
    }
  }

  @Test
  void flippedBitsAreReadOrAnInputError() throws IOException {
    byte[] file = npy(1, "<f4", true, "(2, 3)", new int[24]);
    for (int bit = 0; bit < 8 * file.length; bit++) {
      byte[] flipped = file.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      readOrRefuse(flipped);
    }
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] flipped = file.clone();
      for (int j = 0; j < 3; j++) {
        flipped[random.nextInt(file.length)] = (byte) random.nextInt(128);
      }
      readOrRefuse(flipped);
    }
  }

  @Test
  void archives() throws IOException {
    Path file = folder.resolve("a.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (String name : new String[] {"b.npy", "a.npy", "note.txt"}) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(npy(1, "|u1", false, "(2,)", 4, name.charAt(0)));
        zip.closeEntry();
      }
    }
    try (NpzFile archive = NpzFile.open(file)) {
      assertEquals("[a, b]", archive.names().toString());
      assertArrayEquals(new int[] {4, 'b'}, archive.read("b").ints());
      assertEquals(
          file + ": expected an array 'c', found [a, b]",
          assertThrows(InputException.class, () -> archive.read("c")).getMessage());
    }
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(2);
    for (int i = 0; i < 2000; i++) {
      byte[] flipped = whole.clone();
      flipped[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, flipped);
      try (NpzFile archive = NpzFile.open(file)) {
        archive.names().forEach(archive::read);
      } catch (InputException e) {
        assertTrue(
            String.valueOf(e.getMessage()).startsWith(file + ": "), String.valueOf(e.getMessage()));
      }
    }
  }

  @Test
  void aFailedWriteLeavesTheOldFile() throws IOException {
    Path file = folder.resolve("a.npy");
    Files.writeString(file, "old");
    assertThrows(
        InputException.class,
        () ->
            OutputFile.write(
                file,
                out -> {
                  out.write(1);
                  throw new IOException("disk full");
                }));
    assertEquals("old", Files.readString(file));
    assertEquals(1, folder.toFile().list().length);
    assertThrows(
        InputException.class,
        () -> NpyFile.write(folder.resolve("no/a.npy"), NpyArray.of(new int[0], 0)));
  }

  private static void readOrRefuse(byte[] file) throws IOException {
    try {
      parse(file).doubles();
    } catch (InputException e) {
      assertTrue(
          String.valueOf(e.getMessage()).startsWith("x: expected "),
          String.valueOf(e.getMessage()));
    }
  }

  private static void refused(String message, byte[] file) {
    assertEquals(message, assertThrows(InputException.class, () -> parse(file)).getMessage());
  }

  private static NpyArray parse(byte[] file) throws IOException {
    return NpyFile.read("x", new ByteArrayInputStream(file));
  }

  static byte[] npy(int version, String descr, boolean fortran, String shape, int... data) {
    String header =
        "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n"
            .formatted(descr, fortran ? "True" : "False", shape);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
    ByteBuffer length =
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(header.length());
    out.write(length.array(), 0, version == 1 ? 2 : 4);
    out.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
    for (int value : data) {
      out.write(value);
    }
    return out.toByteArray();
  }
}
