package org.wavebridge.graphs.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.wavebridge.graphs.GraphException;

/**
 * What a picture of a graph needs: its nodes in file order and the tensors between them, with types
 * and shapes as far as they follow from the file. {@code Constant} nodes count as constants; the
 * bodies of loops and functions are left out.
 *
 * @param name of the graph
 * @param inputs names of the tensors that a caller gives
 * @param outputs names of the tensors that a caller gets
 * @param nodes of the graph, without those that only hold a constant
 * @param tensors all of them, by name
 */
public record GraphOutline(
    String name,
    List<String> inputs,
    List<String> outputs,
    List<Node> nodes,
    Map<String, Tensor> tensors) {
  private static final int MOST_NUMBERS = 8;

  /**
   * A node.
   *
   * @param name unique in its graph
   * @param type ONNX op_type
   * @param custom whether the operator is one of ours
   * @param inputs names of tensors, without optional ones that are left out
   * @param outputs names of tensors
   * @param attributes as texts, those that hold a tensor left out
   */
  public record Node(
      String name,
      String type,
      boolean custom,
      List<String> inputs,
      List<String> outputs,
      Map<String, String> attributes) {}

  /**
   * A tensor.
   *
   * @param type such as {@code float}; empty where it does not follow from the file
   * @param shape such as {@code N x 256}, {@code scalar}; empty where it does not follow
   * @param constant whether its values are in the file
   */
  public record Tensor(String type, String shape, boolean constant) {}

  /**
   * The outline of a model.
   *
   * @param operators those of our domain, whose declarations give the shapes of their outputs
   * @throws GraphException if the bytes are no ONNX model, or one that {@link CheckedGraph} refuses
   */
  public static GraphOutline of(byte[] model, List<CustomOperator> operators) {
    CheckedGraph checked = CheckedGraph.of(model);
    return new Reader(operators, checked.parsed()).read(checked.graph());
  }

  /** Follows the nodes in file order, in which every tensor is made before it is used. */
  private static final class Reader {
    private final List<CustomOperator> operators;
    private final Map<String, Value> values = new LinkedHashMap<>();
    private final ParsedModel constants;
    private final Map<String, List<Dim>> asked = new HashMap<>();

    Reader(List<CustomOperator> operators, ParsedModel constants) {
      this.operators = operators;
      this.constants = constants;
    }

    GraphOutline read(GraphProto graph) {
      graph.getInputList().forEach(this::port);
      for (TensorProto tensor : graph.getInitializerList()) {
        put(tensor.getName(), Inference.of(tensor));
      }
      List<Node> nodes = new ArrayList<>();
      for (NodeProto node : graph.getNodeList()) {
        List<Inference.Known> known = outputs(node);
        for (int i = 0; i < node.getOutputCount(); i++) {
          put(node.getOutput(i), known.get(i));
        }
        if (!node.getOpType().equals("Constant")) {
          nodes.add(node(node));
        }
      }
      graph.getOutputList().forEach(this::port);
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      values.forEach((name, value) -> tensors.put(name, tensor(value, constants.isConstant(name))));
      return new GraphOutline(
          graph.getName(),
          names(graph.getInputList()),
          names(graph.getOutputList()),
          Collections.unmodifiableList(nodes),
          Collections.unmodifiableMap(tensors));
    }

    private void port(ValueInfoProto info) {
      Port port = PluginGraph.port(info);
      put(port.name(), Inference.Known.of(port.type(), port.shape()));
    }

    private void put(String name, Inference.Known known) {
      values.put(name, value(name, known));
    }

    private static Value value(String name, Inference.Known known) {
      return new Value(name, Optional.empty(), known.type(), known.shape());
    }

    /** What is known of the outputs of a node: nothing where its inputs do not say it. */
    private List<Inference.Known> outputs(NodeProto node) {
      List<Value> inputs =
          node.getInputList().stream()
              .map(name -> values.getOrDefault(name, value(name, Inference.Known.NOTHING)))
              .toList();
      if (PluginGraph.isCustom(node)) {
        return operators.stream()
            .filter(operator -> operator.name().equals(node.getOpType()))
            .filter(operator -> operator.inputNames().size() == inputs.size())
            .filter(operator -> operator.outputs().size() == node.getOutputCount())
            .findFirst()
            .map(operator -> Inference.of(operator, inputs))
            .orElse(Collections.nCopies(node.getOutputCount(), Inference.Known.NOTHING));
      }
      if (node.getOpType().equals("Shape")) {
        inputs.get(0).shape().ifPresent(shape -> asked.put(node.getOutput(0), shape));
      }
      List<Attribute> attributes = node.getAttributeList().stream().map(Attribute::of).toList();
      List<Inference.Known> known =
          Inference.of(node.getOpType(), node.getOutputCount(), inputs, attributes);
      List<Optional<List<Dim>>> shapes =
          new ShapeRules(node, inputs.stream().map(Value::shape).toList(), constants, asked)
              .outputs();
      List<Inference.Known> both = new ArrayList<>();
      for (int i = 0; i < known.size(); i++) {
        Optional<List<Dim>> further = shapes.get(i);
        both.add(new Inference.Known(known.get(i).type(), known.get(i).shape().or(() -> further)));
      }
      return both;
    }

    private static Node node(NodeProto node) {
      Map<String, String> attributes = new LinkedHashMap<>();
      for (AttributeProto attribute : node.getAttributeList()) {
        if (!attribute.hasT()) {
          attributes.put(attribute.getName(), text(attribute));
        }
      }
      return new Node(
          node.getName(),
          node.getOpType(),
          PluginGraph.isCustom(node),
          node.getInputList().stream().filter(name -> !name.isEmpty()).toList(),
          List.copyOf(node.getOutputList()),
          attributes);
    }

    private static String text(AttributeProto attribute) {
      return switch (attribute.getType()) {
        case INT -> Long.toString(attribute.getI());
        case FLOAT -> Float.toString(attribute.getF());
        case STRING -> attribute.getS().toStringUtf8();
        case INTS -> list(attribute.getIntsList());
        case FLOATS -> list(attribute.getFloatsList());
        case GRAPH -> attribute.getG().getNodeCount() + " nodes";
        default -> attribute.getType().name().toLowerCase(Locale.ROOT);
      };
    }

    private static String list(List<?> numbers) {
      String first =
          numbers.stream()
              .limit(MOST_NUMBERS)
              .map(String::valueOf)
              .collect(Collectors.joining(", "));
      return numbers.size() > MOST_NUMBERS
          ? "%s, ... %d in all".formatted(first, numbers.size())
          : first;
    }

    private static Tensor tensor(Value value, boolean constant) {
      return new Tensor(
          value.type().map(type -> type.name().toLowerCase(Locale.ROOT)).orElse(""),
          value
              .shape()
              .map(
                  shape ->
                      shape.isEmpty()
                          ? "scalar"
                          : shape.stream().map(Dim::toString).collect(Collectors.joining(" x ")))
              .orElse(""),
          constant);
    }

    private static List<String> names(List<ValueInfoProto> ports) {
      return ports.stream().map(ValueInfoProto::getName).toList();
    }
  }
}
