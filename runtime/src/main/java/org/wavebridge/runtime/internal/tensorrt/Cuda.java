package org.wavebridge.runtime.internal.tensorrt;

import org.bytedeco.javacpp.BytePointer;
import org.wavebridge.graphs.GraphException;

/**
 * The calls of the CUDA runtime that the backend makes, by the plugin library, which carries that
 * runtime inside. Addresses and handles are numbers.
 */
final class Cuda {
  private Cuda() {}

  /**
   * Checks a status.
   *
   * @param what was done, for the message
   * @throws GraphException if it is a failure
   */
  static void done(int status, String what) {
    if (status != 0) {
      throw failure(what, status);
    }
  }

  /**
   * Checks an address or handle.
   *
   * @throws GraphException if there is none
   */
  static long made(long handle, String what) {
    if (handle == 0) {
      throw failure(what, lastFailure());
    }
    return handle;
  }

  private static GraphException failure(String what, int status) {
    try (BytePointer text = new BytePointer(new Address(text(status)))) {
      return new GraphException("%s: %s (CUDA error %d)".formatted(what, text.getString(), status));
    }
  }

  /** Copies to the device, when the stream comes to it. */
  static void toDevice(long to, long from, long bytes, long stream) {
    done(copyToDevice(to, from, bytes, stream), "copying to the GPU");
  }

  /** Copies from the device, when the stream comes to it. */
  static void toHost(long to, long from, long bytes, long stream) {
    done(copyToHost(to, from, bytes, stream), "copying from the GPU");
  }

  static native long allocate(long bytes);

  static native int free(long memory);

  static native long allocatePinned(long bytes);

  static native int freePinned(long memory);

  static native long createStream();

  static native int destroyStream(long stream);

  static native int synchronize(long stream);

  static native int beginCapture(long stream);

  static native long endCapture(long stream);

  static native int launchGraph(long graph, long stream);

  static native int destroyGraph(long graph);

  private static native int copyToDevice(long to, long from, long bytes, long stream);

  private static native int copyToHost(long to, long from, long bytes, long stream);

  private static native int lastFailure();

  private static native long text(int status);
}
