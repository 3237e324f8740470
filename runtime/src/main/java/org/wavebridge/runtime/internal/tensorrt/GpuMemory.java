package org.wavebridge.runtime.internal.tensorrt;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A piece of memory of the device, or of the host where the device reads it at full speed. */
final class GpuMemory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GpuMemory.class);

  private final boolean pinned;
  private final long address;
  private final long bytes;

  private GpuMemory(boolean pinned, long address, long bytes) {
    this.pinned = pinned;
    this.address = address;
    this.bytes = bytes;
  }

  /** Memory of the device; what is in it is arbitrary. */
  static GpuMemory onDevice(long bytes) {
    return new GpuMemory(
        false, Cuda.made(Cuda.allocate(bytes), "%d bytes on the GPU".formatted(bytes)), bytes);
  }

  /** Memory of the host that is pinned to its place; what is in it is arbitrary. */
  static GpuMemory pinned(long bytes) {
    return new GpuMemory(
        true,
        Cuda.made(Cuda.allocatePinned(bytes), "%d bytes of pinned memory".formatted(bytes)),
        bytes);
  }

  long address() {
    return address;
  }

  long bytes() {
    return bytes;
  }

  /** Pinned memory as a buffer; valid until it is closed. */
  ByteBuffer buffer() {
    if (!pinned) {
      throw new IllegalStateException("memory of the device has no buffer");
    }
    BytePointer pointer = new BytePointer(new Address(address));
    return pointer.capacity(bytes).asByteBuffer().order(ByteOrder.nativeOrder());
  }

  @Override
  public void close() {
    int status = pinned ? Cuda.freePinned(address) : Cuda.free(address);
    if (status != 0) {
      LOG.warn("memory of the GPU could not be given back (CUDA error {})", status);
    }
  }
}
