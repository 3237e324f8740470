package org.wavebridge.runtime;

import java.nio.file.Path;
import org.wavebridge.runtime.internal.library.NativeLibrary;

/**
 * The library of custom operators as a file, for a program that calls ONNX Runtime itself: {@code
 * SessionOptions.registerCustomOpLibrary(OperatorLibrary.path().toString())}.
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
}
