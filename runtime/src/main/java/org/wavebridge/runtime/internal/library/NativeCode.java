package org.wavebridge.runtime.internal.library;

import java.util.function.Supplier;
import org.wavebridge.graphs.BackendException;

/** The one place where native code that cannot be loaded becomes an error in words. */
public final class NativeCode {
  private NativeCode() {}

  /**
   * Does something that may be the first to need native code.
   *
   * @param what for the message, such as {@code backend 'cpu'}
   * @throws BackendException if a library cannot be loaded, or a class that needs one
   */
  public static <T> T guarded(String what, Supplier<T> action) {
    try {
      return action.get();
    } catch (LinkageError e) {
      throw failure(what, e);
    }
  }

  private static BackendException failure(String what, LinkageError error) {
    Throwable cause = error;
    while (cause.getCause() != null) {
      cause = cause.getCause();
      if (cause instanceof BackendException known) {
        return known;
      }
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    String kind = cause instanceof LinkageError ? "" : cause.getClass().getSimpleName() + ": ";
    return new BackendException(
        "%s: native code cannot be loaded: %s%s".formatted(what, kind, message), error);
  }
}
