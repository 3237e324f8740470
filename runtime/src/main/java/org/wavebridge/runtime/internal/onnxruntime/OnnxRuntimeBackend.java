package org.wavebridge.runtime.internal.onnxruntime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.runtime.internal.library.NativeLibrary;
import org.wavebridge.runtime.spi.Backend;
import org.wavebridge.runtime.spi.GraphSession;

/** ONNX Runtime on the CPU, with or without the custom-operator library. */
final class OnnxRuntimeBackend implements Backend {
  private static final Logger LOG = LoggerFactory.getLogger(OnnxRuntimeBackend.class);

  /** The level in the log's last line about it. */
  private static final AtomicReference<Optional<String>> LOGGED =
      new AtomicReference<>(Optional.empty());

  private final String name;
  private final int threads;
  private final Optional<Path> library;

  /**
   * The environment, which ONNX Runtime destroys when the JVM begins to end, though sessions may
   * still be made and run: unless the operator library keeps it, whether or not a session uses its
   * operators. The library comes first, so that the JVM may begin to end at any time.
   */
  private static final class Environment {
    private static boolean kept;

    private Environment() {}

    /**
     * The environment.
     *
     * @throws BackendException if the JVM ends, and ONNX Runtime had not been used
     */
    static synchronized OrtEnvironment get() {
      OnnxRuntimeLibrary.load();
      if (!kept && NativeLibrary.OPERATORS.missing().isEmpty()) {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
          options.registerCustomOpLibrary(NativeLibrary.OPERATORS.path().toString());
        } catch (OrtException e) {
          LOG.debug("the operator library does not keep ONNX Runtime's environment", e);
        }
      }
      kept = true;
      try {
        return OrtEnvironment.getEnvironment();
      } catch (IllegalStateException e) {
        throw new BackendException("ONNX Runtime cannot be started while the program ends", e);
      }
    }
  }

  OnnxRuntimeBackend(String name, int threads, Optional<Path> library) {
    this.name = name;
    this.threads = threads;
    this.library = library;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean hasKernels() {
    return library.isPresent();
  }

  private static void logLevel() {
    Optional<String> level = NativeLevel.inUse();
    if (!level.equals(LOGGED.getAndSet(level))) {
      LOG.info("kernels of CPU level '{}'", level.orElse("none"));
    }
  }

  @Override
  public GraphSession open(byte[] graph, String label) {
    OrtEnvironment environment = Environment.get();
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    try {
      // Warnings are about graphs, which are ours; a caller can do nothing about them.
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      if (library.isPresent()) {
        options.registerCustomOpLibrary(library.get().toString());
        // Our operators call for threads rarely and keep them busy; a thread that spins meanwhile
        // would only take a core from somebody else.
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
      }
      OrtSession session = environment.createSession(graph, options);
      if (library.isPresent()) {
        logLevel();
      }
      return new OnnxRuntimeSession(environment, session, options, label);
    } catch (OrtException e) {
      options.close();
      throw new GraphException(
          "%s: backend '%s' refuses it: %s".formatted(label, name, e.getMessage()), e);
    }
  }
}
