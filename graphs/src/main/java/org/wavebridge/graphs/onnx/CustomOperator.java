package org.wavebridge.graphs.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * An operator of our domain: its specification and the function body of standard operators that
 * travels in every model that uses it. Where the native library is registered the kernel of the
 * same name runs instead of the body.
 *
 * @param name ONNX op_type
 * @param doc one paragraph: what it computes, with shapes
 * @param inputs in order
 * @param outputs in order
 * @param attributes those that the function body of this form knows
 * @param body builds the outputs from the inputs
 */
public record CustomOperator(
    String name,
    String doc,
    List<OperatorTensor> inputs,
    List<OperatorTensor> outputs,
    List<OperatorAttribute> attributes,
    Body body) {
  /** The domain of all custom operators. */
  public static final String DOMAIN = "org.wavebridge";

  /** The version of the domain. */
  public static final long VERSION = 1;

  /** Builds a function body. */
  @FunctionalInterface
  public interface Body {
    /** From the inputs by name to the outputs in order. */
    List<Value> build(Nodes nodes, Map<String, Value> inputs);
  }

  /** The names of the ONNX inputs, in order; a weight is several. */
  public List<String> inputNames() {
    return inputs.stream().flatMap(input -> input.names().stream()).toList();
  }

  /**
   * Checks the attributes of a node.
   *
   * @throws IllegalArgumentException if one is missing, unknown or outside its range
   */
  void check(List<Attribute> given) {
    Set<String> missing = new LinkedHashSet<>();
    for (OperatorAttribute attribute : attributes) {
      Optional<AttributeProto> found =
          given.stream()
              .map(Attribute::proto)
              .filter(proto -> proto.getName().equals(attribute.name()))
              .findFirst();
      found.ifPresent(proto -> attribute.check(name, proto));
      if (found.isEmpty() && !attribute.optional()) {
        missing.add(attribute.name());
      }
    }
    Set<String> unknown =
        given.stream()
            .map(attribute -> attribute.proto().getName())
            .collect(Collectors.toCollection(LinkedHashSet::new));
    attributes.forEach(attribute -> unknown.remove(attribute.name()));
    if (!missing.isEmpty() || !unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "%s: missing attributes %s, unknown ones %s".formatted(name, missing, unknown));
    }
  }

  FunctionProto function(Consumer<CustomOperator> used) {
    Nodes nodes = Nodes.ofFunction(used);
    Map<String, Value> given =
        inputs.stream()
            .flatMap(input -> input.values(nodes).stream())
            .collect(Collectors.toMap(Value::name, value -> value));
    List<Value> results = body.build(nodes, given);
    for (int i = 0; i < outputs.size(); i++) {
      nodes.name(results.get(i), outputs.get(i).name());
    }
    return FunctionProto.newBuilder()
        .setDomain(DOMAIN)
        .setName(name)
        .setDocString(doc)
        .addAllInput(inputNames())
        .addAllOutput(outputs.stream().map(OperatorTensor::name).toList())
        .addAllAttribute(attributes.stream().map(OperatorAttribute::name).toList())
        .addAllOpsetImport(ModelBuilder.opsets())
        .addAllNode(nodes.built())
        .build();
  }
}
