package org.wavebridge.conformance.damage;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Random changes to the structure of a graph, in its own nodes, its functions and their loops. */
final class GraphMutation {
  private static final String[] TYPES = {
    "Loop",
    "ConstantOfShape",
    "Range",
    "Expand",
    "Pad",
    "Tile",
    "Resize",
    "If",
    "Scan",
    "Gather",
    "Conv",
    "Split",
    "MatMul",
    "Cast",
    "Reshape",
    "STFT",
    "MelSpectrogram",
    "BlockSparseGemm",
    "DualSoftmaxScore"
  };

  private final Random random;
  private final String lure;

  /**
   * Mutations.
   *
   * @param lure a file that tensors may be sent to
   */
  GraphMutation(Random random, String lure) {
    this.random = random;
    this.lure = lure;
  }

  /** One to three changes. */
  byte[] of(byte[] graph) {
    try {
      ModelProto.Builder model = ModelProto.newBuilder().mergeFrom(graph);
      for (int i = random.nextInt(3); i >= 0; i--) {
        mutate(model);
      }
      return model.build().toByteArray();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /** The first initializer out of a file. */
  byte[] lured(byte[] graph) {
    try {
      ModelProto.Builder model = ModelProto.newBuilder().mergeFrom(graph);
      GraphProto.Builder inner = model.getGraphBuilder();
      external(inner.getInitializerBuilder(random.nextInt(inner.getInitializerCount())));
      return model.build().toByteArray();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private void mutate(ModelProto.Builder model) {
    GraphProto.Builder graph = model.getGraphBuilder();
    int functions = model.getFunctionsCount();
    switch (random.nextInt(functions > 0 ? 10 : 7)) {
      case 0 -> swapOutputs(graph);
      case 1 -> rename(graph);
      case 2 -> shape(graph);
      case 3 -> model.getOpsetImportBuilder(0).setVersion(7 + random.nextInt(20));
      case 4, 5, 6 -> graph.clearNode().addAllNode(nodes(graph.getNodeList()));
      case 7 -> model.removeFunctions(random.nextInt(functions));
      default -> {
        var function = model.getFunctionsBuilder(random.nextInt(functions));
        List<NodeProto> nodes = nodes(function.getNodeList());
        function.clearNode().addAllNode(nodes);
      }
    }
  }

  private static void swapOutputs(GraphProto.Builder graph) {
    int last = graph.getOutputCount() - 1;
    String name = graph.getOutput(0).getName();
    graph.getOutputBuilder(0).setName(graph.getOutput(last).getName());
    graph.getOutputBuilder(last).setName(name);
  }

  private void rename(GraphProto.Builder graph) {
    var input = graph.getInputBuilder(random.nextInt(graph.getInputCount()));
    input.setName(random.nextBoolean() ? "renamed" : graph.getInput(0).getName());
  }

  private void shape(GraphProto.Builder graph) {
    var shape =
        graph
            .getInputBuilder(random.nextInt(graph.getInputCount()))
            .getTypeBuilder()
            .getTensorTypeBuilder();
    if (random.nextBoolean()) {
      shape.setElemType(random.nextInt(20));
    } else {
      shape.getShapeBuilder().addDimBuilder().setDimValue(1L << random.nextInt(63));
    }
  }

  private List<NodeProto> nodes(List<NodeProto> before) {
    List<NodeProto> nodes = new ArrayList<>(before);
    if (nodes.isEmpty()) {
      return nodes;
    }
    int at = random.nextInt(nodes.size());
    NodeProto.Builder node = nodes.get(at).toBuilder();
    switch (random.nextInt(7)) {
      case 0 -> nodes.add(nodes.remove(at));
      case 1 -> nodes.remove(at);
      case 2 -> nodes.add(at, nodes.get(at));
      case 3 -> nodes.set(at, node.setOpType(TYPES[random.nextInt(TYPES.length)]).build());
      case 4 -> nodes.set(at, node.setDomain(random.nextBoolean() ? "" : "ai.onnx.ml").build());
      case 5 -> nodes.set(at, attributes(node).build());
      default -> {
        for (int i = 0; i < node.getInputCount(); i++) {
          if (random.nextInt(3) == 0) {
            node.setInput(i, random.nextBoolean() ? "" : nodes.get(0).getOutput(0));
          }
        }
        nodes.set(at, node.build());
      }
    }
    return nodes;
  }

  private NodeProto.Builder attributes(NodeProto.Builder node) {
    if (node.getAttributeCount() == 0) {
      node.addAttributeBuilder()
          .setName("axis")
          .setType(AttributeProto.AttributeType.INT)
          .setI(random.nextLong());
      return node;
    }
    AttributeProto.Builder attribute =
        node.getAttributeBuilder(random.nextInt(node.getAttributeCount()));
    if (attribute.hasG()) {
      GraphProto.Builder inner = attribute.getGBuilder();
      List<NodeProto> nodes = nodes(inner.getNodeList());
      inner.clearNode().addAllNode(nodes);
    } else if (attribute.hasT()) {
      tensor(attribute.getTBuilder());
    } else if (attribute.getIntsCount() > 0) {
      IntStream.range(0, attribute.getIntsCount())
          .forEach(i -> attribute.setInts(i, random.nextLong() >> random.nextInt(64)));
    } else {
      attribute.setI(random.nextLong() >> random.nextInt(64));
    }
    return node;
  }

  private void tensor(TensorProto.Builder tensor) {
    switch (random.nextInt(4)) {
      case 0 -> external(tensor);
      case 1 -> tensor.setDataType(random.nextInt(20));
      case 2 -> tensor.addDims(random.nextLong() >> random.nextInt(64));
      default -> {
        byte[] raw = tensor.getRawData().toByteArray();
        random.nextBytes(raw);
        tensor.setRawData(com.google.protobuf.ByteString.copyFrom(raw));
      }
    }
  }

  private void external(TensorProto.Builder tensor) {
    tensor
        .clearRawData()
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(StringStringEntryProto.newBuilder().setKey("location").setValue(lure));
  }
}
