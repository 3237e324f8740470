package org.wavebridge.runtime.internal.tensorrt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.assemble.PreparedGraph;
import org.wavebridge.graphs.onnx.PluginGraph;
import org.wavebridge.graphs.onnx.Port;
import org.wavebridge.runtime.spi.Tensor;

/**
 * Calls of one engine: inputs to the device, the engine, outputs back, in one stream. For one
 * thread at a time.
 */
final class EngineCalls implements AutoCloseable {
  private final Engine engine;
  private final SizeRange range;
  private final PreparedGraph graph;
  private final String label;
  private final long stream;
  private final Map<String, TensorBuffer> buffers = new LinkedHashMap<>();
  private final @Nullable CapturedCall captured;

  /**
   * Calls of an engine, which is closed with them.
   *
   * @param captures whether calls that are alike are captured and replayed
   */
  EngineCalls(
      Engine engine,
      SizeRange range,
      PreparedGraph graph,
      String label,
      long stream,
      boolean captures) {
    this.engine = engine;
    this.range = range;
    this.graph = graph;
    this.label = label;
    this.stream = stream;
    this.captured = captures ? new CapturedCall(label) : null;
  }

  /** Whether the engine is the one for a call. */
  boolean covers(CallShapes call) {
    return range.covers(call);
  }

  /**
   * Runs a call to its end.
   *
   * @param inputs float inputs
   * @param vectors other inputs
   * @param onDevice addresses of inputs and outputs that stay on the device
   * @return every output that does not stay there, but for the status
   */
  Map<String, Tensor> run(
      CallShapes call,
      Map<String, Tensor> inputs,
      Map<String, long[]> vectors,
      Map<String, Long> onDevice) {
    List<Long> key = new ArrayList<>();
    for (Port port : graph.inputs()) {
      if (!onDevice.containsKey(port.name())) {
        give(port, call.of(port), inputs, vectors);
      }
      long address = address(port, onDevice);
      engine.input(port.name(), call.of(port), address);
      key.add(address);
      for (long size : call.of(port)) {
        key.add(size);
      }
    }
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (Port port : graph.outputs()) {
      long[] shape = engine.shape(port.name());
      shapes.put(port.name(), shape);
      if (!onDevice.containsKey(port.name())) {
        buffer(port).shape(shape);
      }
      long address = address(port, onDevice);
      engine.output(port.name(), address);
      key.add(address);
    }
    try {
      queue(key, onDevice);
    } catch (GraphException e) {
      // Work that was queued before still uses the buffers.
      Cuda.synchronize(stream);
      throw new GraphException(label + ": " + e.getMessage(), e);
    }
    Cuda.done(Cuda.synchronize(stream), label);
    checkStatus();
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    shapes.forEach(
        (name, shape) -> {
          if (!onDevice.containsKey(name) && !isStatus(name)) {
            outputs.put(name, new Tensor(buffer(name).floats(), shape));
          }
        });
    return outputs;
  }

  private void give(
      Port port, long[] shape, Map<String, Tensor> inputs, Map<String, long[]> vectors) {
    TensorBuffer buffer = buffer(port);
    buffer.shape(shape);
    Tensor tensor = inputs.get(port.name());
    if (tensor != null) {
      buffer.put(tensor);
    } else {
      buffer.put(vectors.getOrDefault(port.name(), new long[0]));
    }
  }

  private void queue(List<Long> key, Map<String, Long> onDevice) {
    Runnable work =
        () -> {
          forHost(graph.inputs(), onDevice).forEach(buffer -> buffer.toDevice(stream));
          engine.enqueue(stream);
          forHost(graph.outputs(), onDevice).forEach(buffer -> buffer.toHost(stream));
        };
    if (captured == null) {
      work.run();
    } else {
      captured.queue(key, work, stream);
    }
  }

  private List<TensorBuffer> forHost(List<Port> ports, Map<String, Long> onDevice) {
    return ports.stream()
        .filter(port -> !onDevice.containsKey(port.name()))
        .map(this::buffer)
        .toList();
  }

  private void checkStatus() {
    if (graph.isLoop()) {
      int status = buffer(PluginGraph.STATUS).number();
      if (status != 0) {
        throw new GraphException("%s: %s".formatted(label, KernelStatus.text(status)));
      }
    }
  }

  private boolean isStatus(String name) {
    return graph.isLoop() && name.equals(PluginGraph.STATUS);
  }

  private long address(Port port, Map<String, Long> onDevice) {
    Long address = onDevice.get(port.name());
    return address == null ? buffer(port).address() : address;
  }

  private TensorBuffer buffer(Port port) {
    return buffers.computeIfAbsent(port.name(), name -> new TensorBuffer(port));
  }

  private TensorBuffer buffer(String name) {
    TensorBuffer buffer = buffers.get(name);
    if (buffer == null) {
      throw new IllegalStateException("no buffer for '" + name + "'");
    }
    return buffer;
  }

  @Override
  public void close() {
    if (captured != null) {
      captured.close();
    }
    engine.close();
    buffers.values().forEach(TensorBuffer::close);
    buffers.clear();
  }
}
