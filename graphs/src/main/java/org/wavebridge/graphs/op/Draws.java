package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;

/**
 * Distribution to sample in standard operators; the uniforms are inputs. See docs/numerics.md, the
 * sections on drawing.
 */
public final class Draws {
  private static final float UNIT = 1 << 24;
  private static final float HALF_RANGE = 32768;

  private Draws() {}

  /**
   * Draws a class by comparing integer cumulative sums with an integer threshold.
   *
   * @param logits {@code [N, C]}
   * @param uniform {@code [N, 1]}
   * @param temperature {@code [N, 1]}, or {@code [1]} for all
   * @return the class as float {@code [N, 1]}
   */
  public static Value categorical(Nodes g, Value logits, Value uniform, Value temperature) {
    return drawn(g, weights(g, logits, temperature), uniform);
  }

  /**
   * The same after a share of all probability is taken from that of every class, as far as it goes.
   *
   * @param floor the share, in units of 2^-24
   */
  public static Value categorical(
      Nodes g, Value logits, Value uniform, Value temperature, int floor) {
    Value weights = weights(g, logits, temperature);
    Value total = g.node("ReduceSum", List.of(weights, longs(g, 1)), Attribute.of("keepdims", 1));
    Value share = div(g, mul(g, total, scalar(g, floor)), scalar(g, 1 << 24));
    Value left = g.node("Max", List.of(sub(g, weights, share), scalar(g, 0)));
    return drawn(g, left, uniform);
  }

  /** Integer likelihoods {@code [N, C]}, the largest 2^24. */
  private static Value weights(Nodes g, Value logits, Value temperature) {
    Value scaled = div(g, logits, temperature);
    Value largest = g.node("ReduceMax", List.of(scaled), Attribute.of("axes", new long[] {-1}));
    Value likelihood = unary(g, "Exp", sub(g, scaled, largest));
    return cast(g, unary(g, "Round", mul(g, likelihood, constant(g, UNIT))), ElementType.INT64);
  }

  /** The class whose cumulative weight is the first above the uniform's share of the total. */
  private static Value drawn(Nodes g, Value weights, Value uniform) {
    Value unit = constant(g, UNIT);
    Value sums = g.node("CumSum", List.of(weights, scalar(g, 1)));
    Value total = slice(g, sums, 1, -1, Long.MAX_VALUE);
    Value drawn = cast(g, unary(g, "Floor", mul(g, uniform, unit)), ElementType.INT64);
    Value below =
        g.node("LessOrEqual", List.of(mul(g, sums, scalar(g, 1 << 24)), mul(g, drawn, total)));
    // The sums only grow, so those below the threshold are counted: which of several largest
    // elements a search for one finds is not the same everywhere.
    Value count =
        g.node(
            "ReduceSum",
            List.of(cast(g, below, ElementType.FLOAT), longs(g, 1)),
            Attribute.of("keepdims", 1));
    Value any = g.node("Greater", List.of(total, scalar(g, 0)));
    return mul(g, count, cast(g, any, ElementType.FLOAT));
  }

  /**
   * The value of a class in [-1, 1]: 2k / (classes - 1) - 1.
   *
   * @param index class as float, any shape
   * @param last classes - 1 as a float scalar
   */
  public static Value valueOf(Nodes g, Value index, Value last) {
    return sub(g, div(g, add(g, index, index), last), constant(g, 1));
  }

  /**
   * The values that drawing the samples of bands needs besides uniforms.
   *
   * @param temperature {@code [N, 1]}
   * @param unit 16-bit levels of one unit of means and scales, scalar
   * @param margin of the uniforms, scalar
   */
  public record BandDraw(Value temperature, Value unit, Value margin) {}

  /**
   * Draws 16-bit samples from mixtures of logistics: the component as a class, then a value by
   * inverting the logistic distribution, truncated toward zero.
   *
   * @param outputs {@code [N, 3K]}: mixture logits, means, scales before softplus
   * @param uniforms {@code [N, 2]}
   * @return the samples / 32768, {@code [N, 1]}
   */
  public static Value bandMixture(Nodes g, Value outputs, Value uniforms, BandDraw draw) {
    List<Value> parts = split(g, outputs, 1, 3);
    List<Value> u = split(g, uniforms, 1, 2);
    Value one = constant(g, 1);
    Value component =
        cast(g, categorical(g, parts.get(0), u.get(0), draw.temperature()), ElementType.INT64);
    Value mean = atComponent(g, parts.get(1), component);
    Value growth = unary(g, "Exp", atComponent(g, parts.get(2), component));
    Value scale = mul(g, unary(g, "Log", add(g, growth, one)), draw.temperature());
    Value width = sub(g, one, add(g, draw.margin(), draw.margin()));
    Value q = add(g, mul(g, u.get(1), width), draw.margin());
    Value logistic = unary(g, "Log", div(g, sub(g, one, q), q));
    Value level = mul(g, add(g, mean, mul(g, scale, logistic)), draw.unit());
    return div(g, truncated(g, level), constant(g, HALF_RANGE));
  }

  /** Limits to 16-bit levels and truncates toward zero. */
  public static Value truncated(Nodes g, Value level) {
    Value limited = clip(g, level, -HALF_RANGE, HALF_RANGE - 1);
    return cast(g, cast(g, limited, ElementType.INT32), ElementType.FLOAT);
  }

  /** The value of each row's component. */
  public static Value atComponent(Nodes g, Value values, Value component) {
    return g.node("GatherElements", List.of(values, component), Attribute.of("axis", 1));
  }
}
