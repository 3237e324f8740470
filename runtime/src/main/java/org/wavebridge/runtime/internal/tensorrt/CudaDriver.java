package org.wavebridge.runtime.internal.tensorrt;

import org.wavebridge.runtime.internal.library.NativeLibrary;

/**
 * The CUDA driver's answers about this machine. They are asked for by the custom-operator library,
 * which looks for the driver by its name and needs nothing of CUDA itself, so that a machine
 * without a GPU is known as such before any class of TensorRT is touched. A negative answer is a
 * status: the driver's with its sign changed, or one of the constants.
 */
final class CudaDriver implements Requirements.Machine {
  /** No driver was found. */
  static final int NONE = -1;

  /** The driver that was found lacks a function that every driver of use has. */
  static final int OLD = -2;

  /** Loads the library that asks; there must be one for this machine. */
  CudaDriver() {
    NativeLibrary.OPERATORS.load();
  }

  @Override
  public int driver() {
    int status = start();
    return status == 0 ? version() : status < 0 ? status : -status;
  }

  @Override
  public int gpus() {
    return devices();
  }

  @Override
  public boolean hasInferLibrary() {
    return TensorRtFiles.carried() || inferLibrary() == 1;
  }

  @Override
  public int architecture() {
    return architecture(0);
  }

  private static native int start();

  private static native int version();

  private static native int devices();

  private static native int architecture(int device);

  private static native int inferLibrary();
}
