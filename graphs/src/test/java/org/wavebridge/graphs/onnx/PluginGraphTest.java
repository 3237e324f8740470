package org.wavebridge.graphs.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.assemble.OnnxChecker;
import org.wavebridge.graphs.assemble.VocoderGraphs;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.InterpolatedMels;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.random.RandomModels;

/** A graph as a runtime with plugins gets to see it. */
final class PluginGraphTest {
  private static final List<Attribute> ADDED = List.of(Attribute.of("most_rows", 7));
  private static final Set<String> REPORTING =
      Set.of("DualSoftmaxGenerate", "DualSoftmaxSubscaleGenerate");

  private static VocoderModel sparse() {
    return RandomModels.dualSoftmax(1, 64, 5, 4, 0.3, new BlockShape(16, 1));
  }

  private static byte[] graph(VocoderModel model, GraphKind kind) {
    return VocoderGraphs.build(model).get(kind).toBytes();
  }

  private static ModelProto parsed(byte[] model) {
    try {
      return ModelProto.parseFrom(model);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void joinsTheConstantsOfAGenerateGraph() {
    byte[] whole = graph(sparse(), GraphKind.GENERATE);
    PluginGraph prepared = PluginGraph.parse(whole).prepared(ADDED, REPORTING);
    OnnxChecker.check(prepared.toBytes());
    ModelProto model = parsed(prepared.toBytes());
    assertEquals(0, model.getFunctionsCount());
    assertEquals(Set.of("DualSoftmaxGenerate"), prepared.customOperators());
    assertEquals(Set.of("Identity"), prepared.standardOperators());
    NodeProto node = model.getGraph().getNode(0);
    assertEquals(
        List.of("conditioning", "uniforms", "previous", "state", "temperature"),
        node.getInputList().subList(0, 5));
    assertEquals(6, node.getInputCount());
    assertEquals(1, model.getGraph().getInitializerCount());
    assertEquals(4, node.getOutputCount());
    assertEquals("status", node.getOutput(3));
    assertEquals(7, attribute(node, "most_rows").getI());
    assertEquals(4, attribute(node, "samples_per_frame").getI());
    assertEquals(
        List.of("audio", "next_previous", "next_state", "status"),
        prepared.outputs().stream().map(Port::name).toList());
    assertSame(
        parsed(whole).getGraph().getInitializerList(),
        model.getGraph().getInitializer(0),
        attribute(node, "constant_shapes").getIntsList());
  }

  /** The joined words, cut by the shapes, are the initializers in their order. */
  private static void assertSame(
      List<TensorProto> expected, TensorProto joined, List<Long> shapes) {
    assertEquals(TensorProto.DataType.INT32.getNumber(), joined.getDataType());
    ByteBuffer words = joined.getRawData().asReadOnlyByteBuffer();
    assertEquals(words.remaining(), 4 * joined.getDims(0));
    int at = 0;
    for (TensorProto tensor : expected) {
      int rank = shapes.get(at++).intValue();
      assertEquals(tensor.getDimsList(), shapes.subList(at, at + rank), tensor.getName());
      at += rank;
      byte[] own = new byte[tensor.getRawData().size()];
      words.get(own);
      assertArrayEquals(tensor.getRawData().toByteArray(), own, tensor.getName());
      while (words.position() % 4 != 0) {
        assertEquals(0, words.get(), tensor.getName());
      }
    }
    assertEquals(shapes.size(), at);
    assertFalse(words.hasRemaining());
  }

  @Test
  void fillsBytesUpToWholeWords() {
    List<TensorProto> tensors =
        List.of(
            Tensors.bytes("a", ElementType.INT8, new byte[] {1, 2, 3, 4, 5}, 5),
            Tensors.floats("b", new float[] {6}, 1, 1),
            Tensors.floats("c", new float[0], 0, 4),
            Tensors.ints("d", new int[] {7, 8}, 2));
    assertSame(
        tensors,
        JoinedConstants.of("x", tensors),
        Arrays.stream(JoinedConstants.shapes(tensors)).boxed().toList());
  }

  @Test
  void leavesStandardNodesAlone() {
    byte[] whole = graph(sparse(), GraphKind.STEP);
    ModelProto before = parsed(whole);
    PluginGraph prepared = PluginGraph.parse(whole).prepared(ADDED, REPORTING);
    OnnxChecker.check(prepared.toBytes());
    ModelProto after = parsed(prepared.toBytes());
    Map<String, NodeProto> nodes = new HashMap<>();
    after.getGraph().getNodeList().forEach(node -> nodes.put(node.getName(), node));
    List<String> sparse = new ArrayList<>();
    for (NodeProto node : before.getGraph().getNodeList()) {
      if (node.getOpType().equals("BlockSparseGemm")) {
        sparse.add(node.getName());
        assertEquals(2, nodes.get(node.getName()).getInputCount());
        assertEquals(node.getOutputList(), nodes.get(node.getName()).getOutputList());
      } else {
        assertEquals(node, nodes.get(node.getName()));
      }
    }
    assertEquals(6, sparse.size());
    assertEquals(
        PluginGraph.parse(whole).outputs(), prepared.outputs(), "a step reports no status");
    assertTrue(
        after.getGraph().getInitializerList().stream()
            .noneMatch(tensor -> tensor.getName().startsWith("recurrent_")),
        "joined constants are there once");
  }

  @Test
  void theScheduleIsInt32AndInputsWithoutElementsAreLeftOut() {
    VocoderModel subscale =
        RandomModels.subscale(
            3, sparse(), 4, 2, 1, false, List.of(new RandomModels.ContextShape(3, 2, 1, true)));
    PluginGraph graph =
        PluginGraph.parse(graph(subscale, GraphKind.SUBSCALE_GENERATE)).prepared(ADDED, REPORTING);
    assertEquals(ElementType.INT32, input(graph, "schedule").type());
    assertEquals(List.of(Dim.of(4)), input(graph, "schedule").shape());
    VocoderModel residual =
        RandomModels.residualGru(2, 16, 4, List.of(2, 2), new Head.Categorical(8));
    PluginGraph generate =
        PluginGraph.parse(graph(residual, GraphKind.GENERATE)).prepared(ADDED, Set.of());
    assertEquals(List.of(Dim.N, Dim.T, Dim.of(4)), input(generate, "mels").shape());
    assertEquals(
        List.of("audio", "next_previous", "next_state"),
        generate.outputs().stream().map(Port::name).toList());
  }

  @Test
  void aNodeWithoutConstantsGetsNone() {
    VocoderModel model = RandomModels.residualGru(4, 16, 4, List.of(2, 2), new Head.Categorical(8));
    byte[] whole =
        graph(
            new VocoderModel(
                model.family(),
                model.audio(),
                model.features(),
                new InterpolatedMels(2, 4, 0.5f, Optional.empty()),
                model.network(),
                Optional.empty()),
            GraphKind.CONDITIONER);
    PluginGraph prepared = PluginGraph.parse(whole).prepared(ADDED, REPORTING);
    assertEquals(Set.of("InterpolateFrames"), prepared.customOperators());
    GraphProto graph = parsed(prepared.toBytes()).getGraph();
    NodeProto node =
        graph.getNodeList().stream()
            .filter(one -> one.getOpType().equals("InterpolateFrames"))
            .findFirst()
            .orElseThrow();
    assertEquals(1, node.getInputCount());
    assertEquals(
        List.of("hop", "cut", "most_rows"),
        node.getAttributeList().stream().map(AttributeProto::getName).toList());
    assertEquals(parsed(whole).getGraph().getInitializerList(), graph.getInitializerList());
  }

  @Test
  void refusesWhatIsNoModel() {
    assertThrows(GraphException.class, () -> PluginGraph.parse(new byte[] {8, 8, 8, 8, 1, 0}));
    TensorProto odd =
        TensorProto.newBuilder().setName("odd").setDataType(1).addDims(2).addFloatData(1).build();
    assertEquals(
        "initializer 'odd': expected 8 bytes of raw data, found 0",
        assertThrows(GraphException.class, () -> JoinedConstants.of("x", List.of(odd)))
            .getMessage());
  }

  private static Port input(PluginGraph graph, String name) {
    return graph.inputs().stream()
        .filter(port -> port.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static AttributeProto attribute(NodeProto node, String name) {
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
