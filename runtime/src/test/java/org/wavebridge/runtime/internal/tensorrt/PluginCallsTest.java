package org.wavebridge.runtime.internal.tensorrt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
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
import org.wavebridge.graphs.build.GraphKind;
import org.wavebridge.graphs.build.VocoderGraphs;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.RandomModels;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.Port;
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

  /** A graph, and how many samples a frame has. */
  record Case(String name, byte[] graph, int samples) {
    static Case of(String name, VocoderModel model) {
      byte[] graph = VocoderGraphs.build(model).get(GraphKind.GENERATE).toBytes();
      return new Case(name, graph, FRAMES * model.features().hop());
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        Case.of("dual", RandomModels.dualSoftmax(1, 32, 5, 4, 0.3, new BlockShape(16, 1))),
        Case.of(
            "categorical",
            RandomModels.residualGru(2, 16, 4, List.of(2, 2), new Head.Categorical(8))),
        Case.of(
            "mixture",
            RandomModels.residualGru(3, 16, 4, List.of(2, 2), new Head.MixtureOfLogistics(2))));
  }

  @BeforeAll
  static void load() {
    HostedTensorRt.loadLibraries();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void sameBitsAsOnTheCpu(Case c) {
    PreparedGraph graph = PreparedGraph.of(c.graph());
    Map<String, Tensor> inputs = inputs(graph, c.samples());
    Map<String, Tensor> made = run(graph, inputs, c.samples());
    Backend cpu = new CpuBackendProvider().create(1);
    try (GraphSession session = cpu.open(c.graph(), c.name())) {
      Map<String, Tensor> expected = session.run(inputs);
      assertEquals(3, expected.size());
      expected.forEach(
          (name, tensor) ->
              assertArrayEquals(tensor.values(), made.get(name).values(), c + " " + name));
    }
  }

  private static Map<String, Tensor> inputs(PreparedGraph graph, int samples) {
    Random random = new Random(11);
    Map<String, Tensor> inputs = new HashMap<>();
    for (Port port : graph.inputs()) {
      long[] shape = shape(port, samples);
      int size = 1;
      for (long axis : shape) {
        size *= (int) axis;
      }
      float[] values = new float[size];
      for (int i = 0; i < size; i++) {
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

  private static long[] shape(Port port, int samples) {
    return port.shape().stream()
        .mapToLong(
            dim ->
                switch (dim.symbol()) {
                  case "N" -> ROWS;
                  case "F" -> FRAMES;
                  case "T" -> samples;
                  default -> dim.size();
                })
        .toArray();
  }

  /** What TensorRT would do at run time, on the host. */
  private static Map<String, Tensor> run(
      PreparedGraph graph, Map<String, Tensor> inputs, int samples) {
    byte[] model = graph.toBytes(ROWS);
    NodeProto node = ExportedFields.node(model);
    TensorProto constants = ExportedFields.constants(model);
    List<Pointer> in = new ArrayList<>();
    List<long[]> inShapes = new ArrayList<>();
    for (String name : node.getInputList()) {
      Tensor tensor = inputs.get(name);
      in.add(
          tensor == null
              ? new BytePointer(constants.getRawData().toByteArray())
              : new FloatPointer(tensor.values()));
      inShapes.add(tensor == null ? new long[] {constants.getDims(0)} : tensor.shape());
    }
    List<FloatPointer> out = new ArrayList<>();
    List<long[]> outShapes = new ArrayList<>();
    for (Port port : graph.outputs()) {
      long[] shape = shape(port, samples);
      outShapes.add(shape);
      out.add(new FloatPointer(new float[(int) (shape[0] * (shape.length > 1 ? shape[1] : 1))]));
    }
    try (NativeObjects made = new NativeObjects()) {
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
