package org.wavebridge.graphs.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.wavebridge.graphs.GraphException;

/**
 * A serialised model for a runtime that has our operators as plugins instead of reading their
 * function bodies. In the prepared form a node of ours has
 *
 * <ul>
 *   <li>its inputs that are not constant, in their order, then one int32 initializer {@link
 *       #CONSTANTS} with all others one after the other, each filled up to whole words;
 *   <li>the attribute {@link #CONSTANT_SHAPES}: for each constant its rank and sizes; a node
 *       without constants has neither;
 *   <li>the attributes it had, and those that the caller adds;
 *   <li>where the caller asks for it a last output {@link #STATUS}, int32 {@code [1]}, which is
 *       also one of the graph.
 * </ul>
 *
 * <p>Inputs of the graph that have no elements are left out where only such nodes read them, as are
 * the node's; whole numbers that enter the graph for such a node are int32.
 */
public final class PluginGraph {
  /** Name of the joined initializer, after the node's. */
  public static final String CONSTANTS = "constants";

  /** Attribute: rank and sizes of each constant, one after the other. */
  public static final String CONSTANT_SHAPES = "constant_shapes";

  /** Output: 0, or what went wrong while the node ran. */
  public static final String STATUS = "status";

  private final ModelProto model;

  private PluginGraph(ModelProto model) {
    this.model = model;
  }

  /**
   * Reads a model.
   *
   * @throws GraphException if the bytes are no ONNX model
   */
  public static PluginGraph parse(byte[] model) {
    try {
      return new PluginGraph(ModelProto.parseFrom(model));
    } catch (InvalidProtocolBufferException e) {
      throw new GraphException("not an ONNX model: " + e.getMessage(), e);
    }
  }

  /** The standard operators of the graph and of the graphs inside it. */
  public SortedSet<String> standardOperators() {
    SortedSet<String> types = new TreeSet<>();
    collect(model.getGraph(), false, types);
    return types;
  }

  /** The operators of our domain, whose function bodies a prepared graph does without. */
  public SortedSet<String> customOperators() {
    SortedSet<String> types = new TreeSet<>();
    collect(model.getGraph(), true, types);
    return types;
  }

  /** The inputs that a caller gives. */
  public List<Port> inputs() {
    return ports(model.getGraph().getInputList());
  }

  /** The outputs, in their order. */
  public List<Port> outputs() {
    return ports(model.getGraph().getOutputList());
  }

  /**
   * The prepared form.
   *
   * @param attributes to add to every node of ours
   * @param reporting operators that get the output {@link #STATUS}; at most one node of a graph
   */
  public PluginGraph prepared(List<Attribute> attributes, Set<String> reporting) {
    GraphProto.Builder graph = model.getGraph().toBuilder();
    Map<String, TensorProto> constants = new HashMap<>();
    graph.getInitializerList().forEach(tensor -> constants.put(tensor.getName(), tensor));
    Set<String> joined = new HashSet<>();
    for (NodeProto.Builder node : graph.getNodeBuilderList()) {
      if (isCustom(node.build())) {
        joined.addAll(join(node, constants, graph));
        attributes.forEach(attribute -> node.addAttribute(attribute.proto()));
        if (reporting.contains(node.getOpType())) {
          node.addOutput(STATUS);
          graph.addOutput(status());
        }
        leaveOutEmpty(node, graph);
        narrow(node, graph);
      }
    }
    Set<String> used = used(graph);
    List<TensorProto> kept =
        graph.getInitializerList().stream()
            .filter(tensor -> !joined.contains(tensor.getName()) || used.contains(tensor.getName()))
            .toList();
    graph.clearInitializer().addAllInitializer(kept);
    return new PluginGraph(model.toBuilder().clearFunctions().setGraph(graph).build());
  }

  /**
   * A prepared model that gives its status, int32 {@code [N, 1]}, for each row of a call.
   *
   * @param output of the model, whose first axis is that of rows
   */
  public PluginGraph statusOfRows(String output) {
    GraphProto.Builder graph = model.getGraph().toBuilder();
    String call = "call_" + STATUS;
    for (NodeProto.Builder node : graph.getNodeBuilderList()) {
      for (int i = 0; i < node.getOutputCount(); i++) {
        if (node.getOutput(i).equals(STATUS)) {
          node.setOutput(i, call);
        }
      }
    }
    graph.addInitializer(numbers(call + "/zero", 0)).addInitializer(numbers(call + "/one", 1));
    graph.addNode(node("Shape", call + "/shape", output));
    graph.addNode(node("Gather", call + "/count", call + "/shape", call + "/zero"));
    graph.addNode(
        node("Concat", call + "/rows", call + "/count", call + "/one")
            .addAttribute(Attribute.of("axis", 0).proto()));
    graph.addNode(node("Expand", STATUS, call, call + "/rows"));
    for (ValueInfoProto.Builder each : graph.getOutputBuilderList()) {
      if (each.getName().equals(STATUS)) {
        TensorShapeProto.Builder shape =
            each.getTypeBuilder().getTensorTypeBuilder().getShapeBuilder();
        shape.clearDim();
        shape.addDimBuilder().setDimParam(Dim.N.symbol());
        shape.addDimBuilder().setDimValue(1);
      }
    }
    return new PluginGraph(model.toBuilder().setGraph(graph).build());
  }

  private static NodeProto.Builder node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setName(output)
        .setOpType(operator)
        .addAllInput(List.of(inputs))
        .addOutput(output);
  }

  private static TensorProto numbers(String name, long value) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(ElementType.INT64.number())
        .addDims(1)
        .addInt64Data(value)
        .build();
  }

  /** The serialised model. */
  public byte[] toBytes() {
    return model.toByteArray();
  }

  /** Joins the constants of a node; their names. */
  private static Set<String> join(
      NodeProto.Builder node, Map<String, TensorProto> constants, GraphProto.Builder graph) {
    List<String> inputs = List.copyOf(node.getInputList());
    List<TensorProto> own =
        inputs.stream().filter(constants::containsKey).map(constants::get).toList();
    if (own.isEmpty()) {
      return Set.of();
    }
    TensorProto blob = JoinedConstants.of(node.getName() + "/" + CONSTANTS, own);
    graph.addInitializer(blob);
    node.clearInput();
    inputs.stream().filter(input -> !constants.containsKey(input)).forEach(node::addInput);
    node.addInput(blob.getName());
    node.addAttribute(Attribute.of(CONSTANT_SHAPES, JoinedConstants.shapes(own)).proto());
    Set<String> names = new HashSet<>();
    own.forEach(tensor -> names.add(tensor.getName()));
    return names;
  }

  private static void leaveOutEmpty(NodeProto.Builder node, GraphProto.Builder graph) {
    Set<String> empty = new HashSet<>();
    graph.getInputList().stream()
        .map(PluginGraph::port)
        .filter(Port::isEmpty)
        .forEach(port -> empty.add(port.name()));
    List<String> kept =
        node.getInputList().stream().filter(input -> !empty.contains(input)).toList();
    node.clearInput().addAllInput(kept);
    Set<String> used = used(graph);
    List<ValueInfoProto> given =
        graph.getInputList().stream()
            .filter(input -> !empty.contains(input.getName()) || used.contains(input.getName()))
            .toList();
    graph.clearInput().addAllInput(given);
  }

  /** Makes the int64 inputs of the graph that a node reads int32. */
  private static void narrow(NodeProto.Builder node, GraphProto.Builder graph) {
    for (ValueInfoProto.Builder input : graph.getInputBuilderList()) {
      if (node.getInputList().contains(input.getName())
          && input.getType().getTensorType().getElemType() == ElementType.INT64.number()) {
        input.getTypeBuilder().getTensorTypeBuilder().setElemType(ElementType.INT32.number());
      }
    }
  }

  private static Set<String> used(GraphProto.Builder graph) {
    Set<String> names = new HashSet<>();
    graph.getNodeList().forEach(node -> names.addAll(node.getInputList()));
    return names;
  }

  private static ValueInfoProto status() {
    ValueInfoProto.Builder info = Nodes.info(STATUS, ElementType.INT32);
    info.getTypeBuilder().getTensorTypeBuilder().getShapeBuilder().addDimBuilder().setDimValue(1);
    return info.build();
  }

  private static void collect(GraphProto graph, boolean custom, Set<String> types) {
    for (NodeProto node : graph.getNodeList()) {
      if (isCustom(node) == custom) {
        types.add(node.getOpType());
      }
      for (AttributeProto attribute : node.getAttributeList()) {
        if (attribute.hasG()) {
          collect(attribute.getG(), custom, types);
        }
      }
    }
  }

  static boolean isCustom(NodeProto node) {
    return node.getDomain().equals(CustomOperator.DOMAIN);
  }

  private static List<Port> ports(List<ValueInfoProto> infos) {
    return infos.stream().map(PluginGraph::port).toList();
  }

  static Port port(ValueInfoProto info) {
    List<Dim> shape =
        info.getType().getTensorType().getShape().getDimList().stream()
            .map(PluginGraph::dim)
            .toList();
    return new Port(
        info.getName(), ElementType.of(info.getType().getTensorType().getElemType()), shape);
  }

  private static Dim dim(TensorShapeProto.Dimension size) {
    return size.hasDimValue() ? Dim.of(size.getDimValue()) : new Dim(size.getDimParam(), -1);
  }
}
