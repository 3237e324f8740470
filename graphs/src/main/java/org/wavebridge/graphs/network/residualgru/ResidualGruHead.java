package org.wavebridge.graphs.network.residualgru;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import org.wavebridge.graphs.contract.HeadKind;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.network.StoredNetwork;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OperatorAttribute;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Choice;
import org.wavebridge.graphs.op.Draws;

/**
 * The part of a head in the operators of a residual GRU network. See docs/numerics.md, the sections
 * on drawing.
 *
 * @param mixtures the value of {@link #COMPONENTS}
 * @param declared the attributes that only drawing needs, as they are declared
 * @param attributes their values
 * @param drawing how a value is drawn
 */
record ResidualGruHead(
    int mixtures, List<OperatorAttribute> declared, List<Attribute> attributes, Drawing drawing) {
  private static final String MIXTURES = "mixtures";
  private static final String CLASS_VALUES = "class_values";
  private static final float LOWEST_UNIFORM = 1e-5f;
  private static final float HIGHEST_UNIFORM = 0.99999f;
  private static final float NORMAL_UNIFORM = 0x1p-24f;
  private static final String GAUSSIAN = "gaussian";

  /** How many components a mixture has, which every operator of the network knows. */
  static final OperatorAttribute COMPONENTS =
      OperatorAttribute.integer(
          MIXTURES,
          0,
          Head.MOST_OUTPUTS,
          "logistic components of a mixture, with C = 3 mixtures; 0 for any other head");

  private static final OperatorAttribute VALUES =
      OperatorAttribute.numbers(
              CLASS_VALUES,
              "the value of each class, C of them; without it class k stands for 2k / (C - 1) - 1")
          .orAbsent();

  private static final OperatorAttribute IS_GAUSSIAN =
      OperatorAttribute.integer(
              GAUSSIAN,
              0,
              1,
              "1 for outputs that are mean and logarithm of the deviation of a Gaussian (C = 2)")
          .orAbsent();

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

  /** One head for each form that the operators have. */
  static final List<Head> FORMS =
      List.of(
          new Head.Categorical(64),
          new Head.Categorical(64, true),
          new Head.MixtureOfLogistics(4),
          new Head.Gaussian());

  /** Draws a value {@code [N, 1]} from logits {@code [N, C]} and uniforms {@code [N, draws]}. */
  @FunctionalInterface
  interface Drawing {
    Value of(Nodes g, Value logits, Value uniforms, Value temperature);
  }

  /** The part of a head. */
  static ResidualGruHead of(Head head) {
    return head.accept(
        new Head.Cases<>() {
          @Override
          public ResidualGruHead categorical(Head.Categorical classes) {
            return classes.amplitudes()
                ? new ResidualGruHead(
                    0,
                    List.of(VALUES),
                    List.of(Attribute.of(CLASS_VALUES, classes.values())),
                    (g, logits, uniforms, temperature) -> {
                      Value index = Draws.categorical(g, logits, uniforms, temperature);
                      Value table = floats(g, classes.values());
                      return gather(g, table, cast(g, index, ElementType.INT64), 0);
                    })
                : new ResidualGruHead(0, List.of(), List.of(), ResidualGruHead::classValue);
          }

          @Override
          public ResidualGruHead mixtureOfLogistics(Head.MixtureOfLogistics mixture) {
            return new ResidualGruHead(
                mixture.mixtures(), List.of(), List.of(), ResidualGruHead::mixtureOfLogistics);
          }

          @Override
          public ResidualGruHead gaussian(Head.Gaussian normal) {
            return new ResidualGruHead(
                0,
                List.of(IS_GAUSSIAN),
                List.of(Attribute.of(GAUSSIAN, 1)),
                ResidualGruHead::gaussian);
          }

          @Override
          public ResidualGruHead bandMixtures(Head.BandMixtures bands) {
            throw new IllegalArgumentException("no residual GRU network has several bands");
          }
        });
  }

  /** The attribute {@link #COMPONENTS}. */
  Attribute components() {
    return Attribute.of(MIXTURES, mixtures);
  }

  /** Draws a value with uniforms {@code [N, draws]}. */
  Choice drawn(Value uniforms, Value temperature) {
    return (g, logits) -> drawing.of(g, logits, uniforms, temperature);
  }

  /**
   * Draws a value of each of B bands.
   *
   * @param uniforms {@code [N, B, draws]}
   * @param temperature {@code [N, 1]}
   * @return from {@code [N, B * C]} to {@code [N, B]}
   */
  Choice drawnByBand(Nodes nodes, Value uniforms, Value temperature) {
    Value rows = size(nodes, uniforms, 0);
    Value bands = size(nodes, uniforms, 1);
    Value all = mul(nodes, rows, bands);
    Value own = reshape(nodes, uniforms, concat(nodes, 0, all, size(nodes, uniforms, 2)));
    Value each = nodes.node("Expand", List.of(temperature, concat(nodes, 0, rows, bands)));
    Value temperatures = reshape(nodes, each, concat(nodes, 0, all, longs(nodes, 1)));
    return (g, logits) -> {
      Value outputs = div(g, size(g, logits, 1), bands);
      Value byBand = reshape(g, logits, concat(g, 0, all, outputs));
      return reshape(g, drawing.of(g, byBand, own, temperatures), concat(g, 0, rows, bands));
    };
  }

  /** The head of a network in a bundle. */
  static Head read(StoredNetwork stored) {
    return stored.head() == HeadKind.MIXTURE_OF_LOGISTICS
        ? new Head.MixtureOfLogistics(stored.integer(MIXTURES))
        : Head.of(stored.head(), stored.outputs(), stored.amplitudes());
  }

  private static Value classValue(Nodes g, Value logits, Value uniform, Value temperature) {
    Value count = cast(g, sub(g, size(g, logits, 1), longs(g, 1)), ElementType.FLOAT);
    Value index = Draws.categorical(g, logits, uniform, temperature);
    return Draws.valueOf(g, index, squeeze(g, count, 0));
  }

  /**
   * Draws from a mixture of logistics: the component by Gumbel-max, then a value by inverting the
   * logistic distribution.
   *
   * @param parameters {@code [N, 3M]}: mixture logits, means, log scales
   * @param uniforms {@code [N, M + 1]}
   * @param temperature {@code [N, 1]}, or {@code [1]} for all
   * @return the value {@code [N, 1]}
   */
  private static Value mixtureOfLogistics(
      Nodes g, Value parameters, Value uniforms, Value temperature) {
    List<Value> parts = split(g, parameters, 1, 3);
    Value u = clip(g, uniforms, LOWEST_UNIFORM, HIGHEST_UNIFORM);
    Value uComponent = slice(g, u, 1, 0, -1);
    Value uValue = slice(g, u, 1, -1, Long.MAX_VALUE);
    Value gumbel = unary(g, "Log", unary(g, "Neg", unary(g, "Log", uComponent)));
    Value component = argMax(g, sub(g, div(g, parts.get(0), temperature), gumbel));
    Value mean = Draws.atComponent(g, parts.get(1), component);
    Value logScale =
        g.node(
            "Max",
            List.of(
                Draws.atComponent(g, parts.get(2), component),
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
   * @param temperature {@code [N, 1]}, or {@code [1]} for all
   * @return the value {@code [N, 1]}
   */
  private static Value gaussian(Nodes g, Value parameters, Value uniform, Value temperature) {
    List<Value> parts = split(g, parameters, 1, 2);
    Value one = constant(g, 1);
    Value u = clip(g, uniform, NORMAL_UNIFORM, 1 - NORMAL_UNIFORM);
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
}
