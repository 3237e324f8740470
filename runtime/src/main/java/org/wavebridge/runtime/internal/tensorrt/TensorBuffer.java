package org.wavebridge.runtime.internal.tensorrt;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.Port;
import org.wavebridge.runtime.spi.Tensor;

/**
 * Where an input or output of an engine lies: on the device, and pinned on the host. Grows with the
 * largest call.
 */
final class TensorBuffer implements AutoCloseable {
  private final Port port;
  private @Nullable GpuMemory device;
  private @Nullable GpuMemory host;
  private long elements;

  TensorBuffer(Port port) {
    this.port = port;
  }

  /** Makes room for a shape, which then is the one of the next call. */
  void shape(long[] shape) {
    elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    long needed = Math.max(1, bytes());
    if (device == null || device.bytes() < needed) {
      close();
      long room = Long.highestOneBit(needed) == needed ? needed : Long.highestOneBit(needed) << 1;
      device = GpuMemory.onDevice(room);
      host = GpuMemory.pinned(room);
    }
  }

  /** The address on the device; a larger shape moves it. */
  long address() {
    return of(device).address();
  }

  private long bytes() {
    return elements * port.type().bytes();
  }

  /** Takes the values of a float input. */
  void put(Tensor tensor) {
    require(ElementType.FLOAT);
    buffer().asFloatBuffer().put(tensor.values());
  }

  /** Takes the values of an input of another type: whole numbers, or truth values. */
  void put(long[] values) {
    ByteBuffer buffer = buffer();
    for (long value : values) {
      switch (port.type()) {
        case INT64 -> buffer.putLong(value);
        case INT32 -> buffer.putInt(Math.toIntExact(value));
        case BOOL -> buffer.put((byte) (value == 0 ? 0 : 1));
        default ->
            throw new GraphException(
                "input '%s': expected float values, found whole numbers".formatted(port.name()));
      }
    }
  }

  /** The values of a float output. */
  float[] floats() {
    require(ElementType.FLOAT);
    float[] values = new float[Math.toIntExact(elements)];
    buffer().asFloatBuffer().get(values);
    return values;
  }

  /** The only value of an int32 output. */
  int number() {
    require(ElementType.INT32);
    return buffer().getInt();
  }

  /** Copies the values to the device, when the stream comes to it. */
  void toDevice(long stream) {
    Cuda.toDevice(address(), of(host).address(), bytes(), stream);
  }

  /** Copies the values to the host, when the stream comes to it. */
  void toHost(long stream) {
    Cuda.toHost(of(host).address(), address(), bytes(), stream);
  }

  private ByteBuffer buffer() {
    return of(host).buffer();
  }

  private void require(ElementType type) {
    if (port.type() != type) {
      throw new GraphException(
          "'%s': expected %s values, found %s".formatted(port.name(), type, port.type()));
    }
  }

  private static GpuMemory of(@Nullable GpuMemory memory) {
    if (memory == null) {
      throw new IllegalStateException("the tensor has no shape yet");
    }
    return memory;
  }

  @Override
  public void close() {
    if (device != null) {
      device.close();
      device = null;
    }
    if (host != null) {
      host.close();
      host = null;
    }
  }
}
