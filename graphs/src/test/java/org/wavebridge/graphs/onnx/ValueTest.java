package org.wavebridge.graphs.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.wavebridge.graphs.op.BlockSparseGemm;

/** The shape and type that a value knows, and the nodes that are refused for them. */
final class ValueTest {
  private final ModelBuilder g = new ModelBuilder("test", "");
  private final Value x = g.input("x", Dim.N, Dim.of(6));

  private static void refused(String message, Runnable node) {
    String found = assertThrows(IllegalArgumentException.class, node::run).getMessage();
    assertTrue(found.contains(message), found);
  }

  /** Inputs of a product of 2 rows of blocks of 4 x 1 with six columns. */
  private List<Value> product() {
    return new ArrayList<>(
        List.of(
            x,
            g.initializer("blocks", new float[12], 3, 4, 1),
            g.initializer("columns", new int[3], 3),
            g.initializer("rows", new int[3], 3),
            g.initializer("bias", new float[8], 8)));
  }

  private Value product(List<Value> inputs) {
    return g.node(BlockSparseGemm.OPERATOR, inputs, Attribute.of(BlockSparseGemm.INPUTS, 6)).get(0);
  }

  @Test
  void knowsTypeAndAxes() {
    assertEquals(Optional.of(List.of(Dim.N, Dim.of(6))), x.shape());
    assertEquals(Optional.of(List.of(Dim.of(6), Dim.N)), transpose(g, x, 1, 0).shape());
    assertEquals(Optional.of(ElementType.INT64), cast(g, x, ElementType.INT64).type());
    Value weight = g.initializer("w", new float[30], 6, 5);
    assertEquals(Optional.of(List.of(Dim.N, Dim.of(5))), matMul(g, x, weight).shape());
    assertEquals(Optional.of(List.of(Dim.N, Dim.of(8))), product(product()).shape());
    assertEquals(Optional.of(ElementType.BOOL), g.node("Less", List.of(x, constant(g, 1))).type());
  }

  @Test
  void valuesOfAnotherGraphAreRefused() {
    Value other = new ModelBuilder("other", "").input("x", Dim.N);
    refused("Add: 'x' FLOAT [N] belongs to another graph", () -> add(g, x, other));
    refused("output y: 'x' FLOAT [N] belongs to another graph", () -> g.output("y", other, Dim.N));
  }

  @Test
  void valuesOfALoopAreRefusedOutsideOfIt() {
    List<Value> inside = new ArrayList<>();
    Value after =
        g.loop(
                scalar(g, 3),
                List.of(x),
                0,
                (body, t, carried) -> {
                  inside.add(add(body, carried.get(0), x));
                  return inside;
                })
            .get(0);
    refused("or to a loop inside of this one", () -> add(g, after, inside.get(0)));
  }

  @Test
  void typesThatDifferAreRefused() {
    refused("Add: expected inputs of one type", () -> add(g, x, scalar(g, 1)));
    List<Value> inputs = product();
    inputs.set(2, g.initializer("columns_of_floats", new float[3], 3));
    refused("expected input 'weight_columns' of type INT32", () -> product(inputs));
  }

  @Test
  void shapesThatDoNotFitAreRefused() {
    Value five = g.initializer("five", new float[5], 5);
    refused("Mul: expected shapes that broadcast", () -> mul(g, x, five));
    Value weight = g.initializer("w", new float[35], 5, 7);
    refused("MatMul: expected matrices that can be multiplied", () -> matMul(g, x, weight));
    refused("Transpose: expected 3 axes", () -> transpose(g, x, 0, 2, 1));
    List<Value> inputs = product();
    inputs.set(4, g.initializer("short", new float[7], 7));
    refused(
        "expected input 'bias' of shape [R = 8], given 'short' FLOAT [7]", () -> product(inputs));
    refused("output y: expected shape [N, 5]", () -> g.output("y", x, Dim.N, Dim.of(5)));
  }
}
