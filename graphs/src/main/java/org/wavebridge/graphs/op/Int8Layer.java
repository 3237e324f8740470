package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.function.UnaryOperator;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;

/**
 * A quantised layer in standard operators (docs/numerics.md, the int8 profile). The product runs on
 * unsigned bytes around a zero point of 128: the signed product of some runtimes saturates on CPUs
 * without dot-product instructions, the unsigned one is exact everywhere.
 *
 * @param weight int8 {@code [R, K]}
 * @param scales {@code [R]}
 * @param bias {@code [R]} or {@code [N, R]}
 * @param bounded whether the input lies in [-1, 1]
 */
record Int8Layer(Value weight, Value scales, Value bias, boolean bounded) implements Layer {
  private static final int LARGEST = 127;
  private static final int ZERO = 128;

  @Override
  public Value of(Nodes g, Value x) {
    Value largest = constant(g, LARGEST);
    Value factor;
    Value scale;
    if (bounded) {
      factor = largest;
      scale = mul(g, scales, constant(g, 1f / LARGEST));
    } else {
      Value most =
          g.node("ReduceMax", List.of(unary(g, "Abs", x)), Attribute.of("axes", new long[] {-1}));
      Value zero = constant(g, 0);
      Value positive = g.node("Greater", List.of(most, zero));
      factor = g.node("Where", List.of(positive, div(g, largest, most), zero));
      // An outer product behind a Where: ONNX Runtime fuses plain factors of an integer product
      // into kernels that round differently.
      Value unit = g.node("Where", List.of(positive, div(g, most, largest), zero));
      scale = matMul(g, unit, unsqueeze(g, scales, 0));
    }
    Value rounded = clip(g, unary(g, "Round", mul(g, x, factor)), -LARGEST, LARGEST);
    Value activations = cast(g, add(g, rounded, constant(g, ZERO)), ElementType.UINT8);
    Value zeroPoint = uint8(g, ZERO);
    Value sums = g.node("MatMulInteger", List.of(activations, unsigned(g), zeroPoint, zeroPoint));
    return add(g, mul(g, cast(g, sums, ElementType.FLOAT), scale), bias);
  }

  /** The transposed weight as unsigned bytes around 128; constant, so made once. */
  private Value unsigned(Nodes g) {
    Value shifted =
        add(g, cast(g, transpose(g, weight, 1, 0), ElementType.FLOAT), constant(g, ZERO));
    return cast(g, shifted, ElementType.UINT8);
  }

  @Override
  public Int8Layer reordered(UnaryOperator<Value> order) {
    return new Int8Layer(order.apply(weight), order.apply(scales), order.apply(bias), bounded);
  }

  @Override
  public Int8Layer withBias(Value other) {
    return new Int8Layer(weight, scales, other, bounded);
  }
}
