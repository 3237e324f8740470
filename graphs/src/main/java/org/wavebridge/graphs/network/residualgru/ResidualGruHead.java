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

/** The part of each head in the operators of a residual GRU network. */
final class ResidualGruHead {
  private static final String MIXTURES = "mixtures";
  private static final String CLASS_VALUES = "class_values";
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

  /** One head for each form that the operators have. */
  static final List<Head> FORMS =
      List.of(
          new Head.Categorical(2),
          new Head.Categorical(2, true),
          new Head.MixtureOfLogistics(1),
          new Head.Gaussian());

  private ResidualGruHead() {}

  /** The attributes that only drawing from a head needs, as they are declared. */
  static List<OperatorAttribute> declared(Head head) {
    return head.accept(
        new Cases<>() {
          @Override
          public List<OperatorAttribute> categorical(Head.Categorical classes) {
            return classes.amplitudes() ? List.of(VALUES) : List.of();
          }

          @Override
          public List<OperatorAttribute> mixtureOfLogistics(Head.MixtureOfLogistics mixture) {
            return List.of();
          }

          @Override
          public List<OperatorAttribute> gaussian(Head.Gaussian normal) {
            return List.of(IS_GAUSSIAN);
          }
        });
  }

  /** The values of those attributes. */
  static List<Attribute> attributes(Head head) {
    return head.accept(
        new Cases<>() {
          @Override
          public List<Attribute> categorical(Head.Categorical classes) {
            return classes.amplitudes()
                ? List.of(Attribute.of(CLASS_VALUES, classes.values()))
                : List.of();
          }

          @Override
          public List<Attribute> mixtureOfLogistics(Head.MixtureOfLogistics mixture) {
            return List.of();
          }

          @Override
          public List<Attribute> gaussian(Head.Gaussian normal) {
            return List.of(Attribute.of(GAUSSIAN, 1));
          }
        });
  }

  /** The value of {@link #COMPONENTS}. */
  static Attribute components(Head head) {
    int components =
        head.accept(
            new Cases<>() {
              @Override
              public Integer categorical(Head.Categorical classes) {
                return 0;
              }

              @Override
              public Integer mixtureOfLogistics(Head.MixtureOfLogistics mixture) {
                return mixture.mixtures();
              }

              @Override
              public Integer gaussian(Head.Gaussian normal) {
                return 0;
              }
            });
    return Attribute.of(MIXTURES, components);
  }

  /**
   * Draws a value as a head does.
   *
   * @param uniforms {@code [N, draws]}
   */
  static Choice drawn(Head head, Value uniforms, Value temperature) {
    return head.accept(
        new Cases<>() {
          @Override
          public Choice categorical(Head.Categorical classes) {
            return (g, logits) -> classValue(g, classes, logits, uniforms, temperature);
          }

          @Override
          public Choice mixtureOfLogistics(Head.MixtureOfLogistics mixture) {
            return (g, logits) -> Draws.mixtureOfLogistics(g, logits, uniforms, temperature);
          }

          @Override
          public Choice gaussian(Head.Gaussian normal) {
            return (g, logits) -> Draws.gaussian(g, logits, uniforms, temperature);
          }
        });
  }

  private static Value classValue(
      Nodes g, Head.Categorical classes, Value logits, Value uniforms, Value temperature) {
    if (classes.amplitudes()) {
      Value index = Draws.categorical(g, logits, uniforms, temperature);
      Value table = floats(g, classes.values());
      return gather(g, table, cast(g, index, ElementType.INT64), 0);
    }
    Value count = cast(g, sub(g, size(g, logits, 1), longs(g, 1)), ElementType.FLOAT);
    Value index = Draws.categorical(g, logits, uniforms, temperature);
    return Draws.valueOf(g, index, squeeze(g, count, 0));
  }

  /** The head of a network in a bundle. */
  static Head read(StoredNetwork stored) {
    return switch (stored.head()) {
      case CATEGORICAL -> new Head.Categorical(stored.outputs(), stored.amplitudes());
      case MIXTURE_OF_LOGISTICS -> new Head.MixtureOfLogistics(stored.integer(MIXTURES));
      case GAUSSIAN -> new Head.Gaussian();
      case DUAL_SOFTMAX, BAND_MIXTURES -> throw none(stored.head());
    };
  }

  private static IllegalArgumentException none(HeadKind head) {
    return new IllegalArgumentException("no residual GRU network has a head of the kind " + head);
  }

  /** Heads that make one sample a step. */
  private interface Cases<R> extends Head.Cases<R> {
    @Override
    default R bandMixtures(Head.BandMixtures head) {
      throw none(head.kind());
    }
  }
}
