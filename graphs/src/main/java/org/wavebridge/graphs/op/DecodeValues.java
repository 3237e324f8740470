package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.add;
import static org.wavebridge.graphs.onnx.StandardOps.cast;
import static org.wavebridge.graphs.onnx.StandardOps.concat;
import static org.wavebridge.graphs.onnx.StandardOps.constant;
import static org.wavebridge.graphs.onnx.StandardOps.div;
import static org.wavebridge.graphs.onnx.StandardOps.floatAttribute;
import static org.wavebridge.graphs.onnx.StandardOps.gather;
import static org.wavebridge.graphs.onnx.StandardOps.mul;
import static org.wavebridge.graphs.onnx.StandardOps.scalar;
import static org.wavebridge.graphs.onnx.StandardOps.size;
import static org.wavebridge.graphs.onnx.StandardOps.slice;
import static org.wavebridge.graphs.onnx.StandardOps.squeeze;
import static org.wavebridge.graphs.onnx.StandardOps.sub;
import static org.wavebridge.graphs.onnx.StandardOps.transpose;
import static org.wavebridge.graphs.onnx.StandardOps.unary;
import static org.wavebridge.graphs.onnx.StandardOps.unsqueeze;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OperatorAttribute;
import org.wavebridge.graphs.onnx.OperatorTensor;
import org.wavebridge.graphs.onnx.Value;

/**
 * Values of a network to amplitudes: values {@code [N, T]} and the last amplitude before them
 * {@code [N, 3]} to a waveform {@code [N, T]} and the last amplitude. Amplitudes of levels come
 * from a table; y[t] = x[t] + a y[t-1]. All is computed in double precision and rounded once; what
 * is handed on is the sum of three floats, which together hold a number of double precision.
 *
 * <p>The body depends on whether there is a table, how levels are found in it, and whether there is
 * de-emphasis.
 */
public final class DecodeValues {
  /** Attribute: 1 where a value between two levels counts as the lower one. */
  public static final String TRUNCATED = "truncated";

  /** Attribute: the coefficient of de-emphasis. */
  public static final String DE_EMPHASIS = "de_emphasis";

  /** Floats that together are one number of double precision. */
  public static final int PARTS = 3;

  /**
   * A form of the operator.
   *
   * @param levels whether values stand for levels, whose amplitudes are in the table
   * @param truncated whether a value between two levels counts as the lower one
   * @param emphasised whether there is de-emphasis to undo
   */
  public record Form(boolean levels, boolean truncated, boolean emphasised) {}

  private final Nodes g;

  private DecodeValues(Nodes g) {
    this.g = g;
  }

  /** The operator with the body of a form. */
  public static CustomOperator of(Form form) {
    return new CustomOperator(
        "DecodeValues",
        "The values of a network [N, T] as amplitudes, waveform [N, T]: x[t] is the value, or with levels [L, 3] row k of it, k = (value + 1) (L - 1) / 2"
            + " rounded to nearest, or toward zero where truncated; y[t] = x[t] + de_emphasis y[t-1] in double precision. last [N, 3] and next_last [N, 3] are the"
            + " amplitude before the first value and that of the last; the three floats of a row add up to one number, as those of a level do.",
        List.of(
            OperatorTensor.values("values", "[N, T]"),
            OperatorTensor.values("last", "[N, 3]"),
            OperatorTensor.constant("levels", "[L, 3]")),
        List.of(
            OperatorTensor.values("waveform", "[N, T]"),
            OperatorTensor.values("next_last", "[N, 3]")),
        List.of(
            OperatorAttribute.integer(
                TRUNCATED, 0, 1, "1 where a value between two levels counts as the lower one"),
            OperatorAttribute.number(
                DE_EMPHASIS,
                -Float.MAX_VALUE,
                Float.MAX_VALUE,
                "coefficient a of y[t] = x[t] + a y[t-1]")),
        (g, inputs) -> new DecodeValues(g).body(form, inputs));
  }

  /** A number of double precision as floats that add up to it. */
  public static float[] parts(double number) {
    float[] parts = new float[PARTS];
    double rest = number;
    for (int i = 0; i < PARTS; i++) {
      parts[i] = (float) rest;
      rest -= parts[i];
    }
    return parts;
  }

  private List<Value> body(Form form, Map<String, Value> inputs) {
    Value values = Inputs.get(inputs, "values");
    Value last = Inputs.get(inputs, "last");
    Value amplitudes =
        form.levels
            ? expanded(values, Inputs.get(inputs, "levels"), form.truncated)
            : doubles(values);
    if (!form.emphasised) {
      return List.of(cast(g, amplitudes, ElementType.FLOAT), last);
    }
    Value coefficient = doubles(floatAttribute(g, DE_EMPHASIS));
    List<Value> made =
        g.loop(
            squeeze(g, size(g, values, 1), 0),
            List.of(joined(last)),
            1,
            (body, t, before) -> {
              Value x = gather(body, amplitudes, t, 1);
              Value y = add(body, x, mul(body, coefficient, before.get(0)));
              return List.of(y, y);
            });
    Value waveform = cast(g, transpose(g, made.get(1), 1, 0), ElementType.FLOAT);
    return List.of(waveform, separated(made.get(0)));
  }

  private Value expanded(Value values, Value table, boolean truncated) {
    Value highest = sub(g, squeeze(g, size(g, table, 0), 0), scalar(g, 1));
    Value top = cast(g, highest, ElementType.FLOAT);
    Value place = div(g, mul(g, add(g, values, constant(g, 1)), top), constant(g, 2));
    Value level = truncated ? place : unary(g, "Round", place);
    Value limited = g.node("Clip", List.of(level, constant(g, 0), top));
    return gather(g, joined(table), cast(g, limited, ElementType.INT64), 0);
  }

  private Value doubles(Value x) {
    return cast(g, x, ElementType.DOUBLE);
  }

  /** The numbers {@code [n]} that rows {@code [n, 3]} are. */
  private Value joined(Value parts) {
    Value all = doubles(parts);
    Value sum = part(all, 0);
    for (int i = 1; i < PARTS; i++) {
      sum = add(g, sum, part(all, i));
    }
    return sum;
  }

  private Value part(Value all, int i) {
    return squeeze(g, slice(g, all, 1, i, i + 1L), 1);
  }

  private Value separated(Value numbers) {
    List<Value> parts = new ArrayList<>();
    Value rest = numbers;
    for (int i = 0; i < PARTS; i++) {
      Value part = cast(g, rest, ElementType.FLOAT);
      parts.add(unsqueeze(g, part, 1));
      rest = sub(g, rest, doubles(part));
    }
    return concat(g, 1, parts.toArray(Value[]::new));
  }
}
