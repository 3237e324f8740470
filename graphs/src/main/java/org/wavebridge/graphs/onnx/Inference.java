package org.wavebridge.graphs.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Element types and axes of values while a graph is built, as far as they are known. A node whose
 * inputs cannot belong together is refused at once, on the line that adds it.
 */
final class Inference {
  /** Operators whose output is a truth value. */
  private static final Set<String> TRUTHS =
      Set.of("Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Equal", "And", "Or", "Not");

  /** Operators of two broadcast inputs of one type. */
  private static final Set<String> PAIRS =
      Set.of(
          "Add",
          "Sub",
          "Mul",
          "Div",
          "Mod",
          "Less",
          "LessOrEqual",
          "Greater",
          "GreaterOrEqual",
          "Equal",
          "And",
          "Or",
          "Max",
          "Min");

  /** Operators whose output is in type and axes like their first input. */
  private static final Set<String> ALIKE =
      Set.of(
          "Identity",
          "Neg",
          "Abs",
          "Exp",
          "Log",
          "Sqrt",
          "Relu",
          "Sigmoid",
          "Tanh",
          "Round",
          "Floor",
          "Clip",
          "CumSum",
          "Not",
          "ScatterND",
          "ScatterElements");

  /** Operators whose output is only in type like their first input. */
  private static final Set<String> OF_ONE_TYPE =
      Set.of(
          "Pad",
          "Slice",
          "Reshape",
          "Squeeze",
          "Unsqueeze",
          "Gather",
          "GatherElements",
          "Concat",
          "Split",
          "Expand",
          "ReduceMax",
          "ReduceSum",
          "Conv",
          "Flatten",
          "GRU",
          "Tile",
          "Range");

  private Inference() {}

  /**
   * Type and axes, as far as they are known.
   *
   * @param type of the elements
   * @param shape the axes
   */
  record Known(Optional<ElementType> type, Optional<List<Dim>> shape) {
    static final Known NOTHING = new Known(Optional.empty(), Optional.empty());

    static Known of(ElementType type) {
      return new Known(Optional.of(type), Optional.empty());
    }

    static Known of(ElementType type, List<Dim> shape) {
      return new Known(Optional.of(type), Optional.of(shape));
    }

    static Known scalar(ElementType type) {
      return of(type, List.of());
    }

    /** A tensor of whose axes only the number is known. */
    static Known ofRank(ElementType type, int rank) {
      return of(type, Collections.nCopies(rank, Dim.UNKNOWN));
    }

    static Known like(Value value) {
      return new Known(value.type(), value.shape());
    }
  }

  /** A constant. */
  static Known of(TensorProto tensor) {
    return Known.of(
        ElementType.of(tensor.getDataType()), tensor.getDimsList().stream().map(Dim::of).toList());
  }

  /** The outputs of a standard operator. */
  static List<Known> of(String type, int outputs, List<Value> inputs, List<Attribute> attributes) {
    Known first = inputs.isEmpty() ? Known.NOTHING : Known.like(inputs.get(0));
    Known known;
    if (PAIRS.contains(type)) {
      known = pair(type, inputs.get(0), inputs.get(1));
    } else if (ALIKE.contains(type)) {
      known = first;
    } else if (OF_ONE_TYPE.contains(type)) {
      known = new Known(first.type, Optional.empty());
    } else {
      known =
          switch (type) {
            case "Constant", "ConstantOfShape" -> constant(type, attributes);
            case "Cast" -> new Known(Optional.of(castTo(attributes)), first.shape);
            case "Shape" -> Known.ofRank(ElementType.INT64, 1);
            case "ArgMax" -> Known.of(ElementType.INT64);
            case "Where" -> pair(type, inputs.get(1), inputs.get(2));
            case "MatMul" -> product(type, inputs.get(0), inputs.get(1), false);
            case "Gemm" -> product(type, inputs.get(0), inputs.get(1), true);
            case "MatMulInteger" -> Known.of(ElementType.INT32);
            case "Transpose" -> transposed(inputs.get(0), attributes);
            default -> Known.NOTHING;
          };
    }
    return Collections.nCopies(outputs, known);
  }

  private static Known constant(String type, List<Attribute> attributes) {
    for (Attribute attribute : attributes) {
      AttributeProto proto = attribute.proto();
      if (proto.hasT()) {
        Known value = of(proto.getT());
        return type.equals("Constant") ? value : new Known(value.type, Optional.empty());
      }
      switch (proto.getName()) {
        case "value_int" -> {
          return Known.scalar(ElementType.INT64);
        }
        case "value_ints" -> {
          return Known.ofRank(ElementType.INT64, 1);
        }
        case "value_float" -> {
          return Known.scalar(ElementType.FLOAT);
        }
        default -> {}
      }
    }
    return Known.of(ElementType.FLOAT);
  }

  private static ElementType castTo(List<Attribute> attributes) {
    return ElementType.of((int) attributes.get(0).proto().getI());
  }

  /** Two inputs of one type, broadcast. */
  private static Known pair(String type, Value a, Value b) {
    if (a.type().isPresent() && b.type().isPresent() && !a.type().equals(b.type())) {
      throw refused(type, "inputs of one type", a + " and " + b);
    }
    Optional<ElementType> element =
        TRUTHS.contains(type) ? Optional.of(ElementType.BOOL) : a.type().or(b::type);
    if (a.shape().isEmpty() || b.shape().isEmpty()) {
      return new Known(element, Optional.empty());
    }
    List<Dim> left = a.shape().get();
    List<Dim> right = b.shape().get();
    List<Dim> shape = new ArrayList<>();
    int rank = Math.max(left.size(), right.size());
    for (int i = 0; i < rank; i++) {
      Dim x = axis(left, i - rank + left.size());
      Dim y = axis(right, i - rank + right.size());
      if (x.fixed() && y.fixed() && x.size() != y.size() && x.size() != 1 && y.size() != 1) {
        throw refused(type, "shapes that broadcast", a + " and " + b);
      }
      shape.add(broadcast(x, y));
    }
    return new Known(element, Optional.of(shape));
  }

  private static Dim axis(List<Dim> shape, int i) {
    return i < 0 ? Dim.of(1) : shape.get(i);
  }

  private static Dim broadcast(Dim x, Dim y) {
    if (x.fixed() && x.size() == 1) {
      return y;
    }
    return (y.fixed() && y.size() == 1) || x.equals(y) || x.fixed() ? x : Dim.UNKNOWN;
  }

  /** A matrix product; of a Gemm here the second matrix is transposed. */
  private static Known product(String type, Value a, Value b, boolean transposed) {
    if (a.shape().isEmpty() || b.shape().isEmpty()) {
      return new Known(a.type(), Optional.empty());
    }
    List<Dim> left = a.shape().get();
    List<Dim> right = b.shape().get();
    if (left.size() < 2 || right.size() < 2) {
      return new Known(a.type(), Optional.empty());
    }
    Dim inner = left.get(left.size() - 1);
    Dim rows = right.get(right.size() - (transposed ? 1 : 2));
    if (inner.fixed() && rows.fixed() && inner.size() != rows.size()) {
      throw refused(type, "matrices that can be multiplied", a + " and " + b);
    }
    List<Dim> shape = new ArrayList<>(left.subList(0, left.size() - 1));
    shape.add(right.get(right.size() - (transposed ? 2 : 1)));
    return new Known(a.type(), right.size() == 2 ? Optional.of(shape) : Optional.empty());
  }

  private static Known transposed(Value value, List<Attribute> attributes) {
    List<Long> order = attributes.get(0).proto().getIntsList();
    if (value.shape().isEmpty()) {
      return new Known(value.type(), Optional.empty());
    }
    List<Dim> shape = value.shape().get();
    if (shape.size() != order.size()) {
      throw refused("Transpose", "%d axes".formatted(order.size()), value.toString());
    }
    return new Known(
        value.type(), Optional.of(order.stream().map(i -> shape.get(i.intValue())).toList()));
  }

  /**
   * The outputs of one of our operators, whose inputs must have the declared types and axes.
   *
   * @throws IllegalArgumentException if one has not
   */
  static List<Known> of(CustomOperator operator, List<Value> inputs) {
    Letters letters = new Letters();
    Map<String, Dim> symbols = new HashMap<>();
    int at = 0;
    for (OperatorTensor declared : operator.inputs()) {
      int parts = declared.names().size();
      if (parts == 1) {
        match(operator.name(), declared, inputs.get(at), letters, symbols);
      } else {
        matchWeight(operator.name(), declared, inputs.subList(at, at + parts), letters);
      }
      at += parts;
    }
    return operator.outputs().stream().map(output -> output(output, letters, symbols)).toList();
  }

  private static void match(
      String operator,
      OperatorTensor declared,
      Value given,
      Letters letters,
      Map<String, Dim> symbols) {
    requireType(operator, declared.name(), declared.elementType(), given);
    if (given.shape().isEmpty()) {
      return;
    }
    List<String> dimensions = declared.dimensions();
    List<Dim> shape = given.shape().get();
    boolean same = dimensions.size() == shape.size();
    for (int i = 0; same && i < shape.size(); i++) {
      Dim found = shape.get(i);
      if (found.fixed()) {
        letters.learn(dimensions.get(i), found.size());
        OptionalLong expected = letters.find(dimensions.get(i));
        same = expected.isEmpty() || expected.getAsLong() == found.size();
      } else {
        symbols.putIfAbsent(dimensions.get(i), found);
      }
    }
    if (!same) {
      throw refused(
          operator,
          "input '%s' of shape %s".formatted(declared.name(), declared.sized(letters)),
          given.toString());
    }
  }

  /** Blocks, columns, rows and perhaps scales. */
  private static void matchWeight(
      String operator, OperatorTensor declared, List<Value> given, Letters letters) {
    List<Value> parts = declared.values(Nodes.ofFunction(used -> {}));
    for (int i = 0; i < parts.size(); i++) {
      Value expected = parts.get(i);
      requireType(operator, expected.name(), expected.type().orElseThrow(), given.get(i));
      int rank = expected.shape().orElseThrow().size();
      if (given.get(i).shape().map(shape -> shape.size() != rank).orElse(false)) {
        throw refused(
            operator,
            "input '%s' of %d axes".formatted(expected.name(), rank),
            given.get(i).toString());
      }
    }
    rows(given).ifPresent(rows -> matchRows(operator, declared, rows, letters));
  }

  private static void matchRows(
      String operator, OperatorTensor declared, long rows, Letters letters) {
    String dimension = declared.dimensions().get(0);
    letters.learn(dimension, rows);
    OptionalLong expected = letters.find(dimension);
    if (expected.isPresent() && expected.getAsLong() != rows) {
      throw refused(
          operator,
          "weight '%s' of shape %s".formatted(declared.name(), declared.sized(letters)),
          rows + " rows");
    }
  }

  /** The rows of a weight: those of a block, times the rows of blocks. */
  private static OptionalLong rows(List<Value> weight) {
    Optional<List<Dim>> blocks = weight.get(0).shape();
    Optional<List<Dim>> ends = weight.get(2).shape();
    if (blocks.isEmpty() || ends.isEmpty() || !blocks.get().get(1).fixed()) {
      return OptionalLong.empty();
    }
    Dim count = ends.get().get(0);
    return count.fixed()
        ? OptionalLong.of(blocks.get().get(1).size() * (count.size() - 1))
        : OptionalLong.empty();
  }

  private static void requireType(
      String operator, String input, ElementType expected, Value given) {
    if (given.type().isPresent() && given.type().get() != expected) {
      throw refused(operator, "input '%s' of type %s".formatted(input, expected), given.toString());
    }
  }

  private static Known output(OperatorTensor declared, Letters letters, Map<String, Dim> symbols) {
    List<Dim> shape = new ArrayList<>();
    for (String dimension : declared.dimensions()) {
      OptionalLong size = letters.find(dimension);
      shape.add(
          size.isPresent()
              ? Dim.of(size.getAsLong())
              : symbols.getOrDefault(dimension, Dim.UNKNOWN));
    }
    return Known.of(declared.elementType(), shape);
  }

  /** Refuses a value that cannot be an output of the declared type and shape. */
  static void requireOutput(String name, Value value, ElementType type, List<Dim> shape) {
    if (value.type().isPresent() && value.type().get() != type) {
      throw refused("output " + name, "type " + type, value.toString());
    }
    if (value.shape().isEmpty()) {
      return;
    }
    List<Dim> found = value.shape().get();
    boolean same = found.size() == shape.size();
    for (int i = 0; same && i < shape.size(); i++) {
      Dim x = found.get(i);
      Dim y = shape.get(i);
      same = !x.fixed() || !y.fixed() || x.size() == y.size();
    }
    if (!same) {
      throw refused("output " + name, "shape " + shape, value.toString());
    }
  }

  private static IllegalArgumentException refused(String where, String expected, String found) {
    return new IllegalArgumentException(
        "%s: expected %s, given %s".formatted(where, expected, found));
  }
}
