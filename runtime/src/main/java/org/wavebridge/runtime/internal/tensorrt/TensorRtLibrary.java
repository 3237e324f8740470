package org.wavebridge.runtime.internal.tensorrt;

import java.nio.file.Path;
import org.bytedeco.tensorrt.global.nvinfer;
import org.bytedeco.tensorrt.nvinfer.IPluginRegistry;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.BackendException;

/**
 * TensorRT in this process: loaded once, with our plugins in its registry. The bindings would load
 * libraries of CUDA that nobody needs here, so their own loading is switched off and everything is
 * loaded by hand.
 */
final class TensorRtLibrary {
  /** The bindings' own loading, for all of its classes in this process. */
  private static final String AUTOMATIC = "org.bytedeco.javacpp.loadlibraries";

  /** The version that the bindings are for; an older library lacks some of their functions. */
  private static final int OLDEST = 101500;

  private static final int MAJOR = 10000;

  private static @Nullable TensorRtLibrary loaded;

  private final TensorRtLog log = new TensorRtLog();

  private TensorRtLibrary() {}

  /**
   * Loads TensorRT and our plugins, if that has not been done.
   *
   * @param plugins the plugin library
   * @throws BackendException if a library cannot be loaded, or is of a version that does not fit
   */
  static synchronized TensorRtLibrary load(Path plugins) {
    if (loaded == null) {
      loadLibraries(plugins);
      TensorRtLibrary library = new TensorRtLibrary();
      library.checkVersion();
      library.register(plugins);
      loaded = library;
    }
    return loaded;
  }

  /** Loads the libraries alone, and nothing that asks TensorRT for anything. */
  static void loadLibraries(Path plugins) {
    System.setProperty(AUTOMATIC, "false");
    try {
      TensorRtFiles.load();
      System.load(plugins.toString());
    } catch (UnsatisfiedLinkError e) {
      throw new BackendException(
          "backend 'tensorrt': a library cannot be loaded: " + e.getMessage(), e);
    }
  }

  /** Where TensorRT's messages go. */
  TensorRtLog log() {
    return log;
  }

  /** The version of the library, such as 10.15.1.29. */
  String version() {
    return "%d.%d.%d.%d"
        .formatted(
            nvinfer.getInferLibMajorVersion(),
            nvinfer.getInferLibMinorVersion(),
            nvinfer.getInferLibPatchVersion(),
            nvinfer.getInferLibBuildVersion());
  }

  /** TensorRT's plugins, ours among them. */
  static IPluginRegistry registry() {
    return NativeObjects.made(nvinfer.getPluginRegistry(), "plugin registry");
  }

  private void checkVersion() {
    int version = nvinfer.getInferLibVersion();
    if (version < OLDEST || version / MAJOR != OLDEST / MAJOR) {
      throw new BackendException(
          "backend 'tensorrt': expected TensorRT 10.15 or a newer 10, found %s"
              .formatted(version()));
    }
  }

  private void register(Path plugins) {
    IPluginRegistry.PluginLibraryHandle handle = registry().loadLibrary(plugins.toString());
    if (handle == null || handle.isNull()) {
      throw new BackendException(
          "backend 'tensorrt': TensorRT does not take the plugins of " + plugins);
    }
  }
}
