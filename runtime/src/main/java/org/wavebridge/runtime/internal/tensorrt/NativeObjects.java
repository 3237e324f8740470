package org.wavebridge.runtime.internal.tensorrt;

import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.tensorrt.nvinfer.INoCopy;
import org.bytedeco.tensorrt.nvonnxparser.IParser;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.GraphException;

/**
 * Objects that TensorRT made, deleted together, the last one first. The bindings cannot delete
 * them; our library does.
 */
final class NativeObjects implements AutoCloseable {
  private final Deque<Runnable> endings = new ArrayDeque<>();

  /**
   * Takes over what TensorRT made.
   *
   * @param what it is, for the message
   * @throws GraphException if it made nothing
   */
  <T extends INoCopy> T own(@Nullable T object, String what) {
    T made = made(object, what);
    long address = made.address();
    endings.push(() -> deleteObject(address));
    return made;
  }

  /** Takes over a parser. */
  IParser own(@Nullable IParser parser) {
    long address = made(parser, "parser").address();
    endings.push(() -> deleteParser(address));
    return made(parser, "parser");
  }

  /** An object that TensorRT made and keeps. */
  static <T extends Pointer> T made(@Nullable T object, String what) {
    if (object == null || object.isNull()) {
      throw new GraphException("TensorRT makes no %s: %s".formatted(what, TensorRtLog.lastError()));
    }
    return object;
  }

  /**
   * Checks what TensorRT answers.
   *
   * @throws GraphException if it was not done
   */
  static void done(boolean done, String what) {
    if (!done) {
      throw new GraphException("TensorRT refuses %s: %s".formatted(what, TensorRtLog.lastError()));
    }
  }

  @Override
  public void close() {
    while (!endings.isEmpty()) {
      endings.pop().run();
    }
  }

  private static native void deleteObject(long address);

  private static native void deleteParser(long address);
}
