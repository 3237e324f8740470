package org.wavebridge.runtime.internal.onnxruntime;

import java.util.OptionalDouble;
import org.wavebridge.runtime.internal.library.NativeLibrary;

/**
 * The most that one core could do with the instructions that the kernels use here, measured by the
 * custom-operator library: its level is chosen as for the kernels. Each call takes some 150 ms.
 */
public final class NativeLimits {
  private static final boolean LOADED = load();

  private NativeLimits() {}

  /**
   * Bytes per second at which this thread reads a buffer over and over.
   *
   * @param bytes size of the buffer, at least 4096
   * @return empty where there is no library or no such memory
   */
  public static OptionalDouble ofReading(long bytes) {
    return LOADED ? present(readBandwidth(bytes)) : OptionalDouble.empty();
  }

  /**
   * Multiply-adds per second of this thread with operands at hand.
   *
   * @param int8 of int8 values, else of f32
   * @return empty where there is no library
   */
  public static OptionalDouble ofMultiplyAdds(boolean int8) {
    return LOADED ? present(multiplyAddRate(int8)) : OptionalDouble.empty();
  }

  private static OptionalDouble present(double rate) {
    return rate > 0 ? OptionalDouble.of(rate) : OptionalDouble.empty();
  }

  /** Loads the library; false where this build has none for the machine. */
  static boolean load() {
    if (NativeLibrary.OPERATORS.missing().isPresent()) {
      return false;
    }
    NativeLibrary.OPERATORS.load();
    return true;
  }

  private static native double readBandwidth(long bytes);

  private static native double multiplyAddRate(boolean int8);
}
