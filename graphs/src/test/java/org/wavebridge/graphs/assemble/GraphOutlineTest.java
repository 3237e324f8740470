package org.wavebridge.graphs.assemble;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.graphs.assemble.VocoderGraphsTest.NamedModel;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.onnx.GraphOutline;
import org.wavebridge.graphs.onnx.OnnxModel;

/** Outlines of every kind of graph: all nodes, and shapes as ONNX Runtime infers them. */
final class GraphOutlineTest {
  static Stream<NamedModel> models() {
    return VocoderGraphsTest.models();
  }

  @ParameterizedTest
  @MethodSource("models")
  void shapesAreThoseThatOnnxRuntimeInfers(NamedModel named) throws Exception {
    int fixed = 0;
    int known = 0;
    int all = 0;
    for (Map.Entry<GraphKind, OnnxModel> graph : VocoderGraphs.build(named.model()).entrySet()) {
      ModelProto model = ModelProto.parseFrom(graph.getValue().toBytes());
      GraphOutline outline = GraphOutline.of(graph.getValue().toBytes(), Operators.ALL);
      assertEquals(
          model.getGraph().getNodeList().stream()
              .filter(node -> !node.getOpType().equals("Constant"))
              .map(NodeProto::getName)
              .toList(),
          outline.nodes().stream().map(GraphOutline.Node::name).toList());
      Map<String, NodeInfo> inferred = inferred(model);
      for (GraphOutline.Node node : outline.nodes()) {
        for (String name : node.outputs()) {
          GraphOutline.Tensor tensor = outline.tensors().get(name);
          boolean step = graph.getKey() == GraphKind.STEP;
          all += step ? 1 : 0;
          known += step && !tensor.shape().isEmpty() ? 1 : 0;
          if (!tensor.shape().isEmpty()
              && inferred.get(name).getInfo() instanceof TensorInfo info) {
            fixed += compare(graph.getKey() + " " + name, tensor.shape(), info.getShape());
          }
        }
      }
    }
    assertTrue(fixed > 30, fixed + " sizes compared");
    assertTrue(
        known > 0.8 * all, "only %d of %d shapes of the step are known".formatted(known, all));
  }

  /** Compares the sizes that both know; how many these are. */
  private static int compare(String where, String shape, long[] inferred) {
    if (inferred.length == 0) {
      // A scalar, or what ONNX Runtime does not know: it says the same of both.
      return 0;
    }
    String[] sizes = shape.equals("scalar") ? new String[0] : shape.split(" x ");
    assertEquals(inferred.length, sizes.length, where + ": axes of " + shape);
    int compared = 0;
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i].matches("\\d+") && inferred[i] >= 0) {
        assertEquals(inferred[i], Long.parseLong(sizes[i]), where + ": " + shape);
        compared++;
      }
    }
    return compared;
  }

  /** What ONNX Runtime knows of every tensor, each made an output of the model. */
  private static Map<String, NodeInfo> inferred(ModelProto model) throws Exception {
    ModelProto.Builder open = model.toBuilder();
    List<String> outputs =
        model.getGraph().getOutputList().stream().map(ValueInfoProto::getName).toList();
    for (NodeProto node : model.getGraph().getNodeList()) {
      for (String name : node.getOutputList()) {
        if (!outputs.contains(name)) {
          open.getGraphBuilder().addOutput(ValueInfoProto.newBuilder().setName(name));
        }
      }
    }
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
      try (OrtSession session =
          OrtEnvironment.getEnvironment().createSession(open.build().toByteArray(), options)) {
        return session.getOutputInfo();
      }
    }
  }
}
