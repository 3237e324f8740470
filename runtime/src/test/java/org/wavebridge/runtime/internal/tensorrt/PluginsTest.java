package org.wavebridge.runtime.internal.tensorrt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.tensorrt.global.nvinfer.DataType;
import org.bytedeco.tensorrt.global.nvinfer.PluginCapabilityType;
import org.bytedeco.tensorrt.global.nvinfer.TensorRTPhase;
import org.bytedeco.tensorrt.nvinfer.IPluginCreatorV3One;
import org.bytedeco.tensorrt.nvinfer.IPluginV3;
import org.bytedeco.tensorrt.nvinfer.IPluginV3OneBuild;
import org.bytedeco.tensorrt.nvinfer.IPluginV3OneRuntime;
import org.bytedeco.tensorrt.nvinfer.PluginField;
import org.bytedeco.tensorrt.nvinfer.PluginFieldCollection;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.graphs.assemble.GpuOperators;
import org.wavebridge.graphs.assemble.PreparedGraph;
import org.wavebridge.graphs.assemble.VocoderGraphs;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.InterpolatedMels;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.Port;
import org.wavebridge.graphs.random.RandomModels;

/**
 * Our plugins as TensorRT's own interface sees them, on the attributes of exported graphs. Only
 * virtual functions of the plugins are called, so this needs no TensorRT.
 */
final class PluginsTest {
  @BeforeAll
  static void load() {
    HostedTensorRt.loadLibraries();
  }

  static Stream<PreparedGraph> graphs() {
    VocoderModel dual = RandomModels.dualSoftmax(1, 32, 5, 4, 0.3, new BlockShape(16, 1));
    VocoderModel classes =
        RandomModels.residualGru(2, 16, 4, List.of(2, 2), new Head.Categorical(8));
    VocoderModel mixture =
        RandomModels.residualGru(3, 16, 4, List.of(2, 2), new Head.MixtureOfLogistics(2));
    VocoderModel interpolated =
        new VocoderModel(
            classes.family(),
            classes.audio(),
            classes.features(),
            new InterpolatedMels(2, 4, 0.5f, Optional.empty()),
            classes.network(),
            Optional.empty());
    VocoderModel subscale =
        RandomModels.subscale(
            4, dual, 4, 2, 1, false, List.of(new RandomModels.ContextShape(3, 2, 1, true)));
    return Stream.of(
        graph(dual, GraphKind.STEP),
        graph(dual, GraphKind.GENERATE),
        graph(classes, GraphKind.GENERATE),
        graph(classes, GraphKind.CONDITIONER),
        graph(interpolated, GraphKind.CONDITIONER),
        graph(mixture, GraphKind.GENERATE),
        graph(subscale, GraphKind.SUBSCALE_GENERATE));
  }

  private static PreparedGraph graph(VocoderModel model, GraphKind kind) {
    return PreparedGraph.of(VocoderGraphs.build(model).get(kind).toBytes());
  }

  @Test
  void thereIsACreatorForEveryOperator() {
    Set<String> names = new HashSet<>();
    for (int i = 0; HostedPlugins.creator(i) != 0; i++) {
      IPluginCreatorV3One creator = new IPluginCreatorV3One(new Address(HostedPlugins.creator(i)));
      assertEquals("PLUGIN CREATOR_V3ONE", creator.getInterfaceInfo().kind());
      assertEquals("1", creator.getPluginVersion());
      assertEquals("org.wavebridge", creator.getPluginNamespace());
      names.add(creator.getPluginName());
    }
    assertEquals(GpuOperators.PLUGINS, names);
  }

  @ParameterizedTest
  @MethodSource("graphs")
  void pluginsComeFromTheFieldsThatTheExporterWrites(PreparedGraph graph) {
    NodeProto node = ExportedFields.node(graph.toBytes(4));
    IPluginCreatorV3One creator = creator(node.getOpType());
    ExportedFields fields = new ExportedFields(node, creator);
    IPluginV3 plugin = create(creator, fields.get(), TensorRTPhase.kBUILD);
    try (HostedPlugins made = new HostedPlugins()) {
      made.own(plugin);
      assertEquals("PLUGIN", plugin.getInterfaceInfo().kind());
      assertOutputs(node, build(plugin));
      assertSerialised(creator, fields.get(), plugin);
    }
  }

  /** Types as the graph has them: the status int32, all else float. */
  private static void assertOutputs(NodeProto node, IPluginV3OneBuild build) {
    assertEquals("PLUGIN_V3ONE_BUILD", build.getInterfaceInfo().kind());
    int outputs = node.getOutputCount();
    assertEquals(outputs, build.getNbOutputs());
    int[] types = new int[outputs];
    Arrays.fill(types, -1);
    int[] given = new int[node.getInputCount()];
    assertEquals(0, build.getOutputDataTypes(types, outputs, given, given.length));
    for (int i = 0; i < outputs; i++) {
      boolean status = node.getOutput(i).equals("status");
      assertEquals((status ? DataType.kINT32 : DataType.kFLOAT).value, types[i], "output " + i);
    }
    assertEquals(-1, build.getOutputDataTypes(types, outputs, given, given.length + 1));
  }

  /** A plan keeps the fields that were given, and they make the same plugin again. */
  private static void assertSerialised(
      IPluginCreatorV3One creator, PluginFieldCollection given, IPluginV3 plugin) {
    PluginFieldCollection kept = runtime(plugin).getFieldsToSerialize();
    assertEquals(values(given), values(kept));
    IPluginV3 loaded = create(creator, kept, TensorRTPhase.kRUNTIME);
    try (HostedPlugins made = new HostedPlugins()) {
      assertEquals(values(given), values(runtime(made.own(loaded)).getFieldsToSerialize()));
      IPluginV3 copy = made.own(plugin.clone());
      assertEquals(values(given), values(runtime(copy).getFieldsToSerialize()));
    }
  }

  @ParameterizedTest
  @MethodSource("graphs")
  void everyMissingFieldIsRefused(PreparedGraph graph) {
    NodeProto node = ExportedFields.node(graph.toBytes(4));
    IPluginCreatorV3One creator = creator(node.getOpType());
    Set<String> listed = ExportedFields.names(creator.getFieldNames());
    int refused = 0;
    for (int i = 0; i < node.getAttributeCount(); i++) {
      NodeProto less = node.toBuilder().removeAttribute(i).build();
      boolean needed =
          listed.contains(node.getAttribute(i).getName())
              && !node.getAttribute(i).getName().startsWith("context_");
      if (needed) {
        assertNull(
            create(creator, new ExportedFields(less, creator).get(), TensorRTPhase.kBUILD),
            node.getAttribute(i).getName());
        refused++;
      }
    }
    assertTrue(refused >= 3, "refused " + refused);
  }

  @ParameterizedTest
  @MethodSource("graphs")
  void theInputsOfTheGraphAreThoseOfThePlugin(PreparedGraph graph) {
    NodeProto node = ExportedFields.node(graph.toBytes(4));
    if (!graph.isLoop()) {
      return;
    }
    Map<String, Port> inputs = new HashMap<>();
    graph.inputs().forEach(port -> inputs.put(port.name(), port));
    List<String> own = new ArrayList<>(node.getInputList());
    String constants = own.remove(own.size() - 1);
    assertEquals(inputs.keySet(), new HashSet<>(own));
    assertFalse(inputs.containsKey(constants));
    own.forEach(
        name ->
            assertEquals(
                name.equals("schedule") ? ElementType.INT32 : ElementType.FLOAT,
                inputs.get(name).type()));
  }

  private static IPluginCreatorV3One creator(String name) {
    for (int i = 0; HostedPlugins.creator(i) != 0; i++) {
      IPluginCreatorV3One creator = new IPluginCreatorV3One(new Address(HostedPlugins.creator(i)));
      if (creator.getPluginName().equals(name)) {
        return creator;
      }
    }
    throw new AssertionError("no creator for " + name);
  }

  /** A plugin from a node. */
  static IPluginV3 plugin(NodeProto node, TensorRTPhase phase) {
    IPluginCreatorV3One creator = creator(node.getOpType());
    return create(creator, new ExportedFields(node, creator).get(), phase);
  }

  private static IPluginV3 create(
      IPluginCreatorV3One creator, PluginFieldCollection fields, TensorRTPhase phase) {
    try (BytePointer name = new BytePointer("node")) {
      return creator.createPlugin(name, fields, phase);
    }
  }

  private static IPluginV3OneBuild build(IPluginV3 plugin) {
    return new IPluginV3OneBuild(plugin.getCapabilityInterface(PluginCapabilityType.kBUILD));
  }

  private static IPluginV3OneRuntime runtime(IPluginV3 plugin) {
    return new IPluginV3OneRuntime(plugin.getCapabilityInterface(PluginCapabilityType.kRUNTIME));
  }

  /** Names and bits of all fields. */
  private static Set<String> values(PluginFieldCollection fields) {
    Set<String> values = new HashSet<>();
    for (int i = 0; i < fields.nbFields(); i++) {
      PluginField field = fields.fields().getPointer(i);
      int[] bits = new int[field.length()];
      new IntPointer(field.data()).get(bits);
      values.add(field.name() + " " + field.type().value + " " + Arrays.toString(bits));
    }
    return values;
  }
}
