package org.wavebridge.graphs.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * An input or an output of an operator, as it is declared.
 *
 * @param name of the tensor; a weight is several tensors whose names begin so
 * @param kind what it is
 * @param shape with a letter for each size that is not fixed, such as {@code [N, F, C]}
 */
public record OperatorTensor(String name, Kind kind, String shape) {
  /** The kinds of tensors. */
  public enum Kind {
    /** f32 numbers that other nodes compute. */
    VALUES,
    /** int64 numbers that other nodes compute. */
    INTEGERS,
    /** f32 numbers of the model. */
    CONSTANT,
    /** A block-sparse matrix of the model, f32. */
    WEIGHT("_blocks", "_columns", "_rows"),
    /** The same in int8, with a scale for each row. */
    INT8_WEIGHT("_blocks", "_columns", "_rows", "_scales");

    private final List<String> parts;

    Kind(String... parts) {
      this.parts = List.of(parts);
    }
  }

  /** f32 numbers that other nodes compute. */
  public static OperatorTensor values(String name, String shape) {
    return new OperatorTensor(name, Kind.VALUES, shape);
  }

  /** int64 numbers that other nodes compute. */
  public static OperatorTensor integers(String name, String shape) {
    return new OperatorTensor(name, Kind.INTEGERS, shape);
  }

  /** f32 numbers of the model. */
  public static OperatorTensor constant(String name, String shape) {
    return new OperatorTensor(name, Kind.CONSTANT, shape);
  }

  /** A block-sparse matrix of the model, {@code [rows, columns]}. */
  public static OperatorTensor weight(String name, String shape) {
    return new OperatorTensor(name, Kind.WEIGHT, shape);
  }

  /** The ONNX tensors that it is, as inputs of a function body. */
  List<Value> values(Nodes nodes) {
    return kind.parts.isEmpty()
        ? List.of(nodes.value(name, Inference.Known.ofRank(elementType(), dimensions().size())))
        : weight(nodes);
  }

  /** The type of its elements; of a weight that of its blocks. */
  ElementType elementType() {
    return switch (kind) {
      case VALUES, CONSTANT, WEIGHT -> ElementType.FLOAT;
      case INTEGERS -> ElementType.INT64;
      case INT8_WEIGHT -> ElementType.INT8;
    };
  }

  private List<Value> weight(Nodes nodes) {
    ElementType[] types = {elementType(), ElementType.INT32, ElementType.INT32, ElementType.FLOAT};
    List<Value> values = new ArrayList<>();
    for (String part : names()) {
      int i = values.size();
      values.add(nodes.value(part, Inference.Known.ofRank(types[i], i == 0 ? 3 : 1)));
    }
    return values;
  }

  /** Its declared axes. */
  List<String> dimensions() {
    String inside = shape.substring(1, shape.length() - 1).strip();
    return inside.isEmpty() ? List.of() : List.of(inside.split("\\s*,\\s*"));
  }

  /** Its shape with the sizes of the letters that are known. */
  String sized(Letters letters) {
    return dimensions().stream()
        .map(
            dimension -> {
              OptionalLong size = letters.find(dimension);
              return size.isPresent() && !dimension.equals("" + size.getAsLong())
                  ? dimension + " = " + size.getAsLong()
                  : dimension;
            })
        .toList()
        .toString();
  }

  /** The names of the ONNX tensors that it is. */
  public List<String> names() {
    return kind.parts.isEmpty()
        ? List.of(name)
        : kind.parts.stream().map(part -> name + part).toList();
  }
}
