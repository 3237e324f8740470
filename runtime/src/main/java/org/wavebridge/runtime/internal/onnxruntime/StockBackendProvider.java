package org.wavebridge.runtime.internal.onnxruntime;

import java.util.Optional;
import org.wavebridge.runtime.spi.Backend;
import org.wavebridge.runtime.spi.BackendProvider;

/** {@code stock}: ONNX Runtime alone; custom operators run as their function bodies. */
public final class StockBackendProvider implements BackendProvider {
  @Override
  public String name() {
    return "stock";
  }

  @Override
  public int rank() {
    return 0;
  }

  @Override
  public Optional<String> missing() {
    return Optional.empty();
  }

  @Override
  public Backend create(int threads) {
    OnnxRuntimeLibrary.load();
    return new OnnxRuntimeBackend(name(), threads, Optional.empty());
  }
}
