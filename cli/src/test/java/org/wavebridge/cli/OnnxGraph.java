package org.wavebridge.cli;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.wavebridge.runtime.OperatorLibrary;

/**
 * A graph in ONNX Runtime as a program runs it that has nothing of this project but the library.
 */
final class OnnxGraph implements AutoCloseable {
  private final OrtSession session;

  /**
   * Opens a graph.
   *
   * @param operators whether the library is registered; without it, function bodies run
   */
  OnnxGraph(Path file, boolean operators) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      if (operators) {
        options.registerCustomOpLibrary(library().toString());
      }
      session = OrtEnvironment.getEnvironment().createSession(file.toString(), options);
    }
  }

  /** The library of this build. */
  static Path library() {
    return OperatorLibrary.path();
  }

  /**
   * A tensor.
   *
   * @param values float[], long[] or short[], row-major
   */
  record Array(Object values, long... shape) {
    static Array of(float[] values, long... shape) {
      return new Array(values, shape);
    }

    static Array of(long[] values, long... shape) {
      return new Array(values, shape);
    }

    float[] floats() {
      return (float[]) values;
    }

    short[] shorts() {
      return (short[]) values;
    }

    private OnnxTensor tensor() throws OrtException {
      OrtEnvironment environment = OrtEnvironment.getEnvironment();
      return values instanceof float[] floats
          ? OnnxTensor.createTensor(environment, FloatBuffer.wrap(floats), shape)
          : OnnxTensor.createTensor(environment, LongBuffer.wrap((long[]) values), shape);
    }

    private static Array of(OnnxTensor tensor) {
      TensorInfo info = tensor.getInfo();
      Object values =
          switch (info.type) {
            case FLOAT -> {
              float[] all = new float[Math.toIntExact(info.getNumElements())];
              tensor.getFloatBuffer().get(all);
              yield all;
            }
            case INT64 -> {
              long[] all = new long[Math.toIntExact(info.getNumElements())];
              tensor.getLongBuffer().get(all);
              yield all;
            }
            case INT16 -> {
              short[] all = new short[Math.toIntExact(info.getNumElements())];
              tensor.getShortBuffer().get(all);
              yield all;
            }
            default -> throw new AssertionError(info.type);
          };
      return new Array(values, info.getShape());
    }
  }

  /** Type and shape of each input, by name; an axis of any size is -1. */
  Map<String, TensorInfo> inputs() throws OrtException {
    return infos(session.getInputInfo());
  }

  /** The same of the outputs. */
  Map<String, TensorInfo> outputs() throws OrtException {
    return infos(session.getOutputInfo());
  }

  private static Map<String, TensorInfo> infos(Map<String, NodeInfo> nodes) {
    Map<String, TensorInfo> infos = new HashMap<>();
    nodes.forEach((name, node) -> infos.put(name, (TensorInfo) node.getInfo()));
    return infos;
  }

  /** Runs it; inputs that it does not have are left out. */
  Map<String, Array> run(Map<String, Array> inputs) throws OrtException {
    Map<String, OnnxTensor> given = new HashMap<>();
    try {
      for (String name : session.getInputNames()) {
        Array array = inputs.get(name);
        if (array == null) {
          throw new AssertionError("no input " + name + " among " + inputs.keySet());
        }
        given.put(name, array.tensor());
      }
      Map<String, Array> outputs = new HashMap<>();
      try (OrtSession.Result result = session.run(given)) {
        for (Map.Entry<String, OnnxValue> output : result) {
          outputs.put(output.getKey(), Array.of((OnnxTensor) output.getValue()));
        }
      }
      return outputs;
    } finally {
      given.values().forEach(OnnxTensor::close);
    }
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
