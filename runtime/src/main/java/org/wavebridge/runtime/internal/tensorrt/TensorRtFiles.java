package org.wavebridge.runtime.internal.tensorrt;

/** TensorRT's own libraries, where the build carries them (profile {@code tensorrt}). */
final class TensorRtFiles {
  private static final String FOLDER = "/org/bytedeco/tensorrt/linux-x86_64/";

  private TensorRtFiles() {}

  /** Whether the class path carries TensorRT itself. */
  static boolean carried() {
    return TensorRtFiles.class.getResource(FOLDER + "libnvinfer.so.10") != null;
  }
}
