package org.wavebridge.runtime.internal.onnxruntime;

import java.util.Optional;
import org.wavebridge.runtime.internal.library.NativeLibrary;
import org.wavebridge.runtime.spi.Backend;
import org.wavebridge.runtime.spi.BackendProvider;

/** {@code cpu}: ONNX Runtime with our native kernels. */
public final class CpuBackendProvider implements BackendProvider {
  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public int rank() {
    return 10;
  }

  @Override
  public Optional<String> missing() {
    return NativeLibrary.OPERATORS.missing();
  }

  @Override
  public Backend create(int threads) {
    OnnxRuntimeLibrary.load();
    return new OnnxRuntimeBackend(name(), threads, Optional.of(NativeLibrary.OPERATORS.path()));
  }
}
