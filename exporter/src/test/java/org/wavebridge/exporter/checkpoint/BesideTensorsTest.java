package org.wavebridge.exporter.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.wavebridge.exporter.files.PickleWriter.none;
import static org.wavebridge.exporter.files.PickleWriter.part;
import static org.wavebridge.exporter.files.PickleWriter.pickle;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.exporter.files.CheckpointFiles;
import org.wavebridge.exporter.files.PickleWriter;
import org.wavebridge.exporter.files.Tensor;

/** Values that training leaves beside the model: NumPy's numbers, and an optimiser's tensors. */
final class BesideTensorsTest {
  private static final byte[] WEIGHT = CheckpointFiles.floats(ByteOrder.LITTLE_ENDIAN, 1, 2);

  @TempDir Path folder;

  private static PickleWriter numpy(String type, String order, byte[] bytes, String module) {
    PickleWriter made =
        part()
            .call("numpy", "dtype", type, false, true)
            .tuple(3, order, none(), none(), none(), -1, -1, 0)
            .raw('b');
    return part().call(module, "scalar", made, bytes);
  }

  private static byte[] littleEndian(double value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(value).array();
  }

  private static byte[] file(Map<String, Object> beside) {
    Map<String, Object> top = new LinkedHashMap<>();
    top.put("model", Map.of("w", Tensor.of("Float", "0", 2)));
    top.putAll(beside);
    return CheckpointFiles.zip(pickle().value(top).bytes(), Map.of("0", WEIGHT));
  }

  private Checkpoint read(Map<String, Object> beside) {
    return CheckpointReader.read(CheckpointFiles.write(folder.resolve("a.pt"), file(beside)));
  }

  @Test
  void numpyScalarsAreNumbers() {
    Checkpoint checkpoint =
        read(
            Map.of(
                "loss", numpy("f8", "<", littleEndian(-4.25), "numpy.core.multiarray"),
                "best", numpy("f8", "<", littleEndian(0.5), "numpy._core.multiarray"),
                "epoch",
                    numpy(
                        "i2", "<", new byte[] {(byte) 0xfe, (byte) 0xff}, "numpy.core.multiarray"),
                "done", numpy("b1", "|", new byte[] {1}, "numpy.core.multiarray")));
    assertEquals(-4.25, checkpoint.metadata().get("loss"));
    assertEquals(0.5, checkpoint.metadata().get("best"));
    assertEquals(-2L, checkpoint.metadata().get("epoch"));
    assertEquals(true, checkpoint.metadata().get("done"));
  }

  /** The optimiser's storage is not even in the file. */
  @Test
  void tensorsOfAnOptimiserAreNotRead() {
    Checkpoint checkpoint =
        read(Map.of("optimizer", Map.of("exp_avg", Tensor.of("Float", "7", 1000))));
    assertEquals(2, checkpoint.tensors().get("w").toFloats()[1]);
  }
}
