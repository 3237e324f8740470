package org.wavebridge.graphs.onnx;

import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds one ONNX model: inputs, initializers, nodes, outputs. Opset 17, IR version 8 (the first
 * with model-local functions), so that every runtime since 2022 reads it.
 */
public final class ModelBuilder extends Nodes {
  private static final long OPSET = 17;
  private static final long IR_VERSION = 8;

  private final GraphProto.Builder graph;
  private final Map<String, CustomOperator> operators;

  /**
   * Starts a model.
   *
   * @param name of the graph
   * @param doc what it computes, with shapes and the source equation
   */
  public ModelBuilder(String name, String doc) {
    this(name, doc, new LinkedHashMap<>());
  }

  private ModelBuilder(String name, String doc, Map<String, CustomOperator> operators) {
    super(new HashMap<>(), operator -> operators.put(operator.name(), operator));
    this.operators = operators;
    graph = GraphProto.newBuilder().setName(name).setDocString(doc);
  }

  static List<OperatorSetIdProto> opsets() {
    return List.of(
        OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET).build(),
        OperatorSetIdProto.newBuilder()
            .setDomain(CustomOperator.DOMAIN)
            .setVersion(CustomOperator.VERSION)
            .build());
  }

  /** A float input of the model. */
  public Value input(String name, Dim... shape) {
    return input(name, ElementType.FLOAT, shape);
  }

  /** An input of the model. */
  public Value input(String name, ElementType type, Dim... shape) {
    graph.addInput(info(name, type, shape));
    return value(name, Inference.Known.of(type, List.of(shape)));
  }

  /** Makes a float value an output of the model under a name. */
  public void output(String name, Value value, Dim... shape) {
    output(name, value, ElementType.FLOAT, shape);
  }

  /** Makes a value an output of the model under a name. */
  public void output(String name, Value value, ElementType type, Dim... shape) {
    Inference.requireOutput(name, value, type, List.of(shape));
    name(value, name);
    graph.addOutput(info(name, type, shape));
  }

  /** A float initializer. */
  public Value initializer(String name, float[] values, long... shape) {
    return initializer(Tensors.floats(name, values, shape));
  }

  /** An int32 initializer. */
  public Value initializer(String name, int[] values, long... shape) {
    return initializer(Tensors.ints(name, values, shape));
  }

  /** An int8 initializer. */
  public Value initializer(String name, byte[] values, long... shape) {
    return initializer(Tensors.bytes(name, ElementType.INT8, values, shape));
  }

  /** The finished model, with the function bodies of all custom operators it uses. */
  public OnnxModel build() {
    graph.clearNode().addAllNode(built());
    Map<String, FunctionProto> functions = new LinkedHashMap<>();
    operators.values().forEach(operator -> addFunction(operator, functions));
    return new OnnxModel(
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .setProducerName("wavebridge")
            .setDomain(CustomOperator.DOMAIN)
            .addAllOpsetImport(opsets())
            .setGraph(graph)
            .addAllFunctions(functions.values())
            .build());
  }

  private static void addFunction(CustomOperator operator, Map<String, FunctionProto> functions) {
    if (!functions.containsKey(operator.name())) {
      functions.put(operator.name(), operator.function(inner -> addFunction(inner, functions)));
    }
  }

  private Value initializer(TensorProto tensor) {
    graph.addInitializer(tensor);
    return value(tensor.getName(), Inference.of(tensor));
  }

  private static ValueInfoProto.Builder info(String name, ElementType type, Dim... shape) {
    ValueInfoProto.Builder info = info(name, type);
    TensorShapeProto.Builder dims = info.getTypeBuilder().getTensorTypeBuilder().getShapeBuilder();
    for (Dim dim : shape) {
      TensorShapeProto.Dimension.Builder size = dims.addDimBuilder();
      if (dim.symbol().isEmpty()) {
        size.setDimValue(dim.size());
      } else {
        size.setDimParam(dim.symbol());
      }
    }
    return info;
  }
}
