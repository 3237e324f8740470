package org.wavebridge.graphs.onnx;

import java.util.List;

/** Standard ONNX operators (opset 17) by name, so that a body reads like its equations. */
public final class StandardOps {
  private StandardOps() {}

  /** A float scalar constant. */
  public static Value constant(Nodes g, float value) {
    return g.node(
        "Constant", List.of(), Attribute.of("value", Tensors.floats("", new float[] {value})));
  }

  /** A float vector constant {@code [n]}. */
  public static Value floats(Nodes g, float... values) {
    return g.node(
        "Constant", List.of(), Attribute.of("value", Tensors.floats("", values, values.length)));
  }

  /** A uint8 scalar constant. */
  public static Value uint8(Nodes g, int value) {
    return g.node(
        "Constant",
        List.of(),
        Attribute.of("value", Tensors.bytes("", ElementType.UINT8, new byte[] {(byte) value})));
  }

  /** A tensor of int8 zeros of a computed shape. */
  public static Value int8Zeros(Nodes g, Value shape) {
    return g.node(
        "ConstantOfShape",
        List.of(shape),
        Attribute.of("value", Tensors.bytes("", ElementType.INT8, new byte[1], 1)));
  }

  /** An int64 vector constant {@code [n]}. */
  public static Value longs(Nodes g, long... values) {
    return g.node(
        "Constant", List.of(), Attribute.of("value", Tensors.longs("", values, values.length)));
  }

  /** An int64 scalar constant. */
  public static Value scalar(Nodes g, long value) {
    return g.node(
        "Constant", List.of(), Attribute.of("value", Tensors.longs("", new long[] {value})));
  }

  /** The integer attribute of the function under construction as an int64 scalar. */
  public static Value attribute(Nodes g, String name) {
    return g.node("Constant", List.of(), Attribute.reference("value_int", name));
  }

  /** The float attribute of the function under construction as a float scalar. */
  public static Value floatAttribute(Nodes g, String name) {
    return g.node("Constant", List.of(), Attribute.referenceFloat("value_float", name));
  }

  /** The integer-list attribute of the function under construction as int64 {@code [n]}. */
  public static Value attributeList(Nodes g, String name) {
    return g.node("Constant", List.of(), Attribute.referenceList("value_ints", name));
  }

  /** The float-list attribute of the function under construction as a vector {@code [n]}. */
  public static Value floatAttributeList(Nodes g, String name) {
    return g.node("Constant", List.of(), Attribute.referenceFloats("value_floats", name));
  }

  /** a + b, broadcast. */
  public static Value add(Nodes g, Value a, Value b) {
    return g.node("Add", List.of(a, b));
  }

  /** a - b, broadcast. */
  public static Value sub(Nodes g, Value a, Value b) {
    return g.node("Sub", List.of(a, b));
  }

  /** a * b, broadcast. */
  public static Value mul(Nodes g, Value a, Value b) {
    return g.node("Mul", List.of(a, b));
  }

  /** a / b, broadcast; for integers rounded towards zero. */
  public static Value div(Nodes g, Value a, Value b) {
    return g.node("Div", List.of(a, b));
  }

  /** Matrix product. */
  public static Value matMul(Nodes g, Value a, Value b) {
    return g.node("MatMul", List.of(a, b));
  }

  /** x Wᵀ + b for {@code x [n, k]}, {@code W [r, k]}. */
  public static Value gemm(Nodes g, Value x, Value weight, Value bias) {
    return g.node("Gemm", List.of(x, weight, bias), Attribute.of("transB", 1));
  }

  /**
   * An element-wise operator of one input: Exp, Log, Neg, Round, Floor, Sigmoid, Tanh, Relu, ...
   */
  public static Value unary(Nodes g, String type, Value x) {
    return g.node(type, List.of(x));
  }

  /** Converts the element type. */
  public static Value cast(Nodes g, Value x, ElementType type) {
    return g.node("Cast", List.of(x), Attribute.of("to", type.number()));
  }

  /** The shape as int64 {@code [rank]}. */
  public static Value shape(Nodes g, Value x) {
    return g.node("Shape", List.of(x));
  }

  /** Size of one axis as int64 {@code [1]}. */
  public static Value size(Nodes g, Value x, long axis) {
    return g.node("Shape", List.of(x), Attribute.of("start", axis), Attribute.of("end", axis + 1));
  }

  /** x[start:end] along an axis; {@code Long.MAX_VALUE} for the end. */
  public static Value slice(Nodes g, Value x, long axis, long start, long end) {
    return g.node("Slice", List.of(x, longs(g, start), longs(g, end), longs(g, axis)));
  }

  /** Elements (or slices) of x along an axis. */
  public static Value gather(Nodes g, Value x, Value indices, long axis) {
    return g.node("Gather", List.of(x, indices), Attribute.of("axis", axis));
  }

  /** Joins along an axis. */
  public static Value concat(Nodes g, long axis, Value... values) {
    return g.node("Concat", List.of(values), Attribute.of("axis", axis));
  }

  /** The same elements in a given shape: 0 keeps an axis, one -1 takes the rest. */
  public static Value reshape(Nodes g, Value x, long... shape) {
    return reshape(g, x, longs(g, shape));
  }

  /** The same elements in a computed shape. */
  public static Value reshape(Nodes g, Value x, Value shape) {
    return g.node("Reshape", List.of(x, shape));
  }

  /** Permutes the axes. */
  public static Value transpose(Nodes g, Value x, long... order) {
    return g.node("Transpose", List.of(x), Attribute.of("perm", order));
  }

  /** Inserts axes of size one. */
  public static Value unsqueeze(Nodes g, Value x, long... axes) {
    return g.node("Unsqueeze", List.of(x, longs(g, axes)));
  }

  /** Removes axes of size one. */
  public static Value squeeze(Nodes g, Value x, long... axes) {
    return g.node("Squeeze", List.of(x, longs(g, axes)));
  }

  /** Cuts an axis into equal parts. */
  public static List<Value> split(Nodes g, Value x, long axis, int parts) {
    return g.node("Split", parts, List.of(x), Attribute.of("axis", axis));
  }

  /** Cuts an axis into parts of given sizes (int64 {@code [parts]}). */
  public static List<Value> split(Nodes g, Value x, long axis, Value sizes, int parts) {
    return g.node("Split", parts, List.of(x, sizes), Attribute.of("axis", axis));
  }

  /**
   * Index of the largest element along the last axis, the first of equals, kept as an axis: int64
   * {@code [..., 1]}.
   */
  public static Value argMax(Nodes g, Value x) {
    return g.node("ArgMax", List.of(x), Attribute.of("axis", -1), Attribute.of("keepdims", 1));
  }

  /** Limits to [low, high]. */
  public static Value clip(Nodes g, Value x, float low, float high) {
    return g.node("Clip", List.of(x, constant(g, low), constant(g, high)));
  }

  /** The numbers 0, 1, ..., count - 1 as int64, for an int64 scalar count. */
  public static Value range(Nodes g, Value count) {
    return g.node("Range", List.of(scalar(g, 0), count, scalar(g, 1)));
  }
}
