package org.wavebridge.runtime.internal.onnxruntime;

import java.util.Optional;

/** The CPU level of the custom-operator library's kernels, as the library says it. */
public final class NativeLevel {
  private static final boolean LOADED = NativeLimits.load();

  private NativeLevel() {}

  /**
   * The level that the operator made last computes with.
   *
   * @return empty before the first operator, and where there is no library
   */
  public static Optional<String> inUse() {
    if (!LOADED) {
      return Optional.empty();
    }
    StringBuilder name = new StringBuilder();
    for (int c = character(0); c != 0; c = character(name.length())) {
      name.append((char) c);
    }
    return name.isEmpty() ? Optional.empty() : Optional.of(name.toString());
  }

  private static native int character(int index);
}
