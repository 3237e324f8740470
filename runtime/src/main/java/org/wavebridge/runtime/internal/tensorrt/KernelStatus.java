package org.wavebridge.runtime.internal.tensorrt;

/** The status of a kernel at the end of a call; the numbers of {@code wavebridge_cuda/launch.h}. */
final class KernelStatus {
  private static final int EXCHANGE_TIMED_OUT = 4;
  private static final int BAD_TEMPERATURE = 5;

  private KernelStatus() {}

  /** A status other than 0, in words. */
  static String text(int status) {
    return switch (status) {
      case EXCHANGE_TIMED_OUT ->
          "a part of the GPU waited in vain for another; does another program use it?";
      case BAD_TEMPERATURE -> "expected a temperature that is positive and finite";
      default -> "the kernel ended with status " + status;
    };
  }
}
