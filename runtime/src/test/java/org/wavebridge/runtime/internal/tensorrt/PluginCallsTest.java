package org.wavebridge.runtime.internal.tensorrt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.tensorrt.global.nvinfer.DataType;
import org.bytedeco.tensorrt.global.nvinfer.PluginCapabilityType;
import org.bytedeco.tensorrt.global.nvinfer.TensorRTPhase;
import org.bytedeco.tensorrt.nvinfer.IPluginV3;
import org.bytedeco.tensorrt.nvinfer.IPluginV3OneRuntime;
import org.bytedeco.tensorrt.nvinfer.PluginTensorDesc;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.graphs.assemble.PreparedGraph;
import org.wavebridge.graphs.assemble.VocoderGraphs;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;
import org.wavebridge.graphs.onnx.Port;
import org.wavebridge.graphs.quantize.Quantizer;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.runtime.internal.onnxruntime.CpuBackendProvider;
import org.wavebridge.runtime.spi.Backend;
import org.wavebridge.runtime.spi.GraphSession;
import org.wavebridge.runtime.spi.Tensor;

/**
 * Exported graphs by way of the plugins, their kernels on an emulated GPU, against ONNX Runtime
 * with our operators: the same bits. What lies between graph and kernel is here: prepared
 * constants, fields, the order of the inputs.
 */
final class PluginCallsTest {
  private static final int ROWS = 2;
  private static final int FRAMES = 2;

  /**
   * A graph and a call.
   *
   * @param sizes what the letters of its shapes stand for
   * @param vectors inputs that are no floats
   */
  record Case(String name, byte[] graph, Map<String, Integer> sizes, Map<String, long[]> vectors) {
    static Case of(String name, VocoderModel model) {
      return new Case(
          name,
          VocoderGraphs.build(model).get(GraphKind.GENERATE).toBytes(),
          Map.of("N", ROWS, "F", FRAMES, "T", FRAMES * model.features().hop()),
          Map.of());
    }

    static Case int8(String name, VocoderModel model) {
      VocoderModel quantised = Quantizer.quantise(model);
      return new Case(
          name,
          VocoderGraphs.buildInt8(quantised).get(GraphKind.GENERATE).toBytes(),
          Map.of("N", ROWS, "F", FRAMES, "T", FRAMES * model.features().hop()),
          Map.of());
    }

    /** The whole schedule of an utterance. */
    static Case subscale(String name, VocoderModel model, int factor, int lag) {
      int samples = FRAMES * model.features().hop();
      long steps = (samples + factor - 1) / factor + (long) (factor - 1) * lag;
      return new Case(
          name,
          VocoderGraphs.build(model).get(GraphKind.SUBSCALE_GENERATE).toBytes(),
          Map.of("N", factor, "F", FRAMES, "A", samples),
          Map.of("schedule", new long[] {0, 1, 0, steps}));
    }

    private long[] shape(Port port) {
      return port.shape().stream()
          .mapToLong(dim -> sizes.getOrDefault(dim.symbol(), (int) dim.size()))
          .toArray();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    VocoderModel dual = RandomModels.dualSoftmax(1, 32, 5, 4, 0.3, new BlockShape(16, 1));
    VocoderModel categorical =
        RandomModels.residualGru(2, 16, 4, List.of(2, 2), new Head.Categorical(8));
    List<RandomModels.ContextShape> context =
        List.of(
            new RandomModels.ContextShape(4, 2, 2, true),
            new RandomModels.ContextShape(3, 2, 1, true));
    Stream<Case> heads =
        ResidualGruNetwork.HEADS.stream()
            .flatMap(
                head -> {
                  VocoderModel model = RandomModels.residualGru(3, 16, 4, List.of(2, 2), head);
                  return Stream.of(
                      Case.of(head.toString(), model), Case.int8(head + " int8", model));
                });
    Stream<Case> others =
        Stream.of(
            Case.of("dual", dual),
            Case.int8("dual int8", dual),
            Case.subscale("subscale", RandomModels.subscale(4, dual, 2, 2, 1, true, context), 2, 3),
            Case.subscale(
                "subscale residual",
                RandomModels.subscale(5, categorical, 2, 1, 1, false, context),
                2,
                2));
    return Stream.concat(heads, others);
  }

  @BeforeAll
  static void load() {
    HostedTensorRt.loadLibraries();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void sameBitsAsOnTheCpu(Case c) {
    PreparedGraph graph = PreparedGraph.of(c.graph());
    Map<String, Tensor> inputs = inputs(graph, c);
    Map<String, Tensor> made = run(graph, inputs, c);
    Backend cpu = new CpuBackendProvider().create(1);
    try (GraphSession session = cpu.open(c.graph(), c.name())) {
      Map<String, Tensor> expected = session.run(inputs, c.vectors());
      assertEquals(3, expected.size());
      expected.forEach(
          (name, tensor) ->
              assertArrayEquals(tensor.values(), made.get(name).values(), c + " " + name));
    }
  }

  private static Map<String, Tensor> inputs(PreparedGraph graph, Case c) {
    Random random = new Random(11);
    Map<String, Tensor> inputs = new HashMap<>();
    for (Port port : graph.inputs()) {
      if (c.vectors().containsKey(port.name())) {
        continue;
      }
      long[] shape = c.shape(port);
      float[] values = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b))];
      for (int i = 0; i < values.length; i++) {
        values[i] =
            switch (port.name()) {
              case "uniforms" -> random.nextInt(1 << 24) * 0x1p-24f;
              case "temperature" -> 0.9f;
              default -> random.nextFloat() - 0.5f;
            };
      }
      inputs.put(port.name(), new Tensor(values, shape));
    }
    return inputs;
  }

  /** Runs a graph on the host as TensorRT would. */
  private static Map<String, Tensor> run(PreparedGraph graph, Map<String, Tensor> inputs, Case c) {
    byte[] model = graph.toBytes(c.sizes().get("N"));
    NodeProto node = ExportedFields.node(model);
    TensorProto constants = ExportedFields.constants(model);
    List<Pointer> in = new ArrayList<>();
    List<long[]> inShapes = new ArrayList<>();
    for (String name : node.getInputList()) {
      if (inputs.containsKey(name)) {
        in.add(new FloatPointer(inputs.get(name).values()));
        inShapes.add(inputs.get(name).shape());
      } else if (c.vectors().containsKey(name)) {
        long[] values = c.vectors().get(name);
        in.add(new IntPointer(Arrays.stream(values).mapToInt(Math::toIntExact).toArray()));
        inShapes.add(new long[] {values.length});
      } else {
        in.add(new BytePointer(constants.getRawData().toByteArray()));
        inShapes.add(new long[] {constants.getDims(0)});
      }
    }
    List<FloatPointer> out = new ArrayList<>();
    List<long[]> outShapes = new ArrayList<>();
    for (Port port : graph.outputs()) {
      long[] shape = c.shape(port);
      outShapes.add(shape);
      out.add(new FloatPointer(new float[(int) (shape[0] * (shape.length > 1 ? shape[1] : 1))]));
    }
    try (HostedPlugins made = new HostedPlugins()) {
      IPluginV3 plugin = made.own(PluginsTest.plugin(node, TensorRTPhase.kRUNTIME));
      IPluginV3OneRuntime runtime =
          new IPluginV3OneRuntime(plugin.getCapabilityInterface(PluginCapabilityType.kRUNTIME));
      PluginTensorDesc inDesc = described(inShapes);
      PluginTensorDesc outDesc = described(outShapes);
      assertEquals(0, runtime.onShapeChange(inDesc, in.size(), outDesc, out.size()));
      assertEquals(
          0, runtime.enqueue(inDesc, outDesc, addresses(in), addresses(out), new Address(0), null));
    }
    assertEquals(0, new IntPointer(out.get(3)).get(), "status");
    Map<String, Tensor> outputs = new HashMap<>();
    for (int i = 0; i < out.size(); i++) {
      float[] values = new float[(int) out.get(i).capacity()];
      out.get(i).get(values);
      outputs.put(graph.outputs().get(i).name(), new Tensor(values, outShapes.get(i)));
    }
    return outputs;
  }

  private static PointerPointer<Pointer> addresses(List<? extends Pointer> pointers) {
    PointerPointer<Pointer> addresses = new PointerPointer<>(pointers.size());
    for (int i = 0; i < pointers.size(); i++) {
      addresses.put(i, pointers.get(i));
    }
    return addresses;
  }

  private static PluginTensorDesc described(List<long[]> shapes) {
    PluginTensorDesc described = new PluginTensorDesc(shapes.size());
    for (int i = 0; i < shapes.size(); i++) {
      PluginTensorDesc one = described.getPointer(i);
      one.dims().nbDims(shapes.get(i).length);
      for (int axis = 0; axis < shapes.get(i).length; axis++) {
        one.dims().d(axis, shapes.get(i)[axis]);
      }
      one.type(DataType.kFLOAT);
    }
    return described;
  }
}
