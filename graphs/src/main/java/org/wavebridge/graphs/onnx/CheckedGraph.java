package org.wavebridge.graphs.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import org.wavebridge.graphs.GraphException;

/**
 * A model from a file, parsed only when its bytes have been found harmless: no field that our
 * graphs do not have, bounded in number and depth, every tensor with the data that its shape says.
 * {@link #requireForm} then holds it to the graph that it should be.
 */
public final class CheckedGraph {
  /** The largest file; protobuf's own limit is 2 GiB. */
  private static final int LARGEST_FILE = 1 << 30;

  private static final int MOST_AXES = 8;

  private final ModelProto model;

  private CheckedGraph(ModelProto model) {
    this.model = model;
  }

  /**
   * Parses a model.
   *
   * @throws GraphException naming the node or tensor that is refused
   */
  public static CheckedGraph of(byte[] bytes) {
    if (bytes.length > LARGEST_FILE) {
      throw new GraphException(
          "expected at most %,d bytes, found %,d".formatted(LARGEST_FILE, bytes.length));
    }
    WireCheck.check(bytes);
    try {
      ModelProto model = ModelProto.parseFrom(bytes);
      tensors(model.getGraph());
      model.getFunctionsList().forEach(function -> nodes(function.getNodeList()));
      return new CheckedGraph(model);
    } catch (InvalidProtocolBufferException e) {
      throw new GraphException("not an ONNX model: " + e.getMessage(), e);
    }
  }

  /** Its nodes and constants. */
  public ParsedModel parsed() {
    return new ParsedModel(model);
  }

  GraphProto graph() {
    return model.getGraph();
  }

  /**
   * The model as bytes, those that were checked and no others: the same as the file's where this
   * program wrote it.
   */
  public byte[] toBytes() {
    return model.toByteArray();
  }

  /**
   * Refuses a model that differs from another in more than values of weights: in nodes, attributes,
   * functions, types, shapes, integer constants, or versions.
   *
   * @throws GraphException naming the first difference
   */
  public void requireForm(OnnxModel expected) {
    new GraphForm().compare(expected.proto(), model);
  }

  private static void tensors(GraphProto graph) {
    graph.getInitializerList().forEach(CheckedGraph::tensor);
    nodes(graph.getNodeList());
  }

  private static void nodes(List<NodeProto> nodes) {
    for (NodeProto node : nodes) {
      for (AttributeProto attribute : node.getAttributeList()) {
        if (attribute.hasT()) {
          tensor(attribute.getT());
        }
        if (attribute.hasG()) {
          tensors(attribute.getG());
        }
      }
    }
  }

  private static void tensor(TensorProto tensor) {
    int bytes = ElementType.of(tensor.getDataType()).bytes();
    if (tensor.getDimsCount() > MOST_AXES) {
      throw refused(tensor, "at most " + MOST_AXES + " axes", "" + tensor.getDimsCount());
    }
    long expected = bytes;
    for (long size : tensor.getDimsList()) {
      if (size < 0 || size > LARGEST_FILE) {
        throw refused(tensor, "sizes of 0 to %,d".formatted(LARGEST_FILE), "" + size);
      }
      expected = Math.min(Math.multiplyExact(expected, size), Long.MAX_VALUE >> 32);
    }
    if (expected != tensor.getRawData().size()) {
      throw refused(
          tensor,
          "%d bytes for the shape %s".formatted(expected, tensor.getDimsList()),
          tensor.getRawData().size() + " bytes");
    }
  }

  private static GraphException refused(TensorProto tensor, String expected, String found) {
    return new GraphException(
        "tensor '%s': expected %s, found %s".formatted(tensor.getName(), expected, found));
  }
}
