package org.wavebridge.graphs.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TrainingInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.random.RandomModels;

/** Graphs made to do harm, with the right hash in {@code bundle.json}: each is one clear error. */
final class CraftedGraphsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String GRAPH = "generate.onnx";
  private static final String FORM = "a bundle's graphs are used as 'wavebridge export' wrote them";

  @TempDir Path folder;

  /**
   * A crafted graph.
   *
   * @param name of the case
   * @param craft changes the model
   * @param messages parts of the error, between slashes
   */
  record Crafted(String name, Consumer<ModelProto.Builder> craft, String messages) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Crafted> crafted() {
    return Stream.of(
        new Crafted(
            "external data of an initializer",
            model -> external(model.getGraphBuilder().getInitializerBuilder(0)),
            "graph.initializer 'sample_weights'/only fields that WaveBridge writes"),
        new Crafted(
            "external data of a constant",
            model -> {
              AttributeProto.Builder value =
                  constant(model.getGraphBuilder().addNodeBuilder().setName("lure"));
              external(value.getTBuilder().setName("inner"));
            },
            "graph.node.attribute.t 'inner'"),
        new Crafted(
            "external data in a function",
            model ->
                external(constant(model.getFunctionsBuilder(0).addNodeBuilder()).getTBuilder()),
            "functions.node.attribute.t"),
        new Crafted(
            "external data in a loop",
            model -> {
              GraphProto.Builder body = GraphProto.newBuilder();
              external(body.addInitializerBuilder().setName("inner"));
              model
                  .getGraphBuilder()
                  .addNodeBuilder()
                  .setOpType("Loop")
                  .addAttributeBuilder()
                  .setName("body")
                  .setType(AttributeProto.AttributeType.GRAPH)
                  .setG(body);
            },
            "graph.node.attribute.g.initializer 'inner'"),
        new Crafted(
            "external data of a sparse tensor",
            model -> {
              TensorProto.Builder values = TensorProto.newBuilder();
              external(values);
              model
                  .getGraphBuilder()
                  .addSparseInitializer(SparseTensorProto.newBuilder().setValues(values));
            },
            "graph/'sparse_initializer'"),
        new Crafted(
            "training",
            model -> model.addTrainingInfo(TrainingInfoProto.getDefaultInstance()),
            "'training_info'"),
        new Crafted(
            "metadata",
            model ->
                model.addMetadataProps(
                    StringStringEntryProto.newBuilder().setKey("k").setValue("v")),
            "'metadata_props'"),
        new Crafted(
            "texts as values",
            model ->
                model
                    .getGraphBuilder()
                    .getInitializerBuilder(0)
                    .addStringData(ByteString.copyFromUtf8("x")),
            "'string_data'"),
        new Crafted(
            "sequences",
            model ->
                model
                    .getGraphBuilder()
                    .getInputBuilder(0)
                    .getTypeBuilder()
                    .getSequenceTypeBuilder()
                    .getElemTypeBuilder()
                    .getTensorTypeBuilder()
                    .setElemType(1),
            "graph.input.type/'sequence_type'"),
        new Crafted(
            "a field nobody knows",
            model ->
                model.setUnknownFields(
                    UnknownFieldSet.newBuilder()
                        .addField(1000, UnknownFieldSet.Field.newBuilder().addVarint(7).build())
                        .build()),
            "an unknown field 1000"),
        new Crafted(
            "an element type that we do not have",
            model -> model.getGraphBuilder().getInitializerBuilder(0).setDataType(8),
            "element type 8"),
        new Crafted(
            "a tensor of 2 GB without data",
            model ->
                model
                    .getGraphBuilder()
                    .addInitializer(
                        TensorProto.newBuilder().setName("huge").setDataType(1).addDims(1L << 29)),
            "tensor 'huge': expected 2147483647 bytes/found 0 bytes"),
        new Crafted(
            "sizes whose product overflows",
            model ->
                model
                    .getGraphBuilder()
                    .addInitializer(
                        TensorProto.newBuilder()
                            .setName("huge")
                            .setDataType(1)
                            .addDims(1L << 30)
                            .addDims(1L << 30)
                            .addDims(1L << 30)),
            "tensor 'huge'"),
        new Crafted(
            "a negative size",
            model ->
                model
                    .getGraphBuilder()
                    .addInitializer(
                        TensorProto.newBuilder().setName("odd").setDataType(1).addDims(-4)),
            "tensor 'odd': expected sizes of 0"),
        new Crafted(
            "an endless loop",
            CraftedGraphsTest::endlessLoop,
            "graph node: expected no more than/'endless' (Loop)/" + FORM),
        new Crafted(
            "functions that double",
            CraftedGraphsTest::doubling,
            "functions: expected no more than 1, found 'f0'/" + FORM),
        new Crafted(
            "a function of another name",
            model -> model.getFunctionsBuilder(0).setName("Other"),
            "functions 'DualSoftmaxGenerate' name: expected 'DualSoftmaxGenerate', found 'Other'"),
        new Crafted(
            "a function that calls itself",
            model ->
                model
                    .getFunctionsBuilder(0)
                    .addNodeBuilder()
                    .setName("again")
                    .setOpType("DualSoftmaxGenerate")
                    .setDomain("org.wavebridge"),
            "found 'again' (DualSoftmaxGenerate)"),
        new Crafted(
            "a tensor of 2^40 out of a shape",
            model -> {
              GraphProto.Builder graph = model.getGraphBuilder();
              graph.addInitializer(
                  TensorProto.newBuilder()
                      .setName("shape")
                      .setDataType(7)
                      .addDims(1)
                      .setRawData(ByteString.copyFrom(new byte[] {0, 0, 0, 0, 0, 1, 0, 0})));
              graph
                  .addNodeBuilder()
                  .setName("giant")
                  .setOpType("ConstantOfShape")
                  .addInput("shape")
                  .addOutput("giant");
            },
            "found 'giant' (ConstantOfShape)"),
        new Crafted("a million nodes", CraftedGraphsTest::millionNodes, "at most 65,536 nodes"),
        new Crafted("deep nesting", CraftedGraphsTest::deep, "messages inside each other"),
        new Crafted(
            "a long name",
            model -> model.getGraphBuilder().getNodeBuilder(0).setName("n".repeat(5000)),
            "a 'name' of at most 1024 bytes, found 5000 bytes"),
        new Crafted(
            "another operator",
            model -> model.getFunctionsBuilder(0).getNodeBuilder(0).setOpType("Sin"),
            "op_type: expected/found 'Sin'"),
        new Crafted(
            "another domain",
            model -> model.getGraphBuilder().getNodeBuilder(0).setDomain("com.microsoft"),
            "domain: expected 'org.wavebridge', found 'com.microsoft'"),
        new Crafted(
            "another version of the operators",
            model ->
                model.setOpsetImport(
                    0, OperatorSetIdProto.newBuilder().setDomain("").setVersion(21)),
            "opset_import version: expected 17, found 21"),
        new Crafted(
            "another version of the format",
            model -> model.setIrVersion(99),
            "ir_version: expected 8, found 99"),
        new Crafted(
            "an attribute of another type",
            model ->
                model
                    .getGraphBuilder()
                    .getNodeBuilder(0)
                    .getAttributeBuilder(0)
                    .setType(AttributeProto.AttributeType.INTS),
            "type: expected INT, found INTS"),
        new Crafted(
            "an attribute with another value",
            model ->
                model.getGraphBuilder().getNodeBuilder(0).getAttributeBuilder(0).setI(1L << 40),
            "'samples_per_frame' i: expected 3, found 1099511627776"),
        new Crafted(
            "a matrix of 2^50 values",
            model ->
                model.getGraphBuilder().getNodeBuilder(0).getAttributeBuilderList().stream()
                    .filter(attribute -> attribute.getName().equals("conditioning_size"))
                    .forEach(attribute -> attribute.setI(Integer.MAX_VALUE)),
            "matrices of at most 134,217,728 values"));
  }

  @ParameterizedTest
  @MethodSource("crafted")
  void isRefusedByName(Crafted crafted) throws IOException {
    Path bundle = bundle();
    ModelProto.Builder model =
        ModelProto.newBuilder().mergeFrom(Files.readAllBytes(bundle.resolve(GRAPH)));
    crafted.craft.accept(model);
    replace(bundle, model.build().toByteArray());
    String message =
        assertTimeoutPreemptively(
            PATIENCE,
            () ->
                String.valueOf(
                    assertThrows(
                            BundleException.class,
                            () -> Bundle.open(bundle).graph(GraphKind.GENERATE, "f32"))
                        .getMessage()));
    assertTrue(message.startsWith(bundle + ": " + GRAPH + ": "), message);
    assertFalse(message.contains("\n"), message);
    for (String part : crafted.messages.split("/(?! )")) {
      assertTrue(message.contains(part), message);
    }
  }

  /** Bytes of no model at all, and of one that a parser would take for one of endless depth. */
  @Test
  void bytesThatAreNoModel() throws IOException {
    byte[] nested = new byte[400_000];
    java.util.Arrays.fill(nested, (byte) 0x3a);
    for (byte[] bytes : new byte[][] {{1, 2, 3}, new byte[1000], nested, {}}) {
      Path bundle = bundle();
      replace(bundle, bytes);
      assertThrows(
          BundleException.class, () -> Bundle.open(bundle).graph(GraphKind.GENERATE, "f32"));
    }
  }

  /** Values of weights are the one thing that a file may choose. */
  @Test
  void weightsMayHaveAnyValue() throws IOException {
    Path bundle = bundle();
    ModelProto.Builder model =
        ModelProto.newBuilder().mergeFrom(Files.readAllBytes(bundle.resolve(GRAPH)));
    TensorProto.Builder weights = model.getGraphBuilder().getInitializerBuilder(0);
    byte[] raw = weights.getRawData().toByteArray();
    raw[2] ^= 1;
    weights.setRawData(ByteString.copyFrom(raw));
    byte[] bytes = model.build().toByteArray();
    replace(bundle, bytes);
    assertArrayEquals(bytes, Bundle.open(bundle).graph(GraphKind.GENERATE, "f32"));
  }

  /** The graphs must have what {@code bundle.json} says. */
  @Test
  void aDescriptionThatLies() throws IOException {
    Map<String, String> lies = new TreeMap<>();
    lies.put("\"stateSize\" : 16", "\"stateSize\" : 17");
    lies.put("\"mels\" : 4", "\"mels\" : 5");
    lies.put("\"hop\" : 3", "\"hop\" : 4");
    lies.put("\"size\" : 4", "\"size\" : 5");
    lies.put("\"contextFrames\" : 1", "\"contextFrames\" : 2");
    lies.put("\"hidden\" : 16", "\"hidden\" : 18");
    for (Map.Entry<String, String> lie : lies.entrySet()) {
      Path bundle = bundle();
      Path file = bundle.resolve(BundleManifest.FILE);
      String json = Files.readString(file);
      assertTrue(json.contains(lie.getKey()), lie.getKey() + " in " + json);
      Files.writeString(file, json.replace(lie.getKey(), lie.getValue()));
      String message =
          assertThrows(
                  BundleException.class,
                  () -> {
                    Bundle opened = Bundle.open(bundle);
                    opened.graph(GraphKind.GENERATE, "f32");
                    opened.graph(GraphKind.CONDITIONER, "f32");
                  },
                  lie.getValue())
              .getMessage();
      assertTrue(String.valueOf(message).contains("expected") || message.contains("have"), message);
    }
  }

  private static void external(TensorProto.Builder tensor) {
    tensor
        .clearRawData()
        .setDataType(1)
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(
            StringStringEntryProto.newBuilder().setKey("location").setValue("etc/hostname"));
  }

  private static AttributeProto.Builder constant(NodeProto.Builder node) {
    return node.setOpType("Constant")
        .addOutput("constant")
        .addAttributeBuilder()
        .setName("value")
        .setType(AttributeProto.AttributeType.TENSOR);
  }

  private static void endlessLoop(ModelProto.Builder model) {
    GraphProto.Builder body = GraphProto.newBuilder().setName("body");
    body.addInputBuilder().setName("i");
    body.addInputBuilder().setName("c");
    body.addOutputBuilder().setName("c");
    model
        .getGraphBuilder()
        .addNodeBuilder()
        .setName("endless")
        .setOpType("Loop")
        .addInput("")
        .addInput("")
        .addAttributeBuilder()
        .setName("body")
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(body);
  }

  /** 2^30 nodes when all is put in place. */
  private static void doubling(ModelProto.Builder model) {
    for (int i = 0; i < 30; i++) {
      FunctionProto.Builder function =
          FunctionProto.newBuilder()
              .setDomain("org.wavebridge")
              .setName("f" + i)
              .addInput("x")
              .addOutput("y");
      for (int call = 0; call < 2; call++) {
        function.addNode(
            NodeProto.newBuilder()
                .setOpType(i == 0 ? "Neg" : "f" + (i - 1))
                .setDomain(i == 0 ? "" : "org.wavebridge")
                .addInput(call == 0 ? "x" : "m")
                .addOutput(call == 0 ? "m" : "y"));
      }
      model.addFunctions(function);
    }
  }

  private static void millionNodes(ModelProto.Builder model) {
    NodeProto node = NodeProto.newBuilder().setOpType("Neg").addInput("a").addOutput("b").build();
    for (int i = 0; i < 1_000_000; i++) {
      model.getGraphBuilder().addNode(node);
    }
  }

  private static void deep(ModelProto.Builder model) {
    GraphProto graph = GraphProto.getDefaultInstance();
    for (int i = 0; i < 30; i++) {
      GraphProto.Builder outer = GraphProto.newBuilder();
      outer
          .addNodeBuilder()
          .setOpType("If")
          .addAttributeBuilder()
          .setName("then_branch")
          .setType(AttributeProto.AttributeType.GRAPH)
          .setG(graph);
      graph = outer.build();
    }
    model.getGraphBuilder().addNode(graph.getNode(0));
  }

  private Path bundle() throws IOException {
    try (StagedBundle staged =
        StagedBundle.write(
            RandomModels.dualSoftmax(1, 16, 4, 3, 0.5, new BlockShape(8, 1)),
            new BundleManifest.Source("voice.pt", "00ff"),
            "test",
            Files.createTempDirectory(folder, "bundle").resolve("voice"))) {
      return staged.publish();
    }
  }

  private static void replace(Path bundle, byte[] graph) throws IOException {
    Path file = bundle.resolve(BundleManifest.FILE);
    String json = Files.readString(file);
    String before = Sha256.of(Files.readAllBytes(bundle.resolve(GRAPH)));
    Files.writeString(file, json.replace(before, Sha256.of(graph)));
    Files.write(bundle.resolve(GRAPH), graph);
  }
}
