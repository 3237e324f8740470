package org.wavebridge.serving.inference;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.wavebridge.serving.engine.Refusal;
import org.wavebridge.serving.engine.Refusal.Kind;
import org.wavebridge.serving.http.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request to infer over REST: a JSON object, and after it the binary tensors that it names, in
 * its order.
 */
final class InferenceJson {
  /** The most bytes of JSON; more numbers than that come as binary data. */
  private static final int MOST_JSON = 16 << 20;

  private static final String DATA_SIZE = "binary_data_size";
  private static final String PARAMETERS = "parameters";

  private final ObjectNode request;
  private final byte[] body;
  private int binary;

  /**
   * Reads the JSON of a request.
   *
   * @param length of the JSON in the body
   * @throws Refusal if it is none
   */
  InferenceJson(byte[] body, int length) {
    if (length > MOST_JSON) {
      throw new Refusal(
          Kind.TOO_LARGE,
          "expected at most %d bytes of JSON, found %d; send features as binary data (%s)"
              .formatted(MOST_JSON, length, DATA_SIZE));
    }
    this.request = Json.object(body, length, "body");
    this.body = body;
    this.binary = length;
  }

  /** The request's identifier; empty if there is none. */
  String id() {
    return request.path("id").isString() ? request.path("id").stringValue() : "";
  }

  /** The parameters of the request, as texts. */
  Map<String, String> parameters() {
    return texts(request.path(PARAMETERS), PARAMETERS);
  }

  private static Map<String, String> texts(JsonNode node, String what) {
    Map<String, String> texts = new LinkedHashMap<>();
    if (node.isMissingNode() || node.isNull()) {
      return texts;
    }
    if (!(node instanceof ObjectNode object)) {
      throw bad("%s: expected an object, found %s".formatted(what, Json.kind(node)));
    }
    for (Map.Entry<String, JsonNode> each : object.properties()) {
      JsonNode value = each.getValue();
      if (value.isContainer() || value.isNull()) {
        throw bad(
            "%s: expected a text, number or truth value as '%s', found %s"
                .formatted(what, InferenceTensor.cut(each.getKey()), Json.kind(value)));
      }
      texts.put(each.getKey(), value.asString());
    }
    return texts;
  }

  /**
   * The inputs, of JSON or binary data.
   *
   * @throws Refusal if one is not whole, or binary data is left over
   */
  List<InferenceTensor> inputs() {
    List<InferenceTensor> inputs = new ArrayList<>();
    for (JsonNode each : array(request.path("inputs"), "inputs")) {
      String name = text(each, "name");
      String datatype = text(each, "datatype");
      long[] shape = shape(name, each.path("shape"));
      Map<String, String> parameters = texts(each.path(PARAMETERS), "input '" + name + "'");
      byte[] raw =
          parameters.containsKey(DATA_SIZE)
              ? binary(name, parameters.get(DATA_SIZE), each)
              : numbers(name, datatype, shape, each.path("data"));
      inputs.add(InferenceTensor.of(name, datatype, shape, raw));
    }
    if (binary != body.length) {
      throw bad(
          "body: expected %d bytes of JSON and binary data, found %d"
              .formatted(binary, body.length));
    }
    return inputs;
  }

  private byte[] binary(String name, @Nullable String text, JsonNode input) {
    long size;
    try {
      size = Long.parseLong(String.valueOf(text));
    } catch (NumberFormatException e) {
      size = -1;
    }
    if (size < 0 || size > body.length - binary || input.has("data")) {
      throw bad(
          "input '%s': expected %s of the bytes after the JSON (%d are left) and no data, found %s"
              .formatted(
                  InferenceTensor.cut(name),
                  DATA_SIZE,
                  body.length - binary,
                  InferenceTensor.cut(String.valueOf(text))));
    }
    byte[] raw = Arrays.copyOfRange(body, binary, binary + (int) size);
    binary += (int) size;
    return raw;
  }

  private static byte[] numbers(String name, String datatype, long[] shape, JsonNode data) {
    long expected = InferenceTensor.elements(name, shape);
    List<Number> numbers = new ArrayList<>();
    collect(name, data, numbers, expected);
    if (numbers.size() != expected) {
      throw bad(
          "input '%s': expected %d elements for shape %s, found %d"
              .formatted(
                  InferenceTensor.cut(name), expected, Arrays.toString(shape), numbers.size()));
    }
    InferenceTensor.width(name, datatype);
    return InferenceTensor.raw(datatype, numbers);
  }

  /** The numbers of an array, nested or flat. */
  private static void collect(String name, JsonNode data, List<Number> numbers, long most) {
    if (data.isNumber() && numbers.size() < most) {
      numbers.add(data.numberValue());
    } else if (data instanceof ArrayNode array) {
      array.forEach(each -> collect(name, each, numbers, most));
    } else {
      throw bad(
          "input '%s': expected data of %d numbers, found %s"
              .formatted(
                  InferenceTensor.cut(name), most, data.isNumber() ? "more" : Json.kind(data)));
    }
  }

  private static long[] shape(String name, JsonNode node) {
    long[] shape =
        new long[array(node, "shape of input '" + InferenceTensor.cut(name) + "'").size()];
    for (int i = 0; i < shape.length; i++) {
      if (!node.get(i).isIntegralNumber() || !node.get(i).canConvertToLong()) {
        throw bad(
            "input '%s': expected a shape of whole numbers, found %s"
                .formatted(InferenceTensor.cut(name), InferenceTensor.cut(node.get(i).toString())));
      }
      shape[i] = node.get(i).longValue();
    }
    return shape;
  }

  private static ArrayNode array(JsonNode node, String what) {
    if (node instanceof ArrayNode array) {
      return array;
    }
    throw bad("%s: expected an array, found %s".formatted(what, Json.kind(node)));
  }

  private static String text(JsonNode input, String field) {
    JsonNode value = input.path(field);
    if (!value.isString()) {
      throw bad("inputs: expected a text as '%s', found %s".formatted(field, Json.kind(value)));
    }
    return value.stringValue();
  }

  private static Refusal bad(String message) {
    return new Refusal(Kind.BAD_REQUEST, message);
  }

  /**
   * The outputs that the request wants, by name, and whether each as binary data.
   *
   * @throws Refusal if there is no such output
   */
  Map<String, Boolean> outputs() {
    boolean all = Boolean.parseBoolean(parameters().get("binary_data_output"));
    Map<String, Boolean> outputs = new LinkedHashMap<>();
    if (!request.has("outputs")) {
      ModelDescription.outputs().forEach(each -> outputs.put(each.name(), all));
      return outputs;
    }
    for (JsonNode each : array(request.path("outputs"), "outputs")) {
      String name = text(each, "name");
      if (ModelDescription.outputs().stream().noneMatch(output -> output.name().equals(name))) {
        throw bad(
            "outputs: expected audio or lengths, found '%s'".formatted(InferenceTensor.cut(name)));
      }
      String binary = texts(each.path(PARAMETERS), "outputs").get("binary_data");
      outputs.put(name, binary == null ? all : Boolean.parseBoolean(binary));
    }
    return outputs;
  }

  /**
   * A response.
   *
   * @param json the object
   * @param binary what follows it; may be empty
   */
  record Response(byte[] json, byte[] binary) {
    /** Both, one after the other. */
    byte[] body() {
      byte[] body = Arrays.copyOf(json, json.length + binary.length);
      System.arraycopy(binary, 0, body, json.length, binary.length);
      return body;
    }
  }

  /** The response with the outputs that this request wants. */
  Response response(InferenceCall call, List<InferenceTensor> made) {
    ObjectNode response = Json.MAPPER.createObjectNode();
    response.put("model_name", call.model().name());
    response.put("model_version", call.model().version());
    if (!id().isEmpty()) {
      response.put("id", id());
    }
    ArrayNode outputs = response.putArray("outputs");
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    outputs()
        .forEach(
            (name, binary) ->
                made.stream()
                    .filter(tensor -> tensor.name().equals(name))
                    .forEach(tensor -> add(outputs.addObject(), tensor, binary, data)));
    return new Response(Json.MAPPER.writeValueAsBytes(response), data.toByteArray());
  }

  private static void add(
      ObjectNode output, InferenceTensor tensor, boolean binary, ByteArrayOutputStream data) {
    output.put("name", tensor.name());
    output.put("datatype", tensor.datatype());
    ArrayNode shape = output.putArray("shape");
    for (long size : tensor.shape()) {
      shape.add(size);
    }
    if (binary) {
      output.putObject(PARAMETERS).put(DATA_SIZE, tensor.raw().length);
      data.writeBytes(tensor.raw());
      return;
    }
    ArrayNode values = output.putArray("data");
    long count = InferenceTensor.elements(tensor.name(), tensor.shape());
    for (int i = 0; i < count; i++) {
      if (tensor.isFloat()) {
        values.add(tensor.floatAt(i));
      } else {
        values.add(tensor.longAt(i));
      }
    }
  }
}
