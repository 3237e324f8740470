package org.wavebridge.graphs.onnx;

import java.util.List;

/**
 * An input or an output of an operator, as it is declared.
 *
 * @param name of the tensor; a weight is several tensors whose names begin so
 * @param kind what it is
 * @param shape with a letter for each size that is not fixed, such as {@code [N, F, C]}
 */
public record OperatorTensor(String name, Kind kind, String shape) {
  /** What a tensor is. */
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

  /** The names of the ONNX tensors that it is. */
  public List<String> names() {
    return kind.parts.isEmpty()
        ? List.of(name)
        : kind.parts.stream().map(part -> name + part).toList();
  }
}
