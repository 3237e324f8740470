package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wavebridge.cli.OnnxGraph.Array;
import org.wavebridge.graphs.assemble.GpuOperators;
import org.wavebridge.graphs.onnx.PluginGraph;
import org.wavebridge.graphs.onnx.Port;

/**
 * A model of a repository as Triton's backend for ONNX Runtime takes it, or that for TensorRT:
 * loaded and checked by its configuration, which is all that this class knows of it.
 */
final class TritonModel implements TritonStreams {
  private final Path folder;
  private final Message config;
  private final OnnxGraph graph;
  private final Map<Long, Map<String, Array>> sequences = new HashMap<>();

  /**
   * Loads a model.
   *
   * @param repository as it lies here
   * @param root where the configuration says it lies
   * @param instead the graph that ONNX Runtime runs in place of a plan
   */
  TritonModel(Path repository, String root, String name, Path instead)
      throws IOException, OrtException {
    folder = repository.resolve(name);
    config = TritonSchema.parse(Files.readString(folder.resolve("config.pbtxt")));
    assertEquals(name, text(config, "name"));
    List<Message> groups = messages(config, "instance_group");
    assertEquals(1, groups.size());
    assertEquals(1, get(groups.get(0), "count"));
    String kind = String.valueOf(get(groups.get(0), "kind"));
    if (text(config, "backend").equals("tensorrt")) {
      assertEquals("tensorrt_plan", text(config, "platform"));
      assertEquals("KIND_GPU", kind, "the backend runs on nothing else");
      graph = new OnnxGraph(instead, true);
      requirePlan();
      return;
    }
    assertEquals("onnxruntime", text(config, "backend"));
    assertEquals("KIND_CPU", kind);
    List<?> libraries =
        (List<?>) get((Message) get(config, "model_operations"), "op_library_filename");
    String library = String.valueOf(libraries.get(0));
    assertTrue(library.startsWith(root + "/"), library);
    assertArrayEquals(
        Files.readAllBytes(OnnxGraph.library()),
        Files.readAllBytes(repository.resolve(library.substring(root.length() + 1))));
    graph = new OnnxGraph(folder.resolve("1").resolve("model.onnx"), true);
    requireTensors();
  }

  /** What the backend checks when it loads a model: names, types, and sizes but that of rows. */
  private void requireTensors() throws OrtException {
    assertTrue(rows() > 0);
    Map<String, TensorInfo> inputs = graph.inputs();
    Map<String, TensorInfo> outputs = graph.outputs();
    Set<String> given = new HashSet<>();
    for (Message input : messages(config, "input")) {
      given.add(text(input, "name"));
      requireTensor(input, inputs.get(text(input, "name")));
    }
    for (Message output : messages(config, "output")) {
      requireTensor(output, outputs.get(text(output, "name")));
    }
    for (Message state : states()) {
      given.add(text(state, "input_name"));
      requireTensor(state, inputs.get(text(state, "input_name")));
      requireTensor(state, outputs.get(text(state, "output_name")));
      Message initial = messages(state, "initial_state").get(0);
      assertEquals(1, messages(state, "initial_state").size());
      assertEquals(get(state, "dims"), get(initial, "dims"));
      assertEquals(get(state, "data_type"), get(initial, "data_type"));
    }
    assertEquals(inputs.keySet(), given);
  }

  /**
   * What the backend for TensorRT checks when it loads a plan: every input and output of it is in
   * the configuration, with its type, and any number of rows as its first axis. The shapes that the
   * plan is built for go with that.
   */
  private void requirePlan() throws IOException {
    String script = Files.readString(folder.resolve("plan.sh"));
    Matcher copied = Pattern.compile("cp (\\.\\./\\S+)/1/model\\.plan ").matcher(script);
    Path built = copied.find() ? folder.resolve(copied.group(1)) : folder;
    PluginGraph plan = PluginGraph.parse(Files.readAllBytes(built.resolve("model.onnx")));
    requirePorts("input", plan.inputs());
    requirePorts("output", plan.outputs());
    assertTrue(plan.standardOperators().stream().allMatch(GpuOperators.PARSED::contains));
    assertTrue(GpuOperators.PLUGINS.containsAll(plan.customOperators()));
    requireShapes(Files.readString(built.resolve("plan.sh")), plan.inputs());
  }

  private void requireShapes(String script, List<Port> inputs) {
    for (Port input : inputs) {
      long[] least = shape(script, "min", input.name());
      long[] timed = shape(script, "opt", input.name());
      long[] most = shape(script, "max", input.name());
      assertEquals(1, least[0]);
      assertEquals(rows(), most[0]);
      assertEquals(input.shape().size(), most.length);
      for (int axis = 0; axis < most.length; axis++) {
        assertTrue(least[axis] <= timed[axis] && timed[axis] <= most[axis], script);
        long size = input.shape().get(axis).size();
        assertTrue(size < 0 || (least[axis] == size && most[axis] == size), script);
      }
    }
  }

  /** All ports are declared, as tensors or as what a stream's calls hand on. */
  private void requirePorts(String side, List<Port> found) {
    Map<String, Message> declared = new HashMap<>();
    messages(config, side).forEach(each -> declared.put(text(each, "name"), each));
    states().forEach(each -> declared.put(text(each, side + "_name"), each));
    assertEquals(found.size(), declared.size());
    for (Port port : found) {
      Message each = declared.get(port.name());
      assertTrue(each != null, port.name());
      String type =
          switch (port.type()) {
            case FLOAT -> "TYPE_FP32";
            case INT32 -> "TYPE_INT32";
            default -> throw new AssertionError(port);
          };
      assertEquals(type, String.valueOf(get(each, "data_type")));
      assertEquals("N", port.shape().get(0).symbol(), "any number of rows");
      List<Long> dims =
          port.shape().stream().skip(1).map(dim -> dim.size() < 0 ? -1 : dim.size()).toList();
      assertEquals(dims, get(each, "dims"));
    }
  }

  /** The shape of an input in an option of trtexec: {@code --minShapes=NAME:1x80,...}. */
  private static long[] shape(String script, String option, String input) {
    Matcher found =
        Pattern.compile("--" + option + "Shapes=(?:\\S*,)?" + input + ":([0-9x]+)").matcher(script);
    assertTrue(found.find(), () -> option + " of " + input + ": " + script);
    return Arrays.stream(found.group(1).split("x")).mapToLong(Long::parseLong).toArray();
  }

  private static void requireTensor(Message declared, TensorInfo found) {
    assertTrue(found != null, declared::toString);
    OnnxJavaType type =
        switch (String.valueOf(get(declared, "data_type"))) {
          case "TYPE_FP32" -> OnnxJavaType.FLOAT;
          case "TYPE_INT64" -> OnnxJavaType.INT64;
          case "TYPE_INT16" -> OnnxJavaType.INT16;
          default -> throw new AssertionError(declared);
        };
    assertEquals(type, found.type);
    List<?> dims = (List<?>) get(declared, "dims");
    long[] shape = found.getShape();
    assertEquals(dims.size() + 1, shape.length, declared::toString);
    assertEquals(-1, shape[0], "any number of rows");
    for (int axis = 1; axis < shape.length; axis++) {
      long size = (Long) dims.get(axis - 1);
      assertTrue(size == -1 || size > 0, "Triton takes no size of 0");
      assertEquals(shape[axis], size, declared::toString);
    }
  }

  int rows() {
    return (Integer) get(config, "max_batch_size");
  }

  private List<Message> states() {
    return hasSequences()
        ? messages((Message) get(config, "sequence_batching"), "state")
        : List.of();
  }

  /** Whether requests are of sequences. */
  boolean hasSequences() {
    return config.hasField(field(config, "sequence_batching"));
  }

  @Override
  public String parameter(String key) {
    return parameter(config, key);
  }

  static String parameter(Message config, String key) {
    return messages(config, "parameters").stream()
        .filter(each -> text(each, "key").equals(key))
        .map(each -> text((Message) get(each, "value"), "string_value"))
        .findFirst()
        .orElseThrow();
  }

  /** Requests as the dynamic batcher runs them: those of one shape in one call. */
  List<Map<String, Array>> run(List<Map<String, Array>> requests) throws OrtException {
    assertTrue(config.hasField(field(config, "dynamic_batching")));
    requests.forEach(this::requireRequest);
    return runTogether(requests);
  }

  private void requireRequest(Map<String, Array> request) {
    for (Message input : messages(config, "input")) {
      Array array = request.get(text(input, "name"));
      List<?> dims = (List<?>) get(input, "dims");
      assertTrue(array != null, () -> text(input, "name"));
      assertEquals(dims.size() + 1, array.shape().length);
      for (int axis = 1; axis < array.shape().length; axis++) {
        long size = (Long) dims.get(axis - 1);
        assertTrue(size == -1 || size == array.shape()[axis], () -> "" + input);
      }
    }
  }

  /**
   * The next request of a stream.
   *
   * @param sequence its correlation id
   */
  record Next(long sequence, boolean start, boolean end, Map<String, Array> inputs) {}

  /**
   * Requests of different sequences as the sequence batcher with the strategy {@code oldest} runs
   * them.
   */
  @Override
  public List<Map<String, Array>> runSequences(List<Next> requests)
      throws IOException, OrtException {
    assertTrue(hasSequences());
    Message batching = (Message) get(config, "sequence_batching");
    assertTrue(batching.hasField(field(batching, "oldest")));
    List<Map<String, Array>> inputs = new ArrayList<>();
    for (Next next : requests) {
      requireRequest(next.inputs());
      if (next.start()) {
        sequences.put(next.sequence(), start());
      }
      Map<String, Array> all = new HashMap<>(next.inputs());
      all.putAll(sequences.get(next.sequence()));
      inputs.add(all);
    }
    List<Map<String, Array>> outputs = runTogether(inputs);
    for (int i = 0; i < requests.size(); i++) {
      Map<String, Array> carried = new HashMap<>();
      for (Message state : states()) {
        carried.put(text(state, "input_name"), outputs.get(i).get(text(state, "output_name")));
      }
      sequences.put(requests.get(i).sequence(), carried);
      if (requests.get(i).end()) {
        sequences.remove(requests.get(i).sequence());
      }
    }
    return outputs;
  }

  /** The states at the start, as the files of the model hold them. */
  private Map<String, Array> start() throws IOException {
    Map<String, Array> start = new HashMap<>();
    for (Message state : states()) {
      Message initial = messages(state, "initial_state").get(0);
      ByteBuffer bytes =
          ByteBuffer.wrap(
                  Files.readAllBytes(
                      folder.resolve("initial_state").resolve(text(initial, "data_file"))))
              .order(ByteOrder.LITTLE_ENDIAN);
      int size = Math.toIntExact((Long) ((List<?>) get(initial, "dims")).get(0));
      boolean floats = String.valueOf(get(initial, "data_type")).equals("TYPE_FP32");
      assertEquals(size * (floats ? 4 : 8), bytes.remaining());
      Object values;
      if (floats) {
        float[] all = new float[size];
        bytes.asFloatBuffer().get(all);
        values = all;
      } else {
        long[] all = new long[size];
        bytes.asLongBuffer().get(all);
        values = all;
      }
      start.put(text(state, "input_name"), new Array(values, 1, size));
    }
    return start;
  }

  /** Runs requests of one row, of the same shapes, as the rows of one call. */
  private List<Map<String, Array>> runTogether(List<Map<String, Array>> requests)
      throws OrtException {
    int rows = requests.size();
    assertTrue(rows <= rows());
    Map<String, Array> joined = new HashMap<>();
    for (Map.Entry<String, TensorInfo> input : graph.inputs().entrySet()) {
      Array all = joined(requests.stream().map(each -> each.get(input.getKey())).toList());
      // In place of a plan runs the graph of a bundle, whose temperatures have rows alone.
      boolean flat = input.getValue().getShape().length == 1;
      joined.put(input.getKey(), flat ? new Array(all.values(), rows) : all);
    }
    List<Map<String, Array>> results = new ArrayList<>();
    requests.forEach(each -> results.add(new HashMap<>()));
    graph
        .run(joined)
        .forEach(
            (name, array) -> {
              for (int row = 0; row < rows; row++) {
                results.get(row).put(name, row(array, row));
              }
            });
    return results;
  }

  private static Array joined(List<Array> arrays) {
    Array first = arrays.get(0);
    long[] shape = first.shape().clone();
    int length = java.lang.reflect.Array.getLength(first.values());
    Object all =
        java.lang.reflect.Array.newInstance(
            first.values().getClass().getComponentType(), length * arrays.size());
    for (int i = 0; i < arrays.size(); i++) {
      assertArrayEquals(first.shape(), arrays.get(i).shape(), "only one shape shares a call");
      System.arraycopy(arrays.get(i).values(), 0, all, i * length, length);
    }
    shape[0] = arrays.size();
    return new Array(all, shape);
  }

  private static Array row(Array array, int row) {
    long[] shape = array.shape().clone();
    int length = java.lang.reflect.Array.getLength(array.values()) / Math.toIntExact(shape[0]);
    Object part =
        java.lang.reflect.Array.newInstance(array.values().getClass().getComponentType(), length);
    System.arraycopy(array.values(), row * length, part, 0, length);
    shape[0] = 1;
    return new Array(part, shape);
  }

  static FieldDescriptor field(Message message, String name) {
    return message.getDescriptorForType().findFieldByName(name);
  }

  static Object get(Message message, String name) {
    return message.getField(field(message, name));
  }

  static String text(Message message, String name) {
    return String.valueOf(get(message, name));
  }

  static List<Message> messages(Message message, String name) {
    return ((List<?>) get(message, name)).stream().map(each -> (Message) each).toList();
  }

  @Override
  public void close() throws OrtException {
    graph.close();
  }
}
