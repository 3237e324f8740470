package org.wavebridge.runtime.internal.tensorrt;

import java.util.Optional;
import java.util.function.Supplier;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.runtime.internal.library.NativeLibrary;

/**
 * The backend's requirements of a machine, asked in the order in which one thing needs the other.
 */
final class Requirements {
  /** The oldest driver, as {@code cuDriverGetVersion} counts: CUDA 13.0. */
  private static final int OLDEST_DRIVER = 13_000;

  /** The oldest GPUs that the plugins are compiled for. */
  private static final int OLDEST_ARCHITECTURE = 80;

  private static final int NO_DEVICE = 100;
  private static final String INSTEAD = "or use --backend cpu";

  private Requirements() {}

  /** The questions to a machine. */
  interface Machine {
    /** Version of the driver (13000 for CUDA 13.0); negative as {@link CudaDriver} says. */
    int driver();

    /** How many GPUs there are; negative as {@link CudaDriver} says. */
    int gpus();

    /** Compute capability of the GPU in use, 90 for 9.0; negative as {@link CudaDriver} says. */
    int architecture();

    /** Whether TensorRT's library can be loaded, from the class path or the system. */
    boolean hasInferLibrary();
  }

  /** The requirement that this machine lacks; empty if none. */
  static Optional<String> missing() {
    String platform = NativeLibrary.platform();
    if (!platform.equals("linux-x86_64")) {
      return Optional.of(
          "expected Linux on x86-64, found %s; use --backend cpu".formatted(platform));
    }
    try {
      return NativeLibrary.OPERATORS
          .missing()
          .or(() -> missing(new CudaDriver(), Requirements::missingLibraries));
    } catch (BackendException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static Optional<String> missingLibraries() {
    return NativeLibrary.PLUGINS.missing().or(TensorRtFiles::missingBindings);
  }

  /** The requirement that a machine lacks; empty if none. */
  static Optional<String> missing(Machine machine, Supplier<Optional<String>> plugins) {
    int driver = machine.driver();
    if (driver == CudaDriver.NONE) {
      return Optional.of(
          "no CUDA driver was found (libcuda.so.1); install NVIDIA's driver 580 or newer, "
              + INSTEAD);
    }
    int gpus = driver < 0 ? driver : machine.gpus();
    if (gpus == 0 || gpus == -NO_DEVICE) {
      return Optional.of("the CUDA driver finds no GPU; make one visible to it, " + INSTEAD);
    }
    if (gpus < 0) {
      return Optional.of(
          "the CUDA driver does not start (error %d); see nvidia-smi, %s"
              .formatted(-gpus, INSTEAD));
    }
    if (driver < OLDEST_DRIVER) {
      return Optional.of(
          "the CUDA driver is of CUDA %d.%d, expected 13.0 or newer; install NVIDIA's driver 580 or newer, %s"
              .formatted(driver / 1000, driver % 1000 / 10, INSTEAD));
    }
    int architecture = machine.architecture();
    if (architecture < OLDEST_ARCHITECTURE) {
      return Optional.of(
          "the GPU is of compute capability %d.%d, expected 8.0 or more; use --backend cpu"
              .formatted(architecture / 10, Math.abs(architecture % 10)));
    }
    return plugins
        .get()
        .or(
            () ->
                machine.hasInferLibrary()
                    ? Optional.empty()
                    : Optional.of(
                        "TensorRT 10 was not found (libnvinfer.so.10); build with -Ptensorrt or install it, "
                            + INSTEAD));
  }
}
