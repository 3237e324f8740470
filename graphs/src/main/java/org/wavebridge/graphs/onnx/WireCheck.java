package org.wavebridge.graphs.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.wavebridge.graphs.GraphException;

/**
 * Walks the bytes of a model before anything is made of them. Only the fields that {@link
 * ModelBuilder} writes may appear, so there is no data outside the file, no training, no sparse,
 * string or sequence value; and messages, numbers, texts and nesting are bounded, so that the
 * objects made from a file are never many times its size.
 */
final class WireCheck {
  /** Messages inside each other; a loop in a function body takes 9. */
  private static final int MOST_NESTING = 16;

  /** Messages, texts and numbers in lists, all together. */
  static final int MOST_PARTS = 1 << 19;

  /** Nodes in graphs, loops and functions, all together. */
  static final int MOST_NODES = 1 << 16;

  private static final int LONGEST_NAME = 1024;
  private static final int LONGEST_DOC = 1 << 14;

  /** The fields that may appear, by the name of the message. */
  private static final Map<String, Set<String>> FIELDS =
      Map.ofEntries(
          Map.entry(
              "ModelProto",
              Set.of(
                  "ir_version", "producer_name", "domain", "opset_import", "graph", "functions")),
          Map.entry("OperatorSetIdProto", Set.of("domain", "version")),
          Map.entry(
              "GraphProto", Set.of("name", "doc_string", "node", "initializer", "input", "output")),
          Map.entry(
              "NodeProto", Set.of("name", "op_type", "domain", "input", "output", "attribute")),
          Map.entry(
              "AttributeProto",
              Set.of("name", "type", "i", "f", "s", "t", "g", "ints", "floats", "ref_attr_name")),
          Map.entry("TensorProto", Set.of("name", "data_type", "dims", "raw_data")),
          Map.entry("ValueInfoProto", Set.of("name", "type")),
          Map.entry("TypeProto", Set.of("tensor_type")),
          Map.entry("Tensor", Set.of("elem_type", "shape")),
          Map.entry("TensorShapeProto", Set.of("dim")),
          Map.entry("Dimension", Set.of("dim_value", "dim_param")),
          Map.entry(
              "FunctionProto",
              Set.of(
                  "domain",
                  "name",
                  "doc_string",
                  "input",
                  "output",
                  "attribute",
                  "opset_import",
                  "node")));

  private final byte[] bytes;
  private final CodedInputStream in;
  private int parts;
  private int nodes;

  private WireCheck(byte[] bytes) {
    this.bytes = bytes;
    this.in = CodedInputStream.newInstance(bytes);
  }

  /**
   * Walks a model.
   *
   * @throws GraphException naming the first message with a field that must not be there, or the
   *     limit that is passed
   */
  static void check(byte[] model) {
    WireCheck check = new WireCheck(model);
    try {
      check.message(ModelProto.getDescriptor(), 1, new Place("", 0, model.length));
    } catch (IOException e) {
      throw new GraphException("not an ONNX model: " + e.getMessage(), e);
    }
  }

  /**
   * Where a message lies.
   *
   * @param path of fields that lead to it
   */
  private record Place(String path, int from, int to) {
    private Place inner(String field, int start, int end) {
      return new Place(path.isEmpty() ? field : path + "." + field, start, end);
    }
  }

  private void message(Descriptor type, int depth, Place place) throws IOException {
    if (depth > MOST_NESTING) {
      throw refused(place, "at most " + MOST_NESTING + " messages inside each other", "one more");
    }
    while (!in.isAtEnd()) {
      int tag = in.readTag();
      FieldDescriptor field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
      if (field == null
          || !FIELDS.getOrDefault(type.getName(), Set.of()).contains(field.getName())) {
        throw refused(
            place,
            "only fields that WaveBridge writes",
            field == null
                ? "an unknown field " + WireFormat.getTagFieldNumber(tag)
                : "'" + field.getName() + "'");
      }
      field(field, tag, depth, place);
    }
  }

  private void field(FieldDescriptor field, int tag, int depth, Place place) throws IOException {
    int wire = WireFormat.getTagWireType(tag);
    boolean delimited = wire == WireFormat.WIRETYPE_LENGTH_DELIMITED;
    if (wire != field.getLiteType().getWireType() && !(delimited && field.isPackable())) {
      throw refused(place, "a field '" + field.getName() + "' of its type", "another type");
    }
    count(1, place);
    if (!delimited) {
      in.skipField(tag);
      return;
    }
    int length = in.readRawVarint32();
    int limit = in.pushLimit(length);
    int start = in.getTotalBytesRead();
    if (field.getJavaType() == JavaType.MESSAGE) {
      if (field.getMessageType().getName().equals("NodeProto") && ++nodes > MOST_NODES) {
        throw refused(place, "at most %,d nodes".formatted(MOST_NODES), "more");
      }
      message(
          field.getMessageType(), depth + 1, place.inner(field.getName(), start, start + length));
    } else {
      leaf(field, length, place);
      in.skipRawBytes(length);
    }
    in.popLimit(limit);
  }

  private void leaf(FieldDescriptor field, int length, Place place) {
    if (field.isPackable()) {
      count(length, place);
    } else if (!field.getName().equals("raw_data")) {
      int most = field.getName().equals("doc_string") ? LONGEST_DOC : LONGEST_NAME;
      if (length > most) {
        throw refused(
            place,
            "a '%s' of at most %d bytes".formatted(field.getName(), most),
            length + " bytes");
      }
    }
  }

  private void count(int more, Place place) {
    parts += more;
    if (parts > MOST_PARTS || parts < 0) {
      throw refused(place, "at most %,d messages, texts and numbers".formatted(MOST_PARTS), "more");
    }
  }

  private GraphException refused(Place place, String expected, String found) {
    String name = name(place);
    String where = place.path.isEmpty() ? "the model" : place.path;
    return new GraphException(
        "%s%s: expected %s, found %s; a bundle's graphs are used as 'wavebridge export' wrote them"
            .formatted(where, name.isEmpty() ? "" : " '" + name + "'", expected, found));
  }

  /** The name of a message, wherever in it that stands; empty where it has none. */
  private String name(Place place) {
    String kind = place.path.substring(place.path.lastIndexOf('.') + 1);
    int number = NAMES.getOrDefault(kind, 0);
    try {
      CodedInputStream again =
          CodedInputStream.newInstance(bytes, place.from, place.to - place.from);
      while (number > 0 && !again.isAtEnd()) {
        int tag = again.readTag();
        if (tag == (number << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
          byte[] name = again.readByteArray();
          return new String(name, 0, Math.min(name.length, LONGEST_NAME), StandardCharsets.UTF_8);
        }
        again.skipField(tag);
      }
    } catch (IOException e) {
      return "";
    }
    return "";
  }

  /** The number of the field with the name, by the field that leads to a message. */
  private static final Map<String, Integer> NAMES =
      Map.of(
          "initializer",
          8,
          "t",
          8,
          "node",
          3,
          "attribute",
          1,
          "input",
          1,
          "output",
          1,
          "functions",
          1,
          "graph",
          2,
          "g",
          2);
}
