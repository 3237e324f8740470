package org.wavebridge.graphs.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Axes of the outputs of standard operators that {@link Inference} does not follow, since they
 * depend on values of constants: those that move, cut and join tensors. Source: the operators'
 * definitions in ONNX, opset 17.
 */
final class ShapeRules {
  private final NodeProto node;
  private final List<Optional<List<Dim>>> shapes;
  private final ParsedModel constants;
  private final Map<String, List<Dim>> asked;

  /**
   * Rules for a node.
   *
   * @param shapes of its inputs, where they are known
   * @param constants the graph that it belongs to
   * @param asked the shapes that outputs of {@code Shape} hold, by their names
   */
  ShapeRules(
      NodeProto node,
      List<Optional<List<Dim>>> shapes,
      ParsedModel constants,
      Map<String, List<Dim>> asked) {
    this.node = node;
    this.shapes = shapes;
    this.constants = constants;
    this.asked = asked;
  }

  /** The axes of each output; empty where they do not follow. */
  List<Optional<List<Dim>>> outputs() {
    int count = node.getOutputCount();
    if (node.getOpType().equals("Split")) {
      return IntStream.range(0, count).mapToObj(this::split).toList();
    }
    Optional<List<Dim>> shape =
        switch (node.getOpType()) {
          case "Reshape" -> reshape();
          case "Slice" -> slice();
          case "Concat" -> concat();
          case "Unsqueeze" -> unsqueeze();
          case "Squeeze" -> values(1).flatMap(axes -> shape(0).map(from -> without(from, axes)));
          case "Gather" -> gather();
          case "GatherElements" -> shape(1);
          case "ReduceMax", "ReduceSum", "ReduceMean", "ArgMax" -> reduce();
          case "MatMulInteger" -> product();
          default -> Optional.empty();
        };
    return Collections.nCopies(count, shape);
  }

  private Optional<List<Dim>> shape(int input) {
    return input < shapes.size() ? shapes.get(input) : Optional.empty();
  }

  private Optional<long[]> values(int input) {
    return input < node.getInputCount() && constants.isConstant(node.getInput(input))
        ? Optional.of(constants.longs(node.getInput(input)))
        : Optional.empty();
  }

  private Optional<AttributeProto> attribute(String name) {
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals(name))
        .findFirst();
  }

  private int axis(int rank) {
    int axis = attribute("axis").map(found -> (int) found.getI()).orElse(0);
    return axis < 0 ? axis + rank : axis;
  }

  private static List<Dim> with(List<Dim> shape, int axis, Dim size) {
    List<Dim> changed = new ArrayList<>(shape);
    changed.set(axis, size);
    return changed;
  }

  private Optional<List<Dim>> split(int output) {
    return shape(0)
        .map(
            shape -> {
              int axis = axis(shape.size());
              Dim whole = shape.get(axis);
              Optional<long[]> sizes = values(1);
              Dim part =
                  sizes.isPresent()
                      ? Dim.of(sizes.get()[output])
                      : whole.fixed() ? Dim.of(whole.size() / node.getOutputCount()) : Dim.UNKNOWN;
              return with(shape, axis, part);
            });
  }

  /** Of the size -1 there is what the others leave, a letter where only one is left. */
  private Optional<List<Dim>> reshape() {
    Optional<long[]> target = values(1);
    if (target.isEmpty() || shape(0).isEmpty()) {
      return Optional.ofNullable(asked.get(node.getInput(1)));
    }
    List<Dim> left = new ArrayList<>(shape(0).get());
    List<Dim> made = new ArrayList<>();
    int open = -1;
    for (int i = 0; i < target.get().length; i++) {
      long size = target.get()[i];
      open = size == -1 ? i : open;
      made.add(size == 0 ? shape(0).get().get(i) : Dim.of(size));
    }
    if (open < 0) {
      return Optional.of(made);
    }
    long others = 1;
    for (int i = 0; i < made.size(); i++) {
      Dim dim = made.get(i);
      if (i != open && dim.fixed()) {
        others *= dim.size();
      } else if (i != open) {
        left.remove(dim);
      }
    }
    long fixed = left.stream().filter(Dim::fixed).mapToLong(Dim::size).reduce(1, (a, b) -> a * b);
    List<Dim> letters = left.stream().filter(dim -> !dim.fixed()).toList();
    Dim rest =
        letters.isEmpty() && others > 0
            ? Dim.of(fixed / others)
            : letters.size() == 1 && fixed == others ? letters.get(0) : Dim.UNKNOWN;
    made.set(open, rest);
    return Optional.of(made);
  }

  private Optional<List<Dim>> slice() {
    Optional<long[]> starts = values(1);
    Optional<long[]> ends = values(2);
    if (shape(0).isEmpty() || starts.isEmpty() || ends.isEmpty()) {
      return Optional.empty();
    }
    List<Dim> made = new ArrayList<>(shape(0).get());
    long[] axes =
        node.getInputCount() > 3 ? values(3).orElse(new long[0]) : range(starts.get().length);
    boolean steps =
        node.getInputCount() > 4
            && !values(4).map(by -> Arrays.stream(by).allMatch(step -> step == 1)).orElse(false);
    if (axes.length != starts.get().length || steps) {
      return Optional.empty();
    }
    for (int i = 0; i < axes.length; i++) {
      int axis = (int) (axes[i] < 0 ? axes[i] + made.size() : axes[i]);
      long size = made.get(axis).size();
      boolean all = starts.get()[i] == 0 && ends.get()[i] >= Integer.MAX_VALUE;
      if (made.get(axis).fixed()) {
        long from = within(starts.get()[i], size);
        made.set(axis, Dim.of(Math.max(0, within(ends.get()[i], size) - from)));
      } else if (!all) {
        made.set(axis, Dim.UNKNOWN);
      }
    }
    return Optional.of(made);
  }

  private static long within(long at, long size) {
    return Math.max(0, Math.min(size, at < 0 ? at + size : at));
  }

  private Optional<List<Dim>> concat() {
    if (shapes.isEmpty() || shapes.stream().anyMatch(Optional::isEmpty)) {
      return Optional.empty();
    }
    List<Dim> first = shapes.get(0).orElseThrow();
    int axis = axis(first.size());
    List<Dim> along = shapes.stream().map(shape -> shape.orElseThrow().get(axis)).toList();
    boolean fixed = along.stream().allMatch(Dim::fixed);
    Dim sum = fixed ? Dim.of(along.stream().mapToLong(Dim::size).sum()) : Dim.UNKNOWN;
    return Optional.of(with(first, axis, along.size() == 1 ? along.get(0) : sum));
  }

  private Optional<List<Dim>> unsqueeze() {
    Optional<long[]> axes = values(1);
    if (shape(0).isEmpty() || axes.isEmpty()) {
      return Optional.empty();
    }
    List<Dim> made = new ArrayList<>(shape(0).get());
    int rank = made.size() + axes.get().length;
    for (long axis : sorted(axes.get(), rank)) {
      made.add((int) axis, Dim.of(1));
    }
    return Optional.of(made);
  }

  private static List<Dim> without(List<Dim> shape, long[] axes) {
    List<Dim> made = new ArrayList<>(shape);
    long[] sorted = sorted(axes, shape.size());
    for (int i = sorted.length - 1; i >= 0; i--) {
      made.remove((int) sorted[i]);
    }
    return made;
  }

  private Optional<List<Dim>> gather() {
    if (shape(0).isEmpty() || shape(1).isEmpty()) {
      return Optional.empty();
    }
    List<Dim> from = shape(0).get();
    int axis = axis(from.size());
    List<Dim> made = new ArrayList<>(from.subList(0, axis));
    made.addAll(shape(1).get());
    made.addAll(from.subList(axis + 1, from.size()));
    return Optional.of(made);
  }

  /** Over axes in an attribute (or one) or in an input; all where none are given. */
  private Optional<List<Dim>> reduce() {
    if (shape(0).isEmpty() || (node.getInputCount() > 1 && values(1).isEmpty())) {
      return Optional.empty();
    }
    List<Dim> from = shape(0).get();
    long[] axes =
        node.getOpType().equals("ArgMax")
            ? new long[] {axis(from.size())}
            : values(1)
                .or(
                    () ->
                        attribute("axes")
                            .map(
                                found ->
                                    found.getIntsList().stream()
                                        .mapToLong(Long::longValue)
                                        .toArray()))
                .orElse(range(from.size()));
    boolean keeps = attribute("keepdims").map(found -> found.getI() != 0).orElse(true);
    if (!keeps) {
      return Optional.of(without(from, axes));
    }
    List<Dim> made = new ArrayList<>(from);
    for (long axis : sorted(axes, from.size())) {
      made.set((int) axis, Dim.of(1));
    }
    return Optional.of(made);
  }

  private Optional<List<Dim>> product() {
    if (shape(0).isEmpty() || shape(1).isEmpty() || shape(1).get().size() != 2) {
      return Optional.empty();
    }
    List<Dim> left = shape(0).get();
    return Optional.of(with(left, left.size() - 1, shape(1).get().get(1)));
  }

  private static long[] range(int size) {
    return IntStream.range(0, size).asLongStream().toArray();
  }

  private static long[] sorted(long[] axes, int rank) {
    return Arrays.stream(axes).map(axis -> axis < 0 ? axis + rank : axis).sorted().toArray();
  }
}
