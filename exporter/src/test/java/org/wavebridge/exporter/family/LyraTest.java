package org.wavebridge.exporter.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.exporter.checkpoint.CheckpointReader;
import org.wavebridge.exporter.files.CheckpointFiles;
import org.wavebridge.graphs.CheckpointException;
import org.wavebridge.graphs.files.LyraFolder;
import org.wavebridge.graphs.model.CausalConvolutions;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.multibandgru.MultiBandGruNetwork;
import org.wavebridge.graphs.op.PackedWeight;

/** Google Lyra's folder of raw arrays: what is read, and what is refused. */
final class LyraTest {
  private static final String MIX = "lyra_16khz_mix_weights.raw.gz";
  private static final String MASK = "lyra_16khz_proj_mask.raw.gz";

  @TempDir Path folder;

  @BeforeEach
  void copy() throws IOException {
    try (var files = Files.list(LyraFolder.path())) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(String.valueOf(file.getFileName())));
      }
    }
  }

  private VocoderModel read() {
    return read(folder);
  }

  private static VocoderModel read(Path path) {
    return Families.read(CheckpointReader.read(path), Families.AUTO, Map.of()).model();
  }

  private void refused(String message) {
    CheckpointException refused = assertThrows(CheckpointException.class, this::read);
    assertTrue(String.valueOf(refused.getMessage()).contains(message), refused.getMessage());
  }

  private float[] floats(String file) throws IOException {
    byte[] packed = Files.readAllBytes(folder.resolve(file));
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      FloatBuffer buffer =
          ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
      float[] values = new float[buffer.remaining()];
      buffer.get(values);
      return values;
    }
  }

  private void write(String file, float[] values) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    pack(file, bytes.array());
  }

  private void pack(String file, byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    Files.write(folder.resolve(file), packed.toByteArray());
  }

  @Test
  void theModel() {
    assertTheModel(read());
  }

  @Test
  void theTrainedModel() {
    assertTheModel(read(CheckpointFiles.trained("lyra/weights")));
  }

  private static void assertTheModel(VocoderModel model) {
    MultiBandGruNetwork network = assertInstanceOf(MultiBandGruNetwork.class, model.network());
    assertEquals(1024, network.hidden());
    assertEquals(4, network.bands());
    assertEquals(8, network.columns());
    assertEquals(8, network.head().mixtures());
    assertEquals(160, model.features().mels());
    assertEquals(9, model.conditioner().contextFrames());
    assertEquals(0, model.conditioner().futureFrames());
    assertEquals(196608, network.recurrent().weight().nonZeros());
    assertSparse(network.recurrent().weight());
    assertSparse(network.projection().weight());
    assertEquals(Optional.empty(), network.output().weight().blocks());
    CausalConvolutions conditioner =
        assertInstanceOf(CausalConvolutions.class, model.conditioner());
    assertSparse(conditioner.input().weight());
    conditioner.residual().forEach(layer -> assertSparse(layer.weight()));
    conditioner.doublings().forEach(layer -> assertSparse(layer.weight()));
    conditioner.outputs().forEach(layer -> assertSparse(layer.weight()));
  }

  /** Stored in blocks that are nearly full. */
  private static void assertSparse(WeightMatrix weight) {
    assertTrue(weight.blocks().isPresent(), weight.name());
    int stored = PackedWeight.of(weight).blocks().length;
    assertTrue(
        stored < 1.05 * weight.nonZeros() && stored < 0.1 * weight.values().length,
        weight.name() + ": " + weight.nonZeros() + " in " + stored);
  }

  /** Fixed-point weights and whatever else is in the folder have no say. */
  @Test
  void otherFilesDoNotMatter() throws IOException {
    String before = CheckpointReader.read(folder).sha256();
    pack("lyra_16khz_mix_fixed16_weights.raw.gz", new byte[3]);
    Files.writeString(folder.resolve("notes.txt"), "x");
    assertEquals(before, CheckpointReader.read(folder).sha256());
    assertEquals("lyra", read().family());
  }

  @Test
  void weightsOffTheMaskDoNotCount() throws IOException {
    float[] mask = floats(MASK);
    float[] weights = floats("lyra_16khz_proj_weights.raw.gz");
    int off = 0;
    while (mask[off] != 0) {
      off++;
    }
    weights[off] = 7;
    write("lyra_16khz_proj_weights.raw.gz", weights);
    MultiBandGruNetwork network = assertInstanceOf(MultiBandGruNetwork.class, read().network());
    assertEquals(0, network.projection().weight().values()[off]);
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    Files.delete(folder.resolve(MIX));
    refused("lyra: missing [lyra_16khz_mix_weights], unexpected []");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 12, 1000, -1})
  void truncatedGzip(int length) throws IOException {
    byte[] bytes = Files.readAllBytes(folder.resolve(MIX));
    Files.write(
        folder.resolve(MIX), Arrays.copyOf(bytes, length < 0 ? bytes.length + length : length));
    refused(folder.resolve(MIX) + ": expected complete gzip data: ");
  }

  @Test
  void aFlippedBitIsSeen() throws IOException {
    byte[] bytes = Files.readAllBytes(folder.resolve(MIX));
    bytes[bytes.length / 2] ^= 4;
    Files.write(folder.resolve(MIX), bytes);
    refused(folder.resolve(MIX) + ": expected complete gzip data: ");
  }

  @Test
  void bytesThatAreNoFloats() throws IOException {
    pack(MIX, new byte[4097]);
    refused(
        folder.resolve(MIX)
            + ": expected a multiple of 4 bytes of 32-bit floating-point values, found 4097 bytes");
  }

  @Test
  void nothingInside() throws IOException {
    pack(MIX, new byte[0]);
    refused("expected a multiple of 4 bytes of 32-bit floating-point values, found 0 bytes");
  }

  @Test
  void aWrongSizeIsNamed() throws IOException {
    write(MIX, Arrays.copyOf(floats(MIX), 32 * 512 - 32));
    refused("tensor 'lyra_16khz_mix_weights': expected shape [16384], found [16352]");
  }

  @Test
  void aMaskOfAnotherSizeIsNamed() throws IOException {
    write(MASK, Arrays.copyOf(floats(MASK), 1000));
    refused("tensor 'lyra_16khz_proj_mask': expected shape [524288], found [1000]");
  }

  @Test
  void aMaskIsZeroOrOne() throws IOException {
    float[] mask = floats(MASK);
    mask[37] = 0.5f;
    write(MASK, mask);
    refused("tensor 'lyra_16khz_proj_mask': expected 0 or 1, found 0.5 at 37");
  }

  @Test
  void aNumberThatIsNotFiniteIsNamed() throws IOException {
    float[] values = floats(MIX);
    values[11] = Float.NaN;
    write(MIX, values);
    refused("tensor 'lyra_16khz_mix_weights': element 11 is NaN");
  }

  @Test
  void sizesThatDoNotBelongTogether() throws IOException {
    write("lyra_16khz_gru_layer_bias.raw.gz", new float[2048]);
    refused("tensor 'lyra_16khz_ar_to_gates_bias': expected shape [4608], found [3072]");
  }

  @Test
  void anotherNumberOfBands() throws IOException {
    write("lyra_16khz_ar_to_gates_weights.raw.gz", new float[3072 * 3]);
    refused(
        "tensor 'lyra_16khz_ar_to_gates_weights': expected columns for 2, 4, 8, .. bands, found 3");
  }

  @Test
  void weightsThatAreNoRows() throws IOException {
    write("lyra_16khz_ar_to_gates_weights.raw.gz", new float[3072 * 4 + 1]);
    refused(
        "tensor 'lyra_16khz_ar_to_gates_weights': expected a multiple of the 3072 rows that the bias has, found 12289 values");
  }

  @Test
  void layersOfSizesThatNoNetworkHas() throws IOException {
    for (String kind : List.of("weights", "mask")) {
      write("lyra_16khz_conv1d_" + kind + ".raw.gz", new float[512 * 479]);
    }
    refused("tensor 'lyra_16khz_conv1d_weights': expected columns for 3 frames, found 479");
  }

  @Test
  void anotherFolderIsNoCheckpoint(@TempDir Path other) {
    assertTrue(
        String.valueOf(
                assertThrows(CheckpointException.class, () -> CheckpointReader.read(other))
                    .getMessage())
            .contains("expected a file or a folder of *.raw.gz arrays, found another folder"));
  }
}
