package org.wavebridge.exporter.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wavebridge.exporter.files.CheckpointFiles;
import org.wavebridge.exporter.files.PickleWriter;
import org.wavebridge.exporter.files.Tensor;

/** Small tensors of every kind, read back exactly from both PyTorch containers. */
final class TensorViewTest {
  @TempDir Path folder;

  /**
   * The two PyTorch containers, written by machines of both byte orders; legacy files are
   * little-endian all the same.
   */
  enum Container {
    ZIP(ByteOrder.LITTLE_ENDIAN),
    ZIP_BIG(ByteOrder.BIG_ENDIAN),
    LEGACY(ByteOrder.LITTLE_ENDIAN),
    LEGACY_BIG(ByteOrder.LITTLE_ENDIAN);

    final ByteOrder order;

    Container(ByteOrder order) {
      this.order = order;
    }

    byte[] file(Object object, Map<String, byte[]> storages, Map<String, Integer> widths) {
      byte[] pickle = PickleWriter.pickle().value(object).bytes();
      if (name().startsWith("LEGACY")) {
        ByteOrder machine = this == LEGACY_BIG ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        return CheckpointFiles.legacy(pickle, machine, storages, widths);
      }
      Map<String, byte[]> members = new LinkedHashMap<>();
      members.put("x/data.pkl", pickle);
      if (order == ByteOrder.BIG_ENDIAN) {
        members.put("x/byteorder", "big".getBytes(StandardCharsets.US_ASCII));
      }
      storages.forEach((key, bytes) -> members.put("x/data/" + key, bytes));
      return CheckpointFiles.members(members, ZipEntry.STORED);
    }
  }

  private Checkpoint read(
      Container container,
      Object object,
      Map<String, byte[]> storages,
      Map<String, Integer> widths) {
    Path file = folder.resolve("small.pt");
    return CheckpointReader.read(
        CheckpointFiles.write(file, container.file(object, storages, widths)));
  }

  @ParameterizedTest
  @EnumSource
  void viewsOfOneStorage(Container container) {
    Tensor base = Tensor.of("Float", "0", 2, 3);
    Map<String, Object> tensors = new LinkedHashMap<>();
    tensors.put("whole", base);
    tensors.put("transposed", base.view(0, new long[] {3, 2}, 1, 3));
    tensors.put("column", base.view(1, new long[] {2}, 3));
    tensors.put("strided", base.view(1, new long[] {2, 2}, 3, 1));
    tensors.put("repeated", base.view(5, new long[] {2, 2}, 0, 0));
    tensors.put("scalar", base.view(4, new long[] {}));
    tensors.put("empty", base.view(0, new long[] {2, 0, 3}, 3, 3, 1));
    tensors.put("empty_at_end", base.view(6, new long[] {0}, 1));
    byte[] data = CheckpointFiles.floats(container.order, 0, 1, 2, 3, 4, -5.5f);
    Checkpoint read = read(container, tensors, Map.of("0", data), Map.of());
    assertEquals(List.copyOf(tensors.keySet()), List.copyOf(read.tensors().keySet()));
    assertTensor(read, "whole", new long[] {2, 3}, 0, 1, 2, 3, 4, -5.5);
    assertTensor(read, "transposed", new long[] {3, 2}, 0, 3, 1, 4, 2, -5.5);
    assertTensor(read, "column", new long[] {2}, 1, 4);
    assertTensor(read, "strided", new long[] {2, 2}, 1, 2, 4, -5.5);
    assertTensor(read, "repeated", new long[] {2, 2}, -5.5, -5.5, -5.5, -5.5);
    assertTensor(read, "scalar", new long[] {}, 4);
    assertTensor(read, "empty", new long[] {2, 0, 3});
    assertTensor(read, "empty_at_end", new long[] {0});
  }

  @ParameterizedTest
  @EnumSource
  void everyElementType(Container container) {
    Map<String, Object> tensors = new LinkedHashMap<>();
    Map<String, byte[]> storages = new LinkedHashMap<>();
    Map<String, Integer> widths = new LinkedHashMap<>();
    String[] types = {
      "Half", "BFloat16", "Float", "Double", "Long", "Int", "Short", "Char", "Byte", "Bool"
    };
    long[][] bits = {
      {0x3c00, 0xc000, 0x0001, 0x03ff, 0x7bff, 0x7c00, 0xfc00, 0x7e00, 0x8000, 0x3555},
      {0x3f80, 0xc000, 0x0001, 0x7f80, 0xff80, 0x7fc0},
      {0x3f800000, 0x00000001, 0x7f7fffff, 0x7f800000},
      {0x3ff0000000000000L, 0x3ff0000000000001L, 1},
      {Long.MIN_VALUE, -1, 1L << 52},
      {Integer.MIN_VALUE, 7},
      {-32768, 32767},
      {-128, 127},
      {0, 200, 255},
      {0, 1, 255}
    };
    int[] bytes = {2, 2, 4, 8, 8, 4, 2, 1, 1, 1};
    for (int i = 0; i < types.length; i++) {
      tensors.put(types[i], Tensor.of(types[i], "k" + i, bits[i].length));
      storages.put("k" + i, packed(container.order, bytes[i], bits[i]));
      widths.put("k" + i, bytes[i]);
    }
    Checkpoint read = read(container, tensors, storages, widths);
    double third = 0x1.554p-2;
    assertTensor(
        read,
        "Half",
        new long[] {10},
        new double[] {
          1,
          -2,
          0x1p-24,
          0x3ff * 0x1p-24,
          65504,
          Double.POSITIVE_INFINITY,
          Double.NEGATIVE_INFINITY,
          Double.NaN,
          -0.0,
          third
        });
    assertTensor(
        read,
        "BFloat16",
        new long[] {6},
        1,
        -2,
        0x1p-133,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.NaN);
    assertTensor(
        read,
        "Float",
        new long[] {4},
        1,
        Float.MIN_VALUE,
        Float.MAX_VALUE,
        Double.POSITIVE_INFINITY);
    assertTensor(read, "Double", new long[] {3}, 1, Math.nextUp(1.0), Double.MIN_VALUE);
    assertTensor(read, "Long", new long[] {3}, -0x1p63, -1, 0x1p52);
    assertTensor(read, "Int", new long[] {2}, Integer.MIN_VALUE, 7);
    assertTensor(read, "Short", new long[] {2}, -32768, 32767);
    assertTensor(read, "Char", new long[] {2}, -128, 127);
    assertTensor(read, "Byte", new long[] {3}, 0, 200, 255);
    assertTensor(read, "Bool", new long[] {3}, 0, 1, 1);
  }

  @Test
  void legacyViewsOfOneStorage() {
    Tensor root = Tensor.of("Float", "root", 6);
    Tensor part = Tensor.of("Float", "root", 2, 2).ofStorage(6);
    Map<String, Object> tensors = new LinkedHashMap<>();
    tensors.put("first", part.through("a", 0, 4));
    tensors.put("last", part.through("b", 2, 4));
    tensors.put("whole", root);
    byte[] data = CheckpointFiles.floats(ByteOrder.LITTLE_ENDIAN, 0, 1, 2, 3, 4, 5);
    Checkpoint read = read(Container.LEGACY, tensors, Map.of("root", data), Map.of());
    assertTensor(read, "first", new long[] {2, 2}, 0, 1, 2, 3);
    assertTensor(read, "last", new long[] {2, 2}, 2, 3, 4, 5);
    assertTensor(read, "whole", new long[] {6}, 0, 1, 2, 3, 4, 5);
  }

  @Test
  void anEmptyStorageMayBeAbsentFromALegacyFile() {
    Map<String, Object> tensors = Map.of("none", Tensor.of("Float", "0", 0));
    Checkpoint read = read(Container.LEGACY, tensors, Map.of(), Map.of());
    assertTensor(read, "none", new long[] {0});
  }

  private static byte[] packed(ByteOrder order, int width, long... values) {
    ByteBuffer buffer = ByteBuffer.allocate(width * values.length).order(order);
    for (long value : values) {
      switch (width) {
        case 1 -> buffer.put((byte) value);
        case 2 -> buffer.putShort((short) value);
        case 4 -> buffer.putInt((int) value);
        default -> buffer.putLong(value);
      }
    }
    return buffer.array();
  }

  private static void assertTensor(
      Checkpoint checkpoint, String name, long[] shape, double... values) {
    CheckpointTensor tensor = checkpoint.tensors().get(name);
    assertArrayEquals(shape, tensor.shape(), name);
    assertEquals(values.length, tensor.size(), name);
    assertArrayEquals(values, tensor.toDoubles(), name);
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    assertArrayEquals(floats, tensor.toFloats(), name);
  }
}
