package org.wavebridge.graphs.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.wavebridge.graphs.GraphException;

/**
 * Compares two models in everything but the values of weights and what is for people only. Values
 * of float tensors and attributes and of int8 tensors may differ: nothing in our graphs makes a
 * size of them.
 */
final class GraphForm {
  private static final Set<String> FOR_PEOPLE = Set.of("doc_string", "producer_name");

  private final Deque<String> path = new ArrayDeque<>();

  /**
   * Compares.
   *
   * @throws GraphException naming the first difference
   */
  void compare(Message expected, Message found) {
    for (FieldDescriptor field : expected.getDescriptorForType().getFields()) {
      if (FOR_PEOPLE.contains(field.getName())) {
        continue;
      }
      path.addLast(field.getName());
      if (field.isRepeated()) {
        list(field, expected, found);
      } else if (field.getJavaType() == JavaType.MESSAGE) {
        if (expected.hasField(field) != found.hasField(field)) {
          throw differs(
              expected.hasField(field) ? "one" : "none", found.hasField(field) ? "one" : "none");
        }
        if (expected.hasField(field)) {
          compare((Message) expected.getField(field), (Message) found.getField(field));
        }
      } else if (expected.hasField(field) != found.hasField(field)
          || !same(field, expected, expected.getField(field), found.getField(field))) {
        throw differs(text(expected.getField(field)), text(found.getField(field)));
      }
      path.removeLast();
    }
  }

  private void list(FieldDescriptor field, Message expected, Message found) {
    List<?> wanted = (List<?>) expected.getField(field);
    List<?> given = (List<?>) found.getField(field);
    for (int i = 0; i < Math.min(wanted.size(), given.size()); i++) {
      if (wanted.get(i) instanceof Message message) {
        path.addLast(name(message));
        compare(message, (Message) given.get(i));
        path.removeLast();
      } else if (!same(field, expected, wanted.get(i), given.get(i))) {
        throw differs(text(wanted.get(i)), text(given.get(i)));
      }
    }
    if (given.size() > wanted.size()) {
      throw differs("no more than " + wanted.size(), text(given.get(wanted.size())));
    }
    if (given.size() < wanted.size()) {
      throw differs(text(wanted.get(given.size())), "only " + given.size());
    }
  }

  private static boolean same(FieldDescriptor field, Message of, Object expected, Object found) {
    if (of instanceof AttributeProto && field.getJavaType() == JavaType.FLOAT) {
      return true;
    }
    if (of instanceof TensorProto tensor && expected instanceof ByteString data) {
      boolean weights =
          tensor.getDataType() == ElementType.FLOAT.number()
              || tensor.getDataType() == ElementType.INT8.number();
      return weights ? data.size() == ((ByteString) found).size() : data.equals(found);
    }
    return expected.equals(found);
  }

  private GraphException differs(String expected, String found) {
    return new GraphException(
        "%s: expected %s, found %s; a bundle's graphs are used as 'wavebridge export' wrote them"
            .formatted(
                String.join(" ", path.stream().filter(part -> !part.isEmpty()).toList()),
                expected,
                found));
  }

  private static String name(Message message) {
    for (String key : List.of("name", "op_type")) {
      FieldDescriptor field = message.getDescriptorForType().findFieldByName(key);
      if (field != null && message.hasField(field)) {
        return "'" + message.getField(field) + "'";
      }
    }
    return "";
  }

  private static String text(Object value) {
    if (value instanceof Message message) {
      FieldDescriptor type = message.getDescriptorForType().findFieldByName("op_type");
      String operator = type == null ? "" : " (" + message.getField(type) + ")";
      return name(message) + operator;
    }
    if (value instanceof ByteString bytes) {
      return "other values, " + bytes.size() + " bytes";
    }
    return value instanceof String ? "'" + value + "'" : String.valueOf(value);
  }
}
