package org.wavebridge.graphs.assemble;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.PluginGraph;
import org.wavebridge.graphs.onnx.Port;
import org.wavebridge.graphs.quantize.Quantizer;
import org.wavebridge.graphs.random.RandomModels;

/** The graph of a plan that a server of models runs. */
final class PreparedGraphTest {
  private static final int ROWS = 8;

  static Stream<VocoderModel> models() {
    return Stream.of(
            RandomModels.dualSoftmax(1, 32, 5, 4, 0.3, new BlockShape(16, 1)),
            RandomModels.residualGru(2, 16, 4, List.of(2, 2), new Head.Categorical(8)))
        .flatMap(model -> Stream.of(model, Quantizer.quantise(model)));
  }

  /** Plugins are compared with ONNX Runtime by the node of {@code generate}. */
  @ParameterizedTest
  @MethodSource("models")
  void hasTheNodeThatTheBackendRuns(VocoderModel model) {
    GraphProto backend =
        graph(
            PreparedGraph.of(
                    VocoderGraphs.build(model, VocoderGraphs.profile(model), GraphKind.GENERATE)
                        .toBytes())
                .toBytes(ROWS));
    PluginGraph served = served(model);
    OnnxChecker.check(served.toBytes());
    NodeProto expected = custom(backend);
    NodeProto found = custom(graph(served.toBytes()));
    assertEquals(expected.getOpType(), found.getOpType());
    assertEquals(expected.getAttributeList(), found.getAttributeList());
    assertEquals(expected.getInputCount(), found.getInputCount());
    int last = expected.getInputCount() - 1;
    for (int i = 0; i < last; i++) {
      if (!expected.getInput(i).equals("temperature")) {
        assertEquals(expected.getInput(i), found.getInput(i));
      }
    }
    assertEquals(
        constant(backend, expected.getInput(last)),
        constant(graph(served.toBytes()), found.getInput(last)));
  }

  /** A server joins and parts calls by rows, the status too. */
  @ParameterizedTest
  @MethodSource("models")
  void everyTensorHasRows(VocoderModel model) {
    PluginGraph served = served(model);
    for (Port port : Stream.concat(served.inputs().stream(), served.outputs().stream()).toList()) {
      assertEquals(Dim.N, port.shape().get(0), port.name());
      assertTrue(port.shape().size() > 1, port.name());
    }
    List<String> outputs = served.outputs().stream().map(Port::name).toList();
    assertEquals(List.of("audio", "next_previous", "next_state", "status"), outputs);
    assertNotEquals("status", custom(graph(served.toBytes())).getOutput(3));
  }

  private static PluginGraph served(VocoderModel model) {
    PreparedGraph prepared =
        PreparedGraph.of(ServingGraphs.plan(model, VocoderGraphs.profile(model)).toBytes());
    assertEquals(Optional.empty(), prepared.refusal());
    return prepared.served(ROWS, "audio");
  }

  private static GraphProto graph(byte[] model) {
    try {
      return ModelProto.parseFrom(model).getGraph();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static NodeProto custom(GraphProto graph) {
    return graph.getNodeList().stream()
        .filter(node -> node.getOpType().contains("Generate"))
        .findFirst()
        .orElseThrow();
  }

  private static ByteString constant(GraphProto graph, String name) {
    TensorProto found =
        graph.getInitializerList().stream()
            .filter(tensor -> tensor.getName().equals(name))
            .findFirst()
            .orElseThrow();
    return found.getRawData();
  }
}
