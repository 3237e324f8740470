package org.wavebridge.graphs.onnx;

import ai.onnx.proto.OnnxMl.FunctionProto;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * An operator of our domain: its specification and the function body of standard operators that
 * travels in every model that uses it. Where the native library is registered the kernel of the
 * same name runs instead of the body.
 *
 * @param name ONNX op_type
 * @param doc one paragraph: what it computes, with shapes
 * @param inputs names in order; a weight is three inputs
 * @param outputs names in order
 * @param attributes names
 * @param body builds the outputs from the inputs
 */
public record CustomOperator(
    String name,
    String doc,
    List<String> inputs,
    List<String> outputs,
    List<String> attributes,
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

  FunctionProto function(Consumer<CustomOperator> used) {
    Nodes nodes = Nodes.ofFunction(used);
    Map<String, Value> given =
        inputs.stream().collect(Collectors.toMap(input -> input, Value::new));
    List<Value> results = body.build(nodes, given);
    for (int i = 0; i < outputs.size(); i++) {
      nodes.name(results.get(i), outputs.get(i));
    }
    return FunctionProto.newBuilder()
        .setDomain(DOMAIN)
        .setName(name)
        .setDocString(doc)
        .addAllInput(inputs)
        .addAllOutput(outputs)
        .addAllAttribute(attributes)
        .addAllOpsetImport(ModelBuilder.opsets())
        .addAllNode(nodes.built())
        .build();
  }
}
