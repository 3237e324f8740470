package org.wavebridge.runtime.internal.tensorrt;

import java.util.HashMap;
import java.util.Map;
import org.wavebridge.runtime.spi.GraphChain;
import org.wavebridge.runtime.spi.Tensor;

/**
 * Calls whose carried tensors stay on the device: of each there are two places, the one that a call
 * reads and the one that it writes, and they change roles.
 */
final class TensorRtChain implements GraphChain {
  private static final String NEXT = "next_";

  private final TensorRtSession session;
  private final Object gpu;
  private final Map<String, Carried> carried = new HashMap<>();
  private boolean closed;

  /** One carried tensor: two places in one piece of memory. */
  private static final class Carried {
    private static final long ALIGNMENT = 256;

    private final long[] shape;
    private final GpuMemory memory;
    private long now;
    private long next;

    Carried(Tensor start) {
      long bytes = Float.BYTES * (long) start.values().length;
      long room = Math.max(1, (bytes + ALIGNMENT - 1) / ALIGNMENT) * ALIGNMENT;
      shape = start.shape();
      memory = GpuMemory.onDevice(2 * room);
      now = memory.address();
      next = now + room;
    }

    void swap() {
      long made = next;
      next = now;
      now = made;
    }
  }

  /**
   * Begins a chain.
   *
   * @param start the carried inputs of the first call
   */
  TensorRtChain(TensorRtSession session, Map<String, Tensor> start, Gpu gpu) {
    this.session = session;
    this.gpu = gpu;
    try {
      for (Map.Entry<String, Tensor> tensor : start.entrySet()) {
        Carried one = new Carried(tensor.getValue());
        carried.put(tensor.getKey(), one);
        upload(tensor.getValue().values(), one.now, gpu.stream());
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static void upload(float[] values, long to, long stream) {
    long bytes = Float.BYTES * (long) values.length;
    try (GpuMemory host = GpuMemory.pinned(Math.max(1, bytes))) {
      host.buffer().asFloatBuffer().put(values);
      Cuda.toDevice(to, host.address(), bytes, stream);
      Cuda.done(Cuda.synchronize(stream), "copying to the GPU");
    }
  }

  @Override
  public Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, long[]> vectors) {
    synchronized (gpu) {
      if (closed) {
        throw new IllegalStateException("the chain of calls is closed");
      }
      Map<String, long[]> shapes = new HashMap<>();
      Map<String, Long> places = new HashMap<>();
      carried.forEach(
          (name, tensor) -> {
            shapes.put(name, tensor.shape);
            places.put(name, tensor.now);
            places.put(NEXT + name, tensor.next);
          });
      CallShapes call = session.shapes(inputs, vectors, shapes);
      Map<String, Tensor> outputs = session.run(call, inputs, vectors, places);
      carried.values().forEach(Carried::swap);
      return outputs;
    }
  }

  @Override
  public void close() {
    synchronized (gpu) {
      if (!closed) {
        closed = true;
        carried.values().forEach(tensor -> tensor.memory.close());
        session.ended(this);
      }
    }
  }
}
