package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;

/**
 * A weight as three inputs of an operator: {@code W_blocks [Z, bh, bw]}, {@code W_columns [Z]},
 * {@code W_rows [R/bh + 1]} (docs/operators.md), and its expansion to a dense matrix inside a
 * function body.
 */
public final class Weights {
  private Weights() {}

  /**
   * The dense matrix {@code [R, columns]} of a weight. All its inputs are constant, so a runtime
   * folds these nodes once, before any loop.
   *
   * @param columns K as int64 {@code [1]}
   */
  public static Value dense(Nodes g, Map<String, Value> inputs, String name, Value columns) {
    return dense(g, inputs, name, columns, shape -> g.node("ConstantOfShape", List.of(shape)));
  }

  /** The same of a quantised weight, as int8. */
  public static Value denseInt8(Nodes g, Map<String, Value> inputs, String name, Value columns) {
    return dense(g, inputs, name, columns, shape -> int8Zeros(g, shape));
  }

  private static Value dense(
      Nodes g, Map<String, Value> inputs, String name, Value columns, UnaryOperator<Value> zeros) {
    Value blocks = Inputs.get(inputs, name + "_blocks");
    Value column = Inputs.get(inputs, name + "_columns");
    Value rows = Inputs.get(inputs, name + "_rows");
    return g.in(name, scoped -> expand(scoped, blocks, column, rows, columns, zeros));
  }

  private static Value expand(
      Nodes g, Value blocks, Value column, Value rows, Value columns, UnaryOperator<Value> zeros) {
    Value height = size(g, blocks, 1);
    Value width = size(g, blocks, 2);
    Value one = longs(g, 1);
    Value blockRows = sub(g, size(g, rows, 0), one);
    Value blockColumns = div(g, add(g, columns, sub(g, width, one)), width);
    Value empty = zeros.apply(concat(g, 0, blockRows, blockColumns, height, width));
    Value indices =
        concat(
            g,
            1,
            rowOfEachBlock(g, blocks, rows),
            unsqueeze(g, cast(g, column, ElementType.INT64), 1));
    Value grid = g.node("ScatterND", List.of(empty, indices, blocks));
    Value shape = concat(g, 0, mul(g, blockRows, height), mul(g, blockColumns, width));
    // A matrix without columns has a size of 0, which Reshape otherwise takes for "as before".
    Value matrix =
        g.node(
            "Reshape",
            List.of(transpose(g, grid, 0, 2, 1, 3), shape),
            Attribute.of("allowzero", 1));
    return g.node("Slice", List.of(matrix, longs(g, 0), columns, longs(g, 1)));
  }

  /**
   * Block z lies in the row of blocks whose number is how many of rows[1..] are at most z: int64
   * {@code [Z, 1]}.
   */
  private static Value rowOfEachBlock(Nodes g, Value blocks, Value rows) {
    Value z = range(g, squeeze(g, size(g, blocks, 0), 0));
    Value ends = cast(g, slice(g, rows, 0, 1, Long.MAX_VALUE), ElementType.INT64);
    Value passed = g.node("LessOrEqual", List.of(unsqueeze(g, ends, 0), unsqueeze(g, z, 1)));
    return g.node(
        "ReduceSum",
        List.of(cast(g, passed, ElementType.INT64), longs(g, 1)),
        Attribute.of("keepdims", 1));
  }
}
