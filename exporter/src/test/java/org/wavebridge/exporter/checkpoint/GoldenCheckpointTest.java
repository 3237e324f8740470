package org.wavebridge.exporter.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.exporter.files.CheckpointFiles;

/** Every container that PyTorch wrote gives the same weights. */
final class GoldenCheckpointTest {
  private static Checkpoint read(String name) {
    return CheckpointReader.read(CheckpointFiles.golden(name));
  }

  @ParameterizedTest
  @CsvSource({
    "fatchord_raw, legacy, pytorch-legacy",
    "fatchord_raw, gpulike_zip, pytorch-zip",
    "fatchord_raw, gpulike_legacy, pytorch-legacy",
    "fatchord_raw, zip_torch2_emulated, pytorch-zip",
  })
  void containersAgree(String family, String variant, String container) {
    Checkpoint zip = read(family + "/checkpoint_zip.pyt");
    Checkpoint other = read(family + "/checkpoint_" + variant + ".pyt");
    assertEquals("pytorch-zip", zip.container());
    assertEquals(container, other.container());
    assertEquals("", other.location());
    assertEquals(Map.of(), other.metadata());
    assertEquals(List.copyOf(zip.tensors().keySet()), List.copyOf(other.tensors().keySet()));
    zip.tensors().forEach((name, tensor) -> assertSame(name, tensor, other.tensors().get(name)));
  }

  @Test
  void filesBefore041LackOnlyTheCounters() {
    Checkpoint zip = read("fatchord_raw/checkpoint_zip.pyt");
    Checkpoint old = read("fatchord_raw/checkpoint_legacy_pre041.pyt");
    List<String> names = new ArrayList<>(zip.tensors().keySet());
    names.removeIf(name -> name.endsWith("num_batches_tracked"));
    assertTrue(names.size() < zip.tensors().size());
    assertEquals(names, List.copyOf(old.tensors().keySet()));
    old.tensors().forEach((name, tensor) -> assertSame(name, zip.tensors().get(name), tensor));
  }

  private static void assertSame(String name, CheckpointTensor one, CheckpointTensor two) {
    assertEquals(one.type(), two.type(), name);
    assertArrayEquals(one.shape(), two.shape(), name);
    assertArrayEquals(one.toDoubles(), two.toDoubles(), name);
    assertArrayEquals(one.toFloats(), two.toFloats(), name);
  }

  /** In these files each tensor is a storage of its own, numbered in order. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "fatchord_raw/checkpoint_zip.pyt",
        "fatchord_mol/checkpoint_zip.pyt",
        "en-us-16k/checkpoint.pt"
      })
  void valuesAreTheBytesOfTheMembers(String name) throws IOException {
    Path file = CheckpointFiles.golden(name);
    String fileName = file.getFileName().toString();
    String folder = fileName.substring(0, fileName.indexOf('.'));
    int number = 0;
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (Map.Entry<String, CheckpointTensor> entry : read(name).tensors().entrySet()) {
        byte[] bytes =
            zip.getInputStream(zip.getEntry(folder + "/data/" + number++)).readAllBytes();
        ByteBuffer raw = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        CheckpointTensor tensor = entry.getValue();
        if (tensor.type() == ElementType.F32) {
          float[] expected = new float[bytes.length / 4];
          raw.asFloatBuffer().get(expected);
          assertArrayEquals(expected, tensor.toFloats(), entry.getKey());
        } else {
          assertEquals(ElementType.I64, tensor.type(), entry.getKey());
          assertArrayEquals(new double[] {raw.getLong()}, tensor.toDoubles(), entry.getKey());
        }
      }
    }
  }

  @Test
  void someShapesAndValuesOfTheRawModel() {
    Map<String, CheckpointTensor> tensors = read("fatchord_raw/checkpoint_zip.pyt").tensors();
    assertArrayEquals(new long[] {64, 89}, tensors.get("I.weight").shape());
    assertArrayEquals(new long[] {1, 1, 1, 23}, tensors.get("upsample.up_layers.5.weight").shape());
    assertArrayEquals(
        new long[0], tensors.get("upsample.resnet.batch_norm.num_batches_tracked").shape());
    assertEquals(512 * 96, tensors.get("fc3.weight").size());
  }

  @Test
  void theVoiceCarriesItsConfiguration() {
    Checkpoint voice = read("en-us-16k/checkpoint.pt");
    assertEquals("state_dict", voice.location());
    assertEquals(16000, voice.config().get("sample_rate"));
    assertEquals("wavernn-dual-softmax", voice.config().get("family"));
    assertEquals(Set.of("config"), voice.metadata().keySet());
    assertEquals(64, voice.sha256().length());
  }
}
