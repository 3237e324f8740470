package org.wavebridge.runtime.internal.tensorrt;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.wavebridge.runtime.internal.library.NativeLibrary;

/**
 * The bindings in this process with our plugins on an emulated GPU, as the native tests build them:
 * with TensorRT where the profile {@code tensorrt} carries it, else on empty libraries of its
 * names, where no function of TensorRT itself may be called.
 */
final class HostedTensorRt {
  private static final Path BUILT =
      Path.of("target", "cpp", "cuda", "tensorrt", "test").toAbsolutePath();

  private static boolean loaded;

  private HostedTensorRt() {}

  static Path plugins() {
    Path library = BUILT.resolve("libhosted_tensorrt.so");
    assumeTrue(Files.exists(library), "the native tests were not built");
    return library;
  }

  /** Loads all libraries, and nothing more. */
  static synchronized void loadLibraries() {
    Path plugins = plugins();
    if (!loaded) {
      if (!TensorRtFiles.carried()) {
        System.load(BUILT.resolve("empty/libnvinfer.so.10").toString());
        System.load(BUILT.resolve("empty/libnvonnxparser.so.10").toString());
      }
      TensorRtLibrary.loadLibraries(plugins);
      loaded = true;
    }
  }

  /**
   * TensorRT itself, with our plugins registered: those on CUDA where they were built, else those
   * on the emulated GPU.
   */
  static synchronized TensorRtLibrary whole() {
    assumeTrue(TensorRtFiles.carried(), "needs the profile tensorrt");
    loadLibraries();
    return TensorRtLibrary.load(
        NativeLibrary.PLUGINS.missing().isEmpty() ? NativeLibrary.PLUGINS.path() : plugins());
  }
}
