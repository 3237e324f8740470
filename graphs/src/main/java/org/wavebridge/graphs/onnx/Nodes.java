package org.wavebridge.graphs.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A list of nodes under construction: of a graph, a loop body or a function body. Names are
 * hierarchical and depend only on the order of the calls, so that two exports can be compared.
 */
public class Nodes {
  private final Map<String, Integer> counts;
  private final Consumer<CustomOperator> used;
  private final Optional<Nodes> outer;
  private final List<NodeProto> nodes = new ArrayList<>();
  private String scope = "";

  Nodes(Map<String, Integer> counts, Consumer<CustomOperator> used) {
    this(counts, used, Optional.empty());
  }

  /** Nodes that may also use the values of those around them. */
  private Nodes(Map<String, Integer> counts, Consumer<CustomOperator> used, Optional<Nodes> outer) {
    this.counts = counts;
    this.used = used;
    this.outer = outer;
  }

  /** Nodes of a function body; custom operators used inside are reported to {@code used}. */
  static Nodes ofFunction(Consumer<CustomOperator> used) {
    return new Nodes(new HashMap<>(), used);
  }

  /** Runs {@code build} with all names below {@code name/}. */
  public <R> R in(String name, Function<Nodes, R> build) {
    String outer = scope;
    scope = outer + name + "/";
    try {
      return build.apply(this);
    } finally {
      scope = outer;
    }
  }

  /** A node of the standard domain with one output. */
  public Value node(String type, List<Value> inputs, Attribute... attributes) {
    return node(type, 1, inputs, attributes).get(0);
  }

  /** A node of the standard domain with several outputs. */
  public List<Value> node(String type, int outputs, List<Value> inputs, Attribute... attributes) {
    requireOwn(type, inputs);
    List<Inference.Known> known = Inference.of(type, outputs, inputs, List.of(attributes));
    return add("", type, known, inputs, List.of(attributes));
  }

  /** A node of a custom operator; its function body travels with the model. */
  public List<Value> node(CustomOperator operator, List<Value> inputs, Attribute... attributes) {
    int expected = operator.inputNames().size();
    if (inputs.size() != expected) {
      throw new IllegalArgumentException(
          "%s takes %d inputs, given %d".formatted(operator.name(), expected, inputs.size()));
    }
    operator.check(List.of(attributes));
    requireOwn(operator.name(), inputs);
    List<Inference.Known> known = Inference.of(operator, inputs);
    used.accept(operator);
    return add(CustomOperator.DOMAIN, operator.name(), known, inputs, List.of(attributes));
  }

  /**
   * A loop of {@code trips} iterations over tensors, of floats where their type is not known.
   *
   * @param trips int64 scalar
   * @param carried first values of what an iteration hands to the next
   * @param scans how many further tensors each iteration emits, stacked along a new first axis
   * @param body from the iteration number (int64 scalar) and the carried values to the next carried
   *     values, then the emitted ones
   * @return the last carried values, then the stacked ones
   */
  public List<Value> loop(Value trips, List<Value> carried, int scans, LoopBody body) {
    Nodes inner = new Nodes(counts, used, Optional.of(this));
    inner.scope = scope + "loop/";
    Value iteration = inner.fresh("iteration", Inference.Known.scalar(ElementType.INT64));
    Value condition = inner.fresh("condition", Inference.Known.scalar(ElementType.BOOL));
    GraphProto.Builder graph = GraphProto.newBuilder().setName(scope + "loop");
    graph
        .addInput(scalar(iteration, ElementType.INT64))
        .addInput(scalar(condition, ElementType.BOOL));
    List<Value> before = new ArrayList<>();
    for (Value first : carried) {
      ElementType type = first.type().orElse(ElementType.FLOAT);
      Value value = inner.fresh("carried", Inference.Known.of(type));
      graph.addInput(info(value.name(), type));
      before.add(value);
    }
    List<Value> after = body.build(inner, iteration, before);
    graph.addOutput(scalar(inner.node("Identity", List.of(condition)), ElementType.BOOL));
    for (int i = 0; i < after.size(); i++) {
      Value value = after.get(i);
      // What is carried keeps its type; what is emitted has its own.
      ElementType type =
          (i < before.size() ? before.get(i) : value).type().orElse(ElementType.FLOAT);
      graph.addOutput(info(value.name(), type));
    }
    graph.addAllNode(inner.nodes);
    List<Value> inputs = new ArrayList<>(List.of(trips, Value.NONE));
    inputs.addAll(carried);
    return node("Loop", carried.size() + scans, inputs, Attribute.of("body", graph.build()));
  }

  /** Builds one iteration of a loop. */
  @FunctionalInterface
  public interface LoopBody {
    /** From iteration number and carried values to the next carried values and the emitted ones. */
    List<Value> build(Nodes nodes, Value iteration, List<Value> carried);
  }

  /** Gives a value the name of a function's or graph's output. */
  void name(Value value, String output) {
    requireOwn("output " + output, List.of(value));
    nodes.add(
        NodeProto.newBuilder()
            .setName("output/" + output)
            .setOpType("Identity")
            .addInput(value.name())
            .addOutput(output)
            .build());
  }

  List<NodeProto> built() {
    return nodes;
  }

  static ValueInfoProto.Builder info(String name, ElementType type) {
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type.number())));
  }

  private static ValueInfoProto.Builder scalar(Value value, ElementType type) {
    ValueInfoProto.Builder info = info(value.name(), type);
    info.getTypeBuilder().getTensorTypeBuilder().getShapeBuilder();
    return info;
  }

  private List<Value> add(
      String domain,
      String type,
      List<Inference.Known> outputs,
      List<Value> inputs,
      List<Attribute> attributes) {
    NodeProto.Builder node = NodeProto.newBuilder().setOpType(type).setDomain(domain);
    List<Value> results = new ArrayList<>();
    for (Inference.Known output : outputs) {
      Value result = fresh(type, output);
      node.addOutput(result.name());
      results.add(result);
    }
    node.setName(results.get(0).name());
    inputs.forEach(input -> node.addInput(input.name()));
    attributes.forEach(attribute -> node.addAttribute(attribute.proto()));
    nodes.add(node.build());
    return results;
  }

  private Value fresh(String name, Inference.Known known) {
    String base = scope + name;
    int count = counts.merge(base, 1, Integer::sum);
    return value(count == 1 ? base : base + "_" + count, known);
  }

  /** A value of these nodes. */
  final Value value(String name, Inference.Known known) {
    return new Value(name, Optional.of(this), known.type(), known.shape());
  }

  /** Refuses values of other graphs, and of loop bodies that are closed here. */
  private void requireOwn(String type, List<Value> inputs) {
    for (Value input : inputs) {
      if (input.scope().isPresent() && !sees(input.scope().get())) {
        throw new IllegalArgumentException(
            "%s: %s belongs to another graph, or to a loop inside of this one"
                .formatted(type, input));
      }
    }
  }

  private boolean sees(Nodes scope) {
    return scope == this || (outer.isPresent() && outer.get().sees(scope));
  }
}
