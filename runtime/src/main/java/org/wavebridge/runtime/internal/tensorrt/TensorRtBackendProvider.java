package org.wavebridge.runtime.internal.tensorrt;

import java.util.Optional;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.runtime.internal.onnxruntime.CpuBackendProvider;
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
    missing()
        .ifPresent(
            reason -> {
              throw new BackendException("backend 'tensorrt': " + reason);
            });
    return new TensorRtBackend(Gpu.open(), new CpuBackendProvider().create(threads));
  }
}
