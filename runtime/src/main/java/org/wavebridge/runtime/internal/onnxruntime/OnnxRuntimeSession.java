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
import org.wavebridge.graphs.GraphException;
import org.wavebridge.runtime.spi.GraphSession;
import org.wavebridge.runtime.spi.Tensor;

/**
 * A session of ONNX Runtime over float tensors, and vectors of other types. Closing session options
 * unloads the operator library they registered, so they live as long as the session.
 */
final class OnnxRuntimeSession implements GraphSession {
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final OrtSession.SessionOptions options;
  private final String label;

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
    try {
      session.close();
      options.close();
    } catch (OrtException e) {
      throw new GraphException(label + ": cannot be closed: " + e.getMessage(), e);
    }
  }
}
