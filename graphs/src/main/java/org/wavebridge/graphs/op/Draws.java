package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import org.wavebridge.graphs.model.Head;
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
  private static final float LOWEST_UNIFORM = 1e-5f;
  private static final float HIGHEST_UNIFORM = 0.99999f;

  /** A normal quantile is (2u - 1) times this polynomial, lowest power first. */
  private static final float[] NORMAL_QUANTILE = {
    2.6287088f,
    1.291776f,
    0.15961002f,
    -0.10021941f,
    0.018626025f,
    0.017271534f,
    -0.008633817f,
    -0.0032326791f,
    0.0025071176f,
    5.0131866e-4f,
    -4.7583718e-4f,
    -5.6010333e-5f,
    5.2680261e-5f,
    3.1567617e-6f,
    -2.5086617e-6f
  };

  private Draws() {}

  /**
   * Draws a class by comparing integer cumulative sums with an integer threshold.
   *
   * @param logits {@code [N, C]}
   * @param uniform {@code [N, 1]}
   * @param temperature {@code [1]}
   * @return the class as float {@code [N, 1]}
   */
  public static Value categorical(Nodes g, Value logits, Value uniform, Value temperature) {
    Value scaled = div(g, logits, temperature);
    Value largest = g.node("ReduceMax", List.of(scaled), Attribute.of("axes", new long[] {-1}));
    Value likelihood = unary(g, "Exp", sub(g, scaled, largest));
    Value unit = constant(g, UNIT);
    Value weights = cast(g, unary(g, "Round", mul(g, likelihood, unit)), ElementType.INT64);
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
   * Draws from a mixture of logistics: the component by Gumbel-max, then a value by inverting the
   * logistic distribution.
   *
   * @param parameters {@code [N, 3M]}: mixture logits, means, log scales
   * @param uniforms {@code [N, M + 1]}
   * @param temperature {@code [1]}
   * @return the value {@code [N, 1]}
   */
  public static Value mixtureOfLogistics(
      Nodes g, Value parameters, Value uniforms, Value temperature) {
    List<Value> parts = split(g, parameters, 1, 3);
    Value u = clip(g, uniforms, LOWEST_UNIFORM, HIGHEST_UNIFORM);
    Value uComponent = slice(g, u, 1, 0, -1);
    Value uValue = slice(g, u, 1, -1, Long.MAX_VALUE);
    Value gumbel = unary(g, "Log", unary(g, "Neg", unary(g, "Log", uComponent)));
    Value component = argMax(g, sub(g, div(g, parts.get(0), temperature), gumbel));
    Value mean = atComponent(g, parts.get(1), component);
    Value logScale =
        g.node(
            "Max",
            List.of(
                atComponent(g, parts.get(2), component),
                constant(g, (float) StrictMath.log(1e-14))));
    Value logistic =
        sub(g, unary(g, "Log", uValue), unary(g, "Log", sub(g, constant(g, 1), uValue)));
    Value scale = mul(g, unary(g, "Exp", logScale), temperature);
    return clip(g, add(g, mean, mul(g, scale, logistic)), -1, 1);
  }

  /**
   * Draws from a normal distribution by inverting it.
   *
   * @param parameters {@code [N, 2]}: mean, logarithm of the standard deviation
   * @param uniform {@code [N, 1]}
   * @param temperature {@code [1]}
   * @return the value {@code [N, 1]}
   */
  public static Value gaussian(Nodes g, Value parameters, Value uniform, Value temperature) {
    List<Value> parts = split(g, parameters, 1, 2);
    Value one = constant(g, 1);
    Value u = clip(g, uniform, 1 / UNIT, 1 - 1 / UNIT);
    Value product = mul(g, constant(g, 4), mul(g, u, sub(g, one, u)));
    Value root = unary(g, "Sqrt", unary(g, "Relu", unary(g, "Neg", unary(g, "Log", product))));
    Value v = sub(g, root, constant(g, 2));
    Value p = constant(g, NORMAL_QUANTILE[NORMAL_QUANTILE.length - 1]);
    for (int i = NORMAL_QUANTILE.length - 2; i >= 0; i--) {
      p = add(g, mul(g, p, v), constant(g, NORMAL_QUANTILE[i]));
    }
    Value quantile = mul(g, sub(g, add(g, u, u), one), p);
    Value logDeviation =
        g.node("Max", List.of(parts.get(1), constant(g, Head.Gaussian.MINIMUM_LOG_DEVIATION)));
    Value deviation = mul(g, unary(g, "Exp", logDeviation), temperature);
    return clip(g, add(g, parts.get(0), mul(g, deviation, quantile)), -1, 1);
  }

  /**
   * The values that drawing the samples of bands needs besides uniforms.
   *
   * @param temperature {@code [1]}
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

  private static Value atComponent(Nodes g, Value values, Value component) {
    return g.node("GatherElements", List.of(values, component), Attribute.of("axis", 1));
  }
}
