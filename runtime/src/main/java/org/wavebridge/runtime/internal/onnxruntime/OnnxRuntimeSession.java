package org.wavebridge.runtime.internal.onnxruntime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.runtime.spi.GraphSession;
import org.wavebridge.runtime.spi.Tensor;

/**
 * A session of ONNX Runtime over float tensors, and vectors of other types. Closing session options
 * unloads the operator library they registered, so they live as long as the session.
 */
final class OnnxRuntimeSession implements GraphSession {
  /** The most values of the inputs of a call whose tensors are kept, and of its outputs. */
  private static final long MOST_REPEATED = 1 << 14;

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final OrtSession.SessionOptions options;
  private final String label;

  /** Tensors of small calls, for the next ones; as many as ran at the same time. */
  private final Queue<RepeatedCall> spare = new ConcurrentLinkedQueue<>();

  OnnxRuntimeSession(
      OrtEnvironment environment,
      OrtSession session,
      OrtSession.SessionOptions options,
      String label) {
    this.environment = environment;
    this.session = session;
    this.options = options;
    this.label = label;
  }

  @Override
  public Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, long[]> vectors) {
    // The values of a vector may decide the shapes of outputs.
    return vectors.isEmpty() && size(inputs) <= MOST_REPEATED
        ? repeated(inputs)
        : once(inputs, vectors);
  }

  private Map<String, Tensor> repeated(Map<String, Tensor> inputs) {
    RepeatedCall call = spare.poll();
    if (call != null && !call.fits(inputs)) {
      call.close();
      call = null;
    }
    try {
      if (call != null) {
        Map<String, Tensor> outputs = call.run(session, inputs);
        spare.add(call);
        call = null;
        return outputs;
      }
      Map<String, Tensor> outputs = once(inputs, Map.of());
      if (size(outputs) <= MOST_REPEATED) {
        spare.add(RepeatedCall.of(environment, inputs, outputs));
      }
      return outputs;
    } catch (OrtException e) {
      throw new GraphException(label + ": " + e.getMessage(), e);
    } finally {
      if (call != null) {
        call.close();
      }
    }
  }

  private static long size(Map<String, Tensor> tensors) {
    return tensors.values().stream().mapToLong(tensor -> tensor.values().length).sum();
  }

  private Map<String, Tensor> once(Map<String, Tensor> inputs, Map<String, long[]> vectors) {
    Map<String, OnnxTensor> given = new HashMap<>();
    try {
      for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
        Tensor tensor = input.getValue();
        given.put(
            input.getKey(),
            OnnxTensor.createTensor(
                environment, FloatBuffer.wrap(tensor.values()), tensor.shape()));
      }
      for (Map.Entry<String, long[]> vector : vectors.entrySet()) {
        given.put(vector.getKey(), tensor(vector.getKey(), vector.getValue()));
      }
      try (OrtSession.Result result = session.run(given)) {
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        for (Map.Entry<String, OnnxValue> output : result) {
          outputs.put(output.getKey(), copy(output.getKey(), output.getValue()));
        }
        return outputs;
      }
    } catch (OrtException e) {
      throw new GraphException(label + ": " + e.getMessage(), e);
    } finally {
      given.values().forEach(OnnxTensor::close);
    }
  }

  /** A vector in the element type that the graph declares. */
  private OnnxTensor tensor(String name, long[] values) throws OrtException {
    NodeInfo input = session.getInputInfo().get(name);
    if (input != null
        && input.getInfo() instanceof TensorInfo tensor
        && tensor.type == OnnxJavaType.BOOL) {
      boolean[] truths = new boolean[values.length];
      for (int i = 0; i < truths.length; i++) {
        truths[i] = values[i] != 0;
      }
      return OnnxTensor.createTensor(environment, truths);
    }
    return OnnxTensor.createTensor(
        environment, LongBuffer.wrap(values), new long[] {values.length});
  }

  private Tensor copy(String name, OnnxValue value) {
    if (value instanceof OnnxTensor tensor) {
      FloatBuffer buffer = tensor.getFloatBuffer();
      if (buffer != null) {
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return new Tensor(values, tensor.getInfo().getShape());
      }
    }
    throw new GraphException(label + ": output '" + name + "' is no float tensor");
  }

  @Override
  public void close() {
    spare.forEach(RepeatedCall::close);
    try {
      session.close();
      options.close();
    } catch (OrtException e) {
      throw new GraphException(label + ": cannot be closed: " + e.getMessage(), e);
    }
  }
}
