package org.wavebridge.exporter.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.exporter.files.CheckpointFiles;
import org.wavebridge.exporter.files.Refusals;

/** Safetensors files read back exactly. */
final class SafetensorsTest {
  @TempDir Path folder;

  private Checkpoint read(byte[] bytes) {
    return CheckpointReader.read(CheckpointFiles.write(folder.resolve("a.safetensors"), bytes));
  }

  @Test
  void everyElementType() {
    ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    data.putFloat(1.5f).putFloat(-2).putDouble(0.1).putLong(-5).putInt(9).putShort((short) -7);
    data.putShort((short) 0x3e00).putShort((short) 0x3fc0).put((byte) -1).put((byte) -1);
    data.put((byte) 1);
    String header =
        """
        {"f":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},
         "d":{"dtype":"F64","shape":[1],"data_offsets":[8,16]},
         "l":{"dtype":"I64","shape":[],"data_offsets":[16,24]},
         "i":{"dtype":"I32","shape":[1],"data_offsets":[24,28]},
         "s":{"dtype":"I16","shape":[1],"data_offsets":[28,30]},
         "h":{"dtype":"F16","shape":[1],"data_offsets":[30,32]},
         "b":{"dtype":"BF16","shape":[1],"data_offsets":[32,34]},
         "c":{"dtype":"I8","shape":[1],"data_offsets":[34,35]},
         "u":{"dtype":"U8","shape":[1],"data_offsets":[35,36]},
         "t":{"dtype":"BOOL","shape":[1],"data_offsets":[36,37]},
         "e":{"dtype":"F32","shape":[3,0],"data_offsets":[37,37]}}   \
        """;
    Checkpoint read = read(CheckpointFiles.safetensors(header, Arrays.copyOf(data.array(), 37)));
    assertEquals("safetensors", read.container());
    assertEquals("", read.location());
    assertEquals("[f, d, l, i, s, h, b, c, u, t, e]", read.tensors().keySet().toString());
    assertArrayEquals(new long[] {2, 1}, read.tensors().get("f").shape());
    assertArrayEquals(new long[] {3, 0}, read.tensors().get("e").shape());
    double[][] expected = {{1.5, -2}, {0.1}, {-5}, {9}, {-7}, {1.5}, {1.5}, {-1}, {255}, {1}, {}};
    List<CheckpointTensor> tensors = List.copyOf(read.tensors().values());
    for (int i = 0; i < expected.length; i++) {
      assertArrayEquals(expected[i], tensors.get(i).toDoubles());
    }
  }

  @Test
  void metadataTextsThatAreJsonAreReadAsThat() {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", "pt");
    metadata.put("sample_rate", "16000");
    metadata.put("log_floor", "1e-05");
    metadata.put("mu_law", "true");
    metadata.put("voc_upsample_factors", "[5, 5, 11]");
    metadata.put("gate_order", "r,z,n");
    metadata.put("padded", "007");
    metadata.put("object", "{\"a\": 1}");
    metadata.put("none", "null");
    metadata.put("empty", "");
    metadata.put("nan", "NaN");
    byte[] file =
        CheckpointFiles.safetensors(
            metadata, Map.of("a", new CheckpointFiles.Values(List.of(1L), new float[] {3})));
    Map<String, Object> expected = new LinkedHashMap<>(metadata);
    expected.put("sample_rate", 16000);
    expected.put("log_floor", 1e-5);
    expected.put("mu_law", true);
    expected.put("voc_upsample_factors", List.of(5, 5, 11));
    expected.put("object", Map.of("a", 1));
    assertEquals(expected, read(file).config());
  }

  @Test
  void aConfigurationAsTextCountsAsIfItsEntriesStoodBesideIt() {
    byte[] file =
        CheckpointFiles.safetensors(
            Map.of(
                "config",
                "{\"sample_rate\": 16000, \"mode\": \"RAW\", \"audio\": {\"bits\": 9}, \"none\": null}",
                "mode",
                "MOL"),
            Map.of("a", new CheckpointFiles.Values(List.of(1L), new float[] {3})));
    assertEquals(
        Map.of("sample_rate", 16000, "mode", "RAW", "audio", Map.of("bits", 9)),
        read(file).config());
  }

  /** The format wants every byte to be one tensor's. */
  @Test
  void dataWithHolesOrOverlaps() {
    String entry = "\"%s\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[%d,%d]}";
    String first = entry.formatted("a", 4, 0, 4);
    refused(first, entry.formatted("b", 4, 4, 8), "");
    refused(
        first,
        entry.formatted("b", 4, 2, 6),
        "tensor 'b': data_offsets begin at 2, expected 4, where the tensor before ends; the data has overlaps");
    refused(
        first,
        entry.formatted("b", 4, 0, 4),
        "tensor 'b': data_offsets begin at 0, expected 4, where the tensor before ends; the data has overlaps");
    refused(
        first,
        entry.formatted("b", 3, 5, 8),
        "tensor 'b': data_offsets begin at 5, expected 4, where the tensor before ends; the data has holes");
    refused(
        entry.formatted("a", 3, 1, 4),
        entry.formatted("b", 4, 4, 8),
        "tensor 'a': data_offsets begin at 1, expected 0, where the tensor before ends; the data has holes");
    refused(
        first,
        entry.formatted("b", 2, 4, 6),
        "the tensors fill 6 bytes of data, found 8; is the file damaged?");
  }

  private void refused(String one, String two, String expected) {
    byte[] bytes = CheckpointFiles.safetensors("{" + one + "," + two + "}", new byte[8]);
    if (expected.isEmpty()) {
      assertEquals(2, read(bytes).tensors().size());
    } else {
      Refusals.refused(folder, bytes, expected);
    }
  }
}
