package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.add;
import static org.wavebridge.graphs.onnx.StandardOps.attribute;
import static org.wavebridge.graphs.onnx.StandardOps.cast;
import static org.wavebridge.graphs.onnx.StandardOps.constant;
import static org.wavebridge.graphs.onnx.StandardOps.div;
import static org.wavebridge.graphs.onnx.StandardOps.gather;
import static org.wavebridge.graphs.onnx.StandardOps.longs;
import static org.wavebridge.graphs.onnx.StandardOps.mul;
import static org.wavebridge.graphs.onnx.StandardOps.range;
import static org.wavebridge.graphs.onnx.StandardOps.scalar;
import static org.wavebridge.graphs.onnx.StandardOps.squeeze;
import static org.wavebridge.graphs.onnx.StandardOps.sub;
import static org.wavebridge.graphs.onnx.StandardOps.unsqueeze;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OperatorAttribute;
import org.wavebridge.graphs.onnx.OperatorTensor;
import org.wavebridge.graphs.onnx.Value;

/**
 * The random numbers of seeds: a seed and the index of the first sample for each row, {@code [N]},
 * and the number of samples T to uniforms {@code [N, T, draws]}, each the fixed function of (seed,
 * sample, draw) in row 0 that docs/numerics.md has. Source: Philox 4x32-10, Salmon et al. 2011.
 *
 * <p>The body holds a word of 32 bits in an int64, which standard operators have no exclusive or
 * for: it is looked up by halves of bytes.
 */
public final class PhiloxUniforms {
  /** Attribute: uniforms of a sample. */
  public static final String DRAWS = "draws";

  /** The operator. */
  public static final CustomOperator OPERATOR =
      new CustomOperator(
          "PhiloxUniforms",
          "The uniforms of samples, [N, T, draws]: k 2^-24 with k the top 24 bits of the first word of Philox 4x32-10 for the key seed [N] and the counter (draw,"
              + " low word of the sample, its high word, 0). sample [N] is the index of each row's first sample, samples [1] their number T.",
          List.of(
              OperatorTensor.integers("seed", "[N]"),
              OperatorTensor.integers("sample", "[N]"),
              OperatorTensor.integers("samples", "[1]")),
          List.of(OperatorTensor.values("uniforms", "[N, T, draws]")),
          List.of(
              OperatorAttribute.integer(DRAWS, 1, Head.MOST_OUTPUTS + 1L, "uniforms of a sample")),
          PhiloxUniforms::body);

  private static final int ROUNDS = 10;
  private static final long WORD = 1L << 32;
  private static final long HALF_WORD = 1L << 16;
  private static final int DIGITS = 8;
  private static final int DIGIT = 16;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final long WEYL_0 = 0x9E3779B9L;
  private static final long WEYL_1 = 0xBB67AE85L;

  private final Nodes g;

  private PhiloxUniforms(Nodes g) {
    this.g = g;
  }

  private static List<Value> body(Nodes g, Map<String, Value> inputs) {
    PhiloxUniforms words = new PhiloxUniforms(g);
    Value seed = unsqueeze(g, Inputs.get(inputs, "seed"), 1, 2);
    Value first = unsqueeze(g, Inputs.get(inputs, "sample"), 1);
    Value count = squeeze(g, Inputs.get(inputs, "samples"), 0);
    Value sample = unsqueeze(g, add(g, first, range(g, count)), 2);
    Value draws = range(g, attribute(g, DRAWS));
    Value zero = mul(g, add(g, sample, draws), scalar(g, 0));
    List<Value> start =
        List.of(
            add(g, draws, zero),
            add(g, words.low(sample), zero),
            add(g, words.high(sample), zero),
            zero,
            words.low(seed),
            words.high(seed));
    Value word =
        g.loop(
                scalar(g, ROUNDS),
                start,
                0,
                (body, round, block) -> new PhiloxUniforms(body).round(block))
            .get(0);
    Value top = cast(g, div(g, word, scalar(g, 1 << 8)), ElementType.FLOAT);
    return List.of(mul(g, top, constant(g, 0x1p-24f)));
  }

  /** One round: the words of the counter and of the key to the next ones. */
  private List<Value> round(List<Value> block) {
    Product product0 = product(block.get(0), MULTIPLIER_0);
    Product product1 = product(block.get(2), MULTIPLIER_1);
    Value key0 = block.get(4);
    Value key1 = block.get(5);
    return List.of(
        exclusiveOr(product1.high, block.get(1), key0),
        product1.low,
        exclusiveOr(product0.high, block.get(3), key1),
        product0.low,
        mod(add(g, key0, scalar(g, WEYL_0)), WORD),
        mod(add(g, key1, scalar(g, WEYL_1)), WORD));
  }

  /** The two words of a product of two words. */
  private record Product(Value low, Value high) {}

  /** By halves of the word, so that nothing exceeds 63 bits. */
  private Product product(Value word, long multiplier) {
    Value factor = scalar(g, multiplier);
    Value half = scalar(g, HALF_WORD);
    Value below = mul(g, mod(word, HALF_WORD), factor);
    Value middle = add(g, mul(g, div(g, word, half), factor), div(g, below, half));
    Value low = add(g, mul(g, mod(middle, HALF_WORD), half), mod(below, HALF_WORD));
    return new Product(low, div(g, middle, half));
  }

  private Value exclusiveOr(Value a, Value b, Value c) {
    Value both = lookedUp(digits(a), digits(b));
    Value all = mul(g, lookedUp(both, digits(c)), longs(g, places()));
    return g.node("ReduceSum", List.of(all, longs(g, -1)), Attribute.of("keepdims", 0));
  }

  private Value lookedUp(Value a, Value b) {
    long[] table = new long[DIGIT * DIGIT];
    for (int i = 0; i < table.length; i++) {
      table[i] = (i / DIGIT) ^ (i % DIGIT);
    }
    return gather(g, longs(g, table), add(g, mul(g, a, scalar(g, DIGIT)), b), 0);
  }

  /** The digits of a word to base 16, along a new last axis, the lowest first. */
  private Value digits(Value word) {
    return mod(div(g, unsqueeze(g, word, -1), longs(g, places())), DIGIT);
  }

  private static long[] places() {
    long[] places = new long[DIGITS];
    for (int i = 0; i < DIGITS; i++) {
      places[i] = 1L << (4 * i);
    }
    return places;
  }

  /** The low word of a number of 64 bits with a sign. */
  private Value low(Value number) {
    return mod(number, WORD);
  }

  private Value high(Value number) {
    return mod(div(g, sub(g, number, low(number)), scalar(g, WORD)), WORD);
  }

  /** The rest of a division, which is never negative. */
  private Value mod(Value number, long divisor) {
    return g.node("Mod", List.of(number, scalar(g, divisor)));
  }
}
