package org.wavebridge.conformance.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.conformance.cases.Cases;
import org.wavebridge.conformance.cases.Subject;
import org.wavebridge.conformance.golden.Golden;
import org.wavebridge.conformance.golden.GoldenFamily;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.graphs.assemble.Operators;
import org.wavebridge.graphs.assemble.ServingGraphs;
import org.wavebridge.graphs.assemble.StreamedConditioner;
import org.wavebridge.graphs.assemble.VocoderGraphs;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.files.LyraFolder;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.onnx.PluginGraph;
import org.wavebridge.graphs.quantize.Quantizer;

/**
 * From features to samples every graph holds only operators whose result IEEE 754 or we define to
 * the bit. So that a backend has no freedom, whatever its threads and instructions are.
 */
final class ExactGraphsTest {
  private static final String MOVES = "moves values";
  private static final String ROUNDS_ONCE = "one IEEE 754 operation for each value, rounded once";
  private static final String COMPARES = "compares, with no rounding";
  private static final String COUNTS =
      "makes whole numbers, or converts numbers: exactly or rounded once";

  /** The standard operators that are exact, each with the reason. */
  private static final Map<String, String> EXACT =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("Concat", MOVES),
              Map.entry("Constant", MOVES),
              Map.entry("Expand", MOVES),
              Map.entry("Gather", MOVES),
              Map.entry("Identity", MOVES),
              Map.entry("Pad", MOVES),
              Map.entry("Reshape", MOVES),
              Map.entry("Slice", MOVES),
              Map.entry("Split", MOVES),
              Map.entry("Squeeze", MOVES),
              Map.entry("Transpose", MOVES),
              Map.entry("Unsqueeze", MOVES),
              Map.entry("Where", MOVES),
              Map.entry("Add", ROUNDS_ONCE),
              Map.entry("Div", ROUNDS_ONCE),
              Map.entry("Mul", ROUNDS_ONCE),
              Map.entry("Sub", ROUNDS_ONCE),
              Map.entry("Round", ROUNDS_ONCE),
              Map.entry("Clip", COMPARES),
              Map.entry("Max", COMPARES),
              Map.entry("Min", COMPARES),
              Map.entry("Floor", COUNTS),
              Map.entry("Cast", COUNTS),
              Map.entry("Less", COMPARES),
              Map.entry("Greater", COMPARES),
              Map.entry("GreaterOrEqual", COMPARES),
              Map.entry("And", COMPARES),
              Map.entry("Relu", COMPARES),
              Map.entry("Range", COUNTS),
              Map.entry("Shape", COUNTS)));

  /** Steps are for loops outside of these graphs; their gates and draws are the runtime's. */
  private static final Set<GraphKind> STEPS = Set.of(GraphKind.STEP, GraphKind.SUBSCALE);

  @ParameterizedTest
  @EnumSource
  void ofAFamily(GoldenFamily family) {
    check(family.random().model());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "en-us-16k/checkpoint.pt",
        "fatchord_mol/checkpoint_zip.pyt",
        "fatchord_raw/checkpoint_zip.pyt"
      })
  void ofACheckpoint(String checkpoint) {
    check(Exporter.read(Golden.path(checkpoint), "auto", Optional.empty()).model());
  }

  @Test
  void ofAFolderOfRawArrays() {
    check(Exporter.read(LyraFolder.path(), "auto", Optional.empty()).model());
  }

  @Test
  void ofASubscaleFamily() {
    Path folder = Golden.path("papercup_subscale");
    check(
        Exporter.read(
                folder.resolve("checkpoint_zip.pth"),
                "auto",
                Optional.of(folder.resolve("config.json")))
            .model());
  }

  @Test
  void ofRandomModels() {
    for (Subject subject : Cases.networks()) {
      check(subject.model(BundleManifest.F32));
    }
  }

  /** Those that the package for Node and the browser runs by itself, beside ours. */
  @Test
  void theSameOperatorsRunInJavaScript() throws IOException {
    String source = Files.readString(Path.of("..", "npm", "src", "operators.js"));
    String listed = source.substring(source.indexOf("export const OPERATORS"));
    Set<String> found = new TreeSet<>();
    Pattern.compile("(?m)^    ([A-Z][A-Za-z]+): ")
        .matcher(listed)
        .results()
        .forEach(each -> found.add(each.group(1)));
    assertEquals(new TreeSet<>(EXACT.keySet()), found);
  }

  @Test
  void aProductOfTheRuntimeIsFound() {
    Subject subject = Cases.networks().get(0);
    OnnxModel step = VocoderGraphs.build(subject.model(BundleManifest.F32)).get(GraphKind.STEP);
    assertTrue(
        inexact(step).containsAll(Set.of("Sigmoid", "Tanh", "Exp")), "found " + inexact(step));
  }

  private static void check(VocoderModel model) {
    List<OnnxModel> graphs = new ArrayList<>();
    VocoderGraphs.build(model).entrySet().stream()
        .filter(graph -> !STEPS.contains(graph.getKey()))
        .forEach(graph -> graphs.add(graph.getValue()));
    graphs.addAll(VocoderGraphs.buildInt8(Quantizer.quantise(model)).values());
    if (VocoderGraphs.notStandalone(model).isEmpty()) {
      graphs.addAll(standalone(model));
    }
    for (boolean fused : new boolean[] {true, false}) {
      StreamedConditioner.of(model, fused).ifPresent(streamed -> graphs.add(streamed.graph()));
    }
    for (OnnxModel graph : graphs) {
      assertEquals(Set.of(), inexact(graph), model.family());
    }
    OnnxModel conditioner = VocoderGraphs.build(model).get(GraphKind.CONDITIONER);
    assertEquals(List.of(), contractible(conditioner), "conditioner");
  }

  private static List<OnnxModel> standalone(VocoderModel model) {
    List<OnnxModel> graphs =
        new ArrayList<>(
            VocoderGraphs.build(model, Profile.F32, VocoderGraphs.standaloneKinds(model)).values());
    graphs.add(ServingGraphs.conditioner(model));
    graphs.add(ServingGraphs.decode(model));
    ServingGraphs.stream(model, Profile.F32).ifPresent(stream -> graphs.add(stream.graph()));
    graphs.add(ServingGraphs.planInputs(model));
    ServingGraphs.planStream(model).ifPresent(stream -> graphs.add(stream.graph()));
    graphs.add(ServingGraphs.decodeStream(model).graph());
    return graphs;
  }

  /** The operators of a graph whose result no standard defines to the bit. */
  private static Set<String> inexact(OnnxModel model) {
    PluginGraph graph = PluginGraph.parse(model.toBytes());
    Set<String> found = new TreeSet<>(graph.standardOperators());
    found.removeAll(EXACT.keySet());
    Set<String> ours = new TreeSet<>(graph.customOperators());
    Operators.ALL.forEach(operator -> ours.remove(operator.name()));
    found.addAll(ours);
    return found;
  }

  /** Products that feed a sum, which a compiler of graphs might round once instead of twice. */
  private static List<String> contractible(OnnxModel model) {
    Set<String> products = new HashSet<>();
    List<String> found = new ArrayList<>();
    for (NodeProto node : parsed(model).getGraph().getNodeList()) {
      if (node.getOpType().equals("Mul")) {
        products.addAll(node.getOutputList());
      } else if (Set.of("Add", "Sub").contains(node.getOpType())
          && node.getInputList().stream().anyMatch(products::contains)) {
        found.add(node.getName());
      }
    }
    return found;
  }

  private static ModelProto parsed(OnnxModel model) {
    try {
      return ModelProto.parseFrom(model.toBytes());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
