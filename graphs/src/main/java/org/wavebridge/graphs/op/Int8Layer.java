package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.function.UnaryOperator;
import org.wavebridge.graphs.contract.Activations;
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
 * @param range of the activations; those of more than 8 bits are split in two, which are multiplied
 *     alone
 */
record Int8Layer(Value weight, Value scales, Value bias, boolean bounded, Activations range)
    implements Layer {
  private static final int ZERO = 128;

  /** An activation of 12 bits is {@code 64 h + l}: h in -32..31, l in 0..63. */
  private static final int PARTS = 64;

  @Override
  public Value of(Nodes g, Value x) {
    Value largest = constant(g, range.largest());
    Value factor;
    Value scale;
    if (bounded) {
      factor = largest;
      scale = mul(g, scales, constant(g, 1f / range.largest()));
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
    Value rounded =
        clip(g, unary(g, "Round", mul(g, x, factor)), -range.largest(), range.largest());
    Value sums = range == Activations.BITS_8 ? product(g, rounded, ZERO) : inParts(g, rounded);
    return add(g, mul(g, cast(g, sums, ElementType.FLOAT), scale), bias);
  }

  private Value product(Nodes g, Value activations, int zero) {
    Value bytes = cast(g, add(g, activations, constant(g, zero)), ElementType.UINT8);
    return g.node("MatMulInteger", List.of(bytes, unsigned(g), uint8(g, zero), uint8(g, ZERO)));
  }

  /** The sums of {@code 64 h} and of {@code l}, as 64-bit integers. */
  private Value inParts(Nodes g, Value activations) {
    Value high = unary(g, "Floor", mul(g, activations, constant(g, 1f / PARTS)));
    Value low = sub(g, activations, mul(g, high, constant(g, PARTS)));
    Value highSums = cast(g, product(g, high, PARTS / 2), ElementType.INT64);
    Value lowSums = cast(g, product(g, low, 0), ElementType.INT64);
    return add(g, mul(g, highSums, scalar(g, PARTS)), lowSums);
  }

  /** The transposed weight as unsigned bytes around 128; constant, so made once. */
  private Value unsigned(Nodes g) {
    Value shifted =
        add(g, cast(g, transpose(g, weight, 1, 0), ElementType.FLOAT), constant(g, ZERO));
    return cast(g, shifted, ElementType.UINT8);
  }

  @Override
  public Int8Layer reordered(UnaryOperator<Value> order) {
    return new Int8Layer(
        order.apply(weight), order.apply(scales), order.apply(bias), bounded, range);
  }

  @Override
  public Int8Layer withBias(Value other) {
    return new Int8Layer(weight, scales, other, bounded, range);
  }
}
