package org.wavebridge.runtime.internal.tensorrt;

import java.util.Optional;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.tensorrt.global.nvinfer;
import org.bytedeco.tensorrt.nvinfer.Dims64;
import org.bytedeco.tensorrt.nvinfer.ICudaEngine;
import org.bytedeco.tensorrt.nvinfer.IExecutionContext;
import org.bytedeco.tensorrt.nvinfer.IRuntime;

/** A loaded engine with one execution context. For one thread at a time. */
final class Engine implements AutoCloseable {
  private final NativeObjects made;
  private final IExecutionContext context;

  private Engine(NativeObjects made, IExecutionContext context) {
    this.made = made;
    this.context = context;
  }

  /**
   * Loads an engine.
   *
   * @return empty if TensorRT does not accept the plan, which then is of another build
   */
  static Optional<Engine> load(TensorRtLibrary library, byte[] plan) {
    NativeObjects made = new NativeObjects();
    try (BytePointer bytes = new BytePointer(plan)) {
      IRuntime runtime = made.own(nvinfer.createInferRuntime(library.log()), "runtime");
      ICudaEngine engine = runtime.deserializeCudaEngine(bytes, plan.length);
      if (engine == null || engine.isNull()) {
        made.close();
        return Optional.empty();
      }
      made.own(engine, "engine");
      return Optional.of(
          new Engine(made, made.own(engine.createExecutionContext(), "execution context")));
    } catch (RuntimeException e) {
      made.close();
      throw e;
    }
  }

  /** Says the shape and place of an input of the next call. */
  void input(String name, long[] shape, long address) {
    try (Dims64 dims = Shapes.dims(shape)) {
      NativeObjects.done(context.setInputShape(name, dims), "the shape of '%s'".formatted(name));
    }
    bind(name, address);
  }

  /** The shape of an output of the next call, when all inputs are known. */
  long[] shape(String output) {
    try (Dims64 dims = context.getTensorShape(output)) {
      return Shapes.of(dims, output);
    }
  }

  /** Says where an output of the next call goes. */
  void output(String name, long address) {
    bind(name, address);
  }

  private void bind(String name, long address) {
    NativeObjects.done(
        context.setTensorAddress(name, new Address(address)), "the place of '%s'".formatted(name));
  }

  /** Queues the call. */
  void enqueue(long stream) {
    NativeObjects.done(context.enqueueV3(new CUstream_st(new Address(stream))), "the call");
  }

  @Override
  public void close() {
    made.close();
  }
}
