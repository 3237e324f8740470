package org.wavebridge.runtime.internal.tensorrt;

import org.bytedeco.javacpp.Pointer;

/** An address as the bindings take it; owns nothing. */
final class Address extends Pointer {
  Address(long value) {
    address = value;
  }
}
