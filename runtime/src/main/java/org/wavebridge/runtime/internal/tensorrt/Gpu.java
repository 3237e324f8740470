package org.wavebridge.runtime.internal.tensorrt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.graphs.bundle.Sha256;
import org.wavebridge.graphs.files.FileErrors;
import org.wavebridge.runtime.internal.library.NativeLibrary;

/** The things that the sessions of a backend share: TensorRT, the kept engines, one stream. */
final class Gpu implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gpu.class);

  private final TensorRtLibrary library;
  private final PlanCache cache;
  private final String plugins;
  private final long stream;

  private Gpu(TensorRtLibrary library, PlanCache cache, String plugins, long stream) {
    this.library = library;
    this.cache = cache;
    this.plugins = plugins;
    this.stream = stream;
  }

  /**
   * Loads TensorRT and takes a stream.
   *
   * @throws BackendException if a library cannot be loaded
   */
  static Gpu open() {
    Path folder = PlanCache.defaultFolder();
    Path plugins = NativeLibrary.PLUGINS.path();
    int architecture = new CudaDriver().architecture();
    TensorRtLibrary library = TensorRtLibrary.load(plugins);
    LOG.info("TensorRT {} on a GPU of compute capability {}", library.version(), architecture);
    return new Gpu(
        library,
        new PlanCache(folder, library.version(), architecture),
        hash(plugins),
        Cuda.made(Cuda.createStream(), "a stream of the GPU"));
  }

  private static String hash(Path file) {
    try {
      return Sha256.of(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new BackendException(file + ": cannot be read: " + FileErrors.reason(e), e);
    }
  }

  TensorRtLibrary library() {
    return library;
  }

  PlanCache cache() {
    return cache;
  }

  /** SHA-256 of the plugin library. */
  String plugins() {
    return plugins;
  }

  long stream() {
    return stream;
  }

  @Override
  public void close() {
    int status = Cuda.destroyStream(stream);
    if (status != 0) {
      LOG.warn("a stream of the GPU could not be given back (CUDA error {})", status);
    }
  }
}
