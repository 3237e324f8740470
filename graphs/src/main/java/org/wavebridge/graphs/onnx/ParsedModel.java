package org.wavebridge.graphs.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.GraphException;

/**
 * The nodes and constants of a serialised model, as {@link ModelBuilder} writes them: values as raw
 * little-endian bytes, in initializers and in {@code Constant} nodes.
 */
public final class ParsedModel {
  private final Map<String, TensorProto> constants = new HashMap<>();
  private final List<Node> nodes = new ArrayList<>();

  ParsedModel(ModelProto model) {
    for (TensorProto tensor : model.getGraph().getInitializerList()) {
      constants.put(tensor.getName(), tensor);
    }
    for (NodeProto node : model.getGraph().getNodeList()) {
      Map<String, long[]> integers = new HashMap<>();
      Map<String, float[]> reals = new HashMap<>();
      for (AttributeProto attribute : node.getAttributeList()) {
        switch (attribute.getType()) {
          case INT -> integers.put(attribute.getName(), new long[] {attribute.getI()});
          case INTS ->
              integers.put(
                  attribute.getName(),
                  attribute.getIntsList().stream().mapToLong(Long::longValue).toArray());
          case FLOAT -> reals.put(attribute.getName(), new float[] {attribute.getF()});
          case FLOATS -> reals.put(attribute.getName(), floats(attribute));
          case TENSOR -> {
            if (node.getOutputCount() > 0) {
              constants.put(node.getOutput(0), attribute.getT());
            }
          }
          default -> {}
        }
      }
      nodes.add(new Node(node.getOpType(), List.copyOf(node.getInputList()), integers, reals));
    }
  }

  private static float[] floats(AttributeProto attribute) {
    float[] values = new float[attribute.getFloatsCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = attribute.getFloats(i);
    }
    return values;
  }

  /**
   * One node of the graph.
   *
   * @param type ONNX op_type
   * @param inputs names in order
   * @param integers attributes that are integers or lists of them
   * @param reals attributes that are floats or lists of them
   */
  public record Node(
      String type, List<String> inputs, Map<String, long[]> integers, Map<String, float[]> reals) {
    /**
     * A float attribute.
     *
     * @throws GraphException if there is none
     */
    public float real(String name) {
      return reals(name)[0];
    }

    /**
     * A list attribute of floats.
     *
     * @throws GraphException if there is none
     */
    public float[] reals(String name) {
      float[] values = reals.get(name);
      if (values == null || values.length == 0) {
        throw new GraphException("node %s: no attribute '%s'".formatted(type, name));
      }
      return values;
    }

    /**
     * An integer attribute.
     *
     * @throws GraphException if there is none
     */
    public int integer(String name) {
      return Math.toIntExact(integers(name)[0]);
    }

    /** Whether there is an attribute that is an integer or a list of them. */
    public boolean has(String name) {
      return integers.containsKey(name);
    }

    /**
     * A list attribute.
     *
     * @throws GraphException if there is none
     */
    public long[] integers(String name) {
      long[] values = integers.get(name);
      if (values == null || values.length == 0) {
        throw new GraphException("node %s: no attribute '%s'".formatted(type, name));
      }
      return values;
    }
  }

  /**
   * Parses a model.
   *
   * @throws GraphException if the bytes are no ONNX model, or one that {@link CheckedGraph} refuses
   */
  public static ParsedModel of(byte[] model) {
    return CheckedGraph.of(model).parsed();
  }

  /** The nodes of the graph, in file order; those of function bodies are left out. */
  public List<Node> nodes() {
    return nodes;
  }

  /**
   * The only node of a type.
   *
   * @throws GraphException if there is none
   */
  public Node node(String type) {
    return nodes.stream()
        .filter(node -> node.type().equals(type))
        .findFirst()
        .orElseThrow(() -> new GraphException("expected a node " + type + ", found none"));
  }

  /** Whether a name is an initializer or the output of a {@code Constant} node. */
  public boolean isConstant(String name) {
    return constants.containsKey(name);
  }

  /** The sizes of a constant's axes. */
  public int[] shape(String name) {
    return constant(name).getDimsList().stream().mapToInt(Math::toIntExact).toArray();
  }

  /** The values of a float constant. */
  public float[] floats(String name) {
    ByteBuffer bytes = bytes(name, ElementType.FLOAT);
    float[] values = new float[bytes.remaining() / 4];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  /** The values of an int32 constant. */
  public int[] ints(String name) {
    ByteBuffer bytes = bytes(name, ElementType.INT32);
    int[] values = new int[bytes.remaining() / 4];
    bytes.asIntBuffer().get(values);
    return values;
  }

  /** The values of an int64 constant. */
  public long[] longs(String name) {
    ByteBuffer bytes = bytes(name, ElementType.INT64);
    long[] values = new long[bytes.remaining() / 8];
    bytes.asLongBuffer().get(values);
    return values;
  }

  /** The values of an int8 constant. */
  public byte[] int8(String name) {
    ByteBuffer bytes = bytes(name, ElementType.INT8);
    byte[] values = new byte[bytes.remaining()];
    bytes.get(values);
    return values;
  }

  private ByteBuffer bytes(String name, ElementType type) {
    TensorProto tensor = constant(name);
    if (tensor.getDataType() != type.number()) {
      throw new GraphException(
          "constant '%s': expected element type %d, found %d"
              .formatted(name, type.number(), tensor.getDataType()));
    }
    return tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  private TensorProto constant(String name) {
    TensorProto tensor = constants.get(name);
    if (tensor == null) {
      throw new GraphException("expected a constant '" + name + "', found none");
    }
    return tensor;
  }
}
