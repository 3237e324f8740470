package org.wavebridge.runtime;

import java.nio.file.Path;
import org.wavebridge.runtime.internal.library.NativeLibrary;

/**
 * The library of custom operators as a file, for a program that calls ONNX Runtime itself: {@code
 * SessionOptions.registerCustomOpLibrary(OperatorLibrary.path().toString())}; and that of the
 * plugins, for one that calls TensorRT itself.
 */
public final class OperatorLibrary {
  private OperatorLibrary() {}

  /**
   * Where the library is, unpacked as docs/embedding.md says.
   *
   * @throws org.wavebridge.graphs.BackendException if this build has none for this machine, or it
   *     cannot be loaded
   */
  public static Path path() {
    return NativeLibrary.OPERATORS.path();
  }

  /**
   * Where the plugins for TensorRT are, unpacked likewise; they need neither TensorRT nor a GPU to
   * be there.
   *
   * @throws org.wavebridge.graphs.BackendException if this build has none for this machine
   */
  public static Path plugins() {
    return NativeLibrary.PLUGINS.path();
  }
}
