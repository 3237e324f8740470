package org.wavebridge.runtime.internal.tensorrt;

import java.util.Optional;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.runtime.spi.Backend;
import org.wavebridge.runtime.spi.BackendProvider;

/** {@code tensorrt}: TensorRT on an NVIDIA GPU, with our plugins. */
public final class TensorRtBackendProvider implements BackendProvider {
  @Override
  public String name() {
    return "tensorrt";
  }

  @Override
  public int rank() {
    return 20;
  }

  @Override
  public Optional<String> missing() {
    return Requirements.missing();
  }

  @Override
  public Backend create(int threads) {
    throw new BackendException("backend 'tensorrt': not in this build");
  }
}
