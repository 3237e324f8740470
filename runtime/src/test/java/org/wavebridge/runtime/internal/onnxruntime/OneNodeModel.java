package org.wavebridge.runtime.internal.onnxruntime;

import ai.onnx.proto.OnnxMl;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import com.google.protobuf.ByteString;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AuxAffine;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.Int8Weights;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.runtime.internal.library.NativeLibrary;

/**
 * A model of one custom node, built by hand so that it can be wrong. Inputs and initializers become
 * the node's inputs in the order in which they are added.
 */
final class OneNodeModel {
  private final OnnxMl.NodeProto.Builder node;
  private final OnnxMl.GraphProto.Builder graph = OnnxMl.GraphProto.newBuilder().setName("test");
  private final Map<String, float[]> values = new HashMap<>();
  private final Map<String, long[]> shapes = new HashMap<>();
  private final Map<String, long[]> integers = new HashMap<>();

  OneNodeModel(String operator, String... outputs) {
    node =
        OnnxMl.NodeProto.newBuilder()
            .setName("node1")
            .setOpType(operator)
            .setDomain("org.wavebridge");
    for (String output : outputs) {
      node.addOutput(output);
      graph.addOutput(valueInfo(output, OnnxMl.TensorProto.DataType.FLOAT_VALUE));
    }
  }

  /** Another operator with the same inputs. */
  OneNodeModel operator(String name) {
    node.setOpType(name);
    return this;
  }

  private static OnnxMl.ValueInfoProto valueInfo(String name, int type) {
    return OnnxMl.ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            OnnxMl.TypeProto.newBuilder()
                .setTensorType(OnnxMl.TypeProto.Tensor.newBuilder().setElemType(type)))
        .build();
  }

  /** A graph input and the value that {@link #run} gives it. */
  OneNodeModel input(String name, float[] value, long... shape) {
    node.addInput(name);
    graph.addInput(valueInfo(name, OnnxMl.TensorProto.DataType.FLOAT_VALUE));
    return value(name, value, shape);
  }

  /** A graph input of 64-bit integers. */
  OneNodeModel input(String name, long... value) {
    node.addInput(name);
    graph.addInput(valueInfo(name, OnnxMl.TensorProto.DataType.INT64_VALUE));
    return value(name, value);
  }

  /** Other integers for a graph input. */
  OneNodeModel value(String name, long... value) {
    integers.put(name, value);
    return this;
  }

  /** Another value for a graph input. */
  OneNodeModel value(String name, float[] value, long... shape) {
    values.put(name, value);
    shapes.put(name, shape);
    return this;
  }

  /** A constant; one added before under the name is replaced. So with the other types. */
  OneNodeModel floats(String name, float[] value, long... shape) {
    OnnxMl.TensorProto.Builder tensor =
        tensor(name, OnnxMl.TensorProto.DataType.FLOAT_VALUE, shape);
    for (float x : value) {
      tensor.addFloatData(x);
    }
    return constant(tensor);
  }

  OneNodeModel ints(String name, int... value) {
    OnnxMl.TensorProto.Builder tensor =
        tensor(name, OnnxMl.TensorProto.DataType.INT32_VALUE, value.length);
    for (int x : value) {
      tensor.addInt32Data(x);
    }
    return constant(tensor);
  }

  private OneNodeModel constant(OnnxMl.TensorProto.Builder tensor) {
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      if (graph.getInitializer(i).getName().equals(tensor.getName())) {
        graph.setInitializer(i, tensor);
        return this;
      }
    }
    node.addInput(tensor.getName());
    graph.addInitializer(tensor);
    return this;
  }

  private static OnnxMl.TensorProto.Builder tensor(String name, int type, long... shape) {
    OnnxMl.TensorProto.Builder tensor =
        OnnxMl.TensorProto.newBuilder().setName(name).setDataType(type);
    for (long size : shape) {
      tensor.addDims(size);
    }
    return tensor;
  }

  OneNodeModel bytes(String name, byte[] value, long... shape) {
    return constant(
        tensor(name, OnnxMl.TensorProto.DataType.INT8_VALUE, shape)
            .setRawData(ByteString.copyFrom(value)));
  }

  /** The structure of a weight in blocks of a height and width that are all there. */
  private record Blocks(int count, List<Integer> places, int[] columns, int[] starts) {
    /** Where each value of the blocks stands in the dense matrix; -1 for what sticks out. */
    static Blocks of(WeightMatrix weight, BlockShape shape) {
      List<Integer> places = new ArrayList<>();
      List<Integer> columns = new ArrayList<>();
      int[] starts = new int[weight.rows() / shape.height() + 1];
      int across = (weight.columns() + shape.width() - 1) / shape.width();
      for (int row = 0; row < weight.rows() / shape.height(); row++) {
        for (int column = 0; column < across; column++) {
          columns.add(column);
          for (int i = 0; i < shape.height(); i++) {
            for (int k = 0; k < shape.width(); k++) {
              int at = column * shape.width() + k;
              int start = (row * shape.height() + i) * weight.columns();
              places.add(at < weight.columns() ? start + at : -1);
            }
          }
        }
        starts[row + 1] = columns.size();
      }
      return new Blocks(
          columns.size(), places, columns.stream().mapToInt(x -> x).toArray(), starts);
    }
  }

  /**
   * The three inputs of a weight, or the four of one in int8. All its blocks are stored; a dense
   * weight is one block.
   */
  OneNodeModel weight(WeightMatrix weight) {
    BlockShape shape =
        weight.blocks().orElse(new BlockShape(weight.rows(), Math.max(1, weight.columns())));
    Blocks blocks = Blocks.of(weight, shape);
    long[] sizes = {blocks.count(), shape.height(), shape.width()};
    if (weight.int8().isEmpty()) {
      float[] flat = new float[blocks.places().size()];
      for (int i = 0; i < flat.length; i++) {
        int place = blocks.places().get(i);
        flat[i] = place < 0 ? Float.NaN : weight.values()[place];
      }
      return structure(floats(weight.name() + "_blocks", flat, sizes), weight, blocks);
    }
    Int8Weights int8 = weight.int8().get();
    byte[] flat = new byte[blocks.places().size()];
    for (int i = 0; i < flat.length; i++) {
      int place = blocks.places().get(i);
      flat[i] = place < 0 ? Byte.MIN_VALUE : int8.values()[place];
    }
    return structure(bytes(weight.name() + "_blocks", flat, sizes), weight, blocks)
        .floats(weight.name() + "_scales", int8.scales(), int8.scales().length);
  }

  private static OneNodeModel structure(OneNodeModel model, WeightMatrix weight, Blocks blocks) {
    return model
        .ints(weight.name() + "_columns", blocks.columns())
        .ints(weight.name() + "_rows", blocks.starts());
  }

  /** A weight and its bias. */
  OneNodeModel layer(String name, Affine layer) {
    return weight(layer.weight()).floats(name + "_bias", layer.bias(), layer.bias().length);
  }

  /** A weight, that of the aux conditioning, and their bias. */
  OneNodeModel layer(String name, AuxAffine layer) {
    return weight(layer.weight())
        .weight(layer.aux())
        .floats(name + "_bias", layer.bias(), layer.bias().length);
  }

  OneNodeModel attribute(String name, long value) {
    node.addAttribute(
        OnnxMl.AttributeProto.newBuilder()
            .setName(name)
            .setType(OnnxMl.AttributeProto.AttributeType.INT)
            .setI(value));
    return this;
  }

  OneNodeModel number(String name, float value) {
    node.addAttribute(
        OnnxMl.AttributeProto.newBuilder()
            .setName(name)
            .setType(OnnxMl.AttributeProto.AttributeType.FLOAT)
            .setF(value));
    return this;
  }

  OneNodeModel attributes(String name, long... value) {
    OnnxMl.AttributeProto.Builder attribute =
        OnnxMl.AttributeProto.newBuilder()
            .setName(name)
            .setType(OnnxMl.AttributeProto.AttributeType.INTS);
    for (long x : value) {
      attribute.addInts(x);
    }
    node.addAttribute(attribute);
    return this;
  }

  /** Removes an attribute. */
  OneNodeModel withoutAttribute(String name) {
    for (int i = node.getAttributeCount() - 1; i >= 0; i--) {
      if (node.getAttribute(i).getName().equals(name)) {
        node.removeAttribute(i);
      }
    }
    return this;
  }

  /** A session with our library. */
  OrtSession session() throws OrtException {
    OnnxMl.ModelProto model =
        OnnxMl.ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setDomain("").setVersion(17))
            .addOpsetImport(
                OnnxMl.OperatorSetIdProto.newBuilder().setDomain("org.wavebridge").setVersion(1))
            .setGraph(graph.clone().addNode(node))
            .build();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.registerCustomOpLibrary(NativeLibrary.OPERATORS.path().toString());
      options.setIntraOpNumThreads(2);
      // A refused model is an exception; the same text in the log would only be noise.
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      return OrtEnvironment.getEnvironment().createSession(model.toByteArray(), options);
    }
  }

  /** Runs the model once; the values of all outputs, in order. */
  List<float[]> run() throws OrtException {
    try (OrtSession session = session()) {
      return run(session);
    }
  }

  /** Runs a session of this model. */
  List<float[]> run(OrtSession session) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try {
      for (String name : values.keySet()) {
        inputs.put(
            name,
            OnnxTensor.createTensor(
                environment, FloatBuffer.wrap(values.get(name)), shapes.get(name)));
      }
      for (Map.Entry<String, long[]> input : integers.entrySet()) {
        long[] value = input.getValue();
        inputs.put(
            input.getKey(),
            OnnxTensor.createTensor(
                environment, LongBuffer.wrap(value), new long[] {value.length}));
      }
      try (OrtSession.Result result = session.run(inputs)) {
        List<float[]> outputs = new ArrayList<>();
        for (int i = 0; i < result.size(); i++) {
          FloatBuffer buffer = ((OnnxTensor) result.get(i)).getFloatBuffer();
          float[] copy = new float[buffer.remaining()];
          buffer.get(copy);
          outputs.add(copy);
        }
        return outputs;
      }
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }
}
