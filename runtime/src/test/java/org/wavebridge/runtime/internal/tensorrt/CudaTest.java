package org.wavebridge.runtime.internal.tensorrt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.runtime.internal.library.NativeLibrary;

/** The calls of the CUDA runtime on a machine without a GPU: each fails in words. */
final class CudaTest {
  @BeforeAll
  static void load() {
    assumeTrue(NativeLibrary.PLUGINS.missing().isEmpty(), "built without nvcc");
    assumeTrue(Requirements.missing().isPresent(), "this machine has a GPU");
    HostedTensorRt.loadLibraries();
    NativeLibrary.PLUGINS.load();
  }

  @Test
  void failuresAreNamed() {
    GraphException stream =
        assertThrows(
            GraphException.class, () -> Cuda.made(Cuda.createStream(), "a stream of the GPU"));
    assertTrue(
        stream.getMessage().matches("a stream of the GPU: .*CUDA.* \\(CUDA error \\d+\\)"),
        stream.getMessage());
    GraphException memory = assertThrows(GraphException.class, () -> GpuMemory.onDevice(1 << 20));
    assertTrue(memory.getMessage().startsWith("1048576 bytes on the GPU: "), memory.getMessage());
    assertThrows(GraphException.class, () -> GpuMemory.pinned(64));
    assertThrows(GraphException.class, () -> Cuda.done(Cuda.synchronize(0), "waiting"));
    assertThrows(GraphException.class, () -> Cuda.toDevice(0, 0, 4, 0));
    assertEquals(0, Cuda.endCapture(0));
  }
}
