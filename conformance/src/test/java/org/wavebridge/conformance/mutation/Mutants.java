package org.wavebridge.conformance.mutation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.Conditioner;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.ContextNetwork;
import org.wavebridge.graphs.model.FrameConvolutions;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.Conditioning;
import org.wavebridge.reference.ReferenceState;
import org.wavebridge.runtime.spi.Tensor;

/** Known bugs, each planted in its own copy of the reference. */
final class Mutants {
  private Mutants() {}

  static List<Mutant> all() {
    List<Mutant> all = new ArrayList<>();
    all.addAll(inTheUnit());
    all.addAll(inTheFunctions());
    all.addAll(inTheDraw());
    all.addAll(inTheWeights());
    all.addAll(inTheCalls());
    all.addAll(inTheConditioner());
    all.addAll(inSubscaleGeneration());
    all.addAll(inTheExactProfiles());
    return all;
  }

  private static List<Mutant> inTheUnit() {
    return List.of(
        Mutant.of("reset and update gate exchanged").cell(new FaultyCells.GatesExchanged()),
        Mutant.of("reset applied before the product").cell(new FaultyCells.ResetBeforeProduct()),
        Mutant.of("reset applied outside the recurrent bias")
            .cell(new FaultyCells.ResetWithoutBias()),
        Mutant.of("update gate the wrong way round").cell(new FaultyCells.UpdateInverted()),
        Mutant.of("reset gate left out").cell(new FaultyCells.NoReset()));
  }

  private static List<Mutant> inTheFunctions() {
    return List.of(
        Mutant.of("tanh off by 1e-3")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public double tanh(double x) {
                        return super.tanh(x) * (1 - 1e-3);
                      }
                    }),
        Mutant.of("sigmoid by pieces of lines")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public double sigmoid(double x) {
                        return Math.max(0, Math.min(1, 0.2 * x + 0.5));
                      }
                    }),
        Mutant.of("sigmoid overflows far out")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public double sigmoid(double x) {
                        double e = (float) Math.exp(x);
                        return e / (1 + e);
                      }
                    }),
        Mutant.of("products in half precision")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public double[] affine(WeightMatrix weight, double[] x, double[] bias) {
                        double[] coarse =
                            Arrays.stream(x).map(v -> Math.rint(v * 2048) / 2048).toArray();
                        return super.affine(weight, coarse, bias);
                      }
                    }),
        Mutant.of("last column of every product dropped")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public double[] affine(WeightMatrix weight, double[] x, double[] bias) {
                        double[] cut = x.clone();
                        if (cut.length > 1) {
                          cut[cut.length - 1] = 0;
                        }
                        return super.affine(weight, cut, bias);
                      }
                    }));
  }

  private static List<Mutant> inTheDraw() {
    return List.of(
        Mutant.of("class after the right one").arithmetic(draw((k, n) -> Math.min(n - 1, k + 1))),
        Mutant.of("values over C instead of C - 1")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public double value(int k, int classes) {
                        return 2.0 * k / classes - 1;
                      }
                    }),
        Mutant.of("temperature ignored")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public int drawClass(double[] logits, double temperature, double uniform) {
                        return super.drawClass(logits, 1, uniform);
                      }
                    }),
        Mutant.of("softmax without its maximum, overflowing")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public int drawClass(double[] logits, double temperature, double uniform) {
                        float total = 0;
                        for (double logit : logits) {
                          total += (float) Math.exp(2 * logit / temperature);
                        }
                        return Float.isInfinite(total)
                            ? 0
                            : super.drawClass(logits, temperature, uniform);
                      }
                    }),
        Mutant.of("uniform rounded to a byte")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public int drawClass(double[] logits, double temperature, double uniform) {
                        return super.drawClass(
                            logits, temperature, Math.floor(uniform * 256) / 256);
                      }
                    }),
        Mutant.of("edge of a class belongs to the class below")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public int drawClass(double[] logits, double temperature, double uniform) {
                        return super.drawClass(logits, temperature, Math.max(0, uniform - 1e-4));
                      }
                    }),
        Mutant.of("scale of a mixture without temperature")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public double drawMixture(
                          Head.MixtureOfLogistics head,
                          double[] outputs,
                          double temperature,
                          double[] uniforms) {
                        double[] cooler = outputs.clone();
                        for (int i = 2 * head.mixtures(); i < cooler.length; i++) {
                          cooler[i] -= Math.log(temperature);
                        }
                        return super.drawMixture(head, cooler, temperature, uniforms);
                      }
                    }),
        Mutant.of("logistic quantile in place of the normal one")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public double normalQuantile(double u) {
                        return Math.log(u / (1 - u)) / 1.702;
                      }
                    }),
        Mutant.of("uniforms of a sample in another order")
            .network(
                right ->
                    new FaultyNetwork(right) {
                      @Override
                      public Step draw(
                          ReferenceState state,
                          Conditioning conditioning,
                          int t,
                          double[] uniforms,
                          double temperature,
                          Context context) {
                        double[] other = uniforms.clone();
                        for (int i = 0; i < other.length; i++) {
                          other[i] = uniforms[other.length - 1 - i];
                        }
                        return super.draw(state, conditioning, t, other, temperature, context);
                      }
                    }));
  }

  private interface Choice {
    int of(int drawn, int classes);
  }

  private static UnaryOperator<Arithmetic> draw(Choice choice) {
    return right ->
        new ForwardingArithmetic(right) {
          @Override
          public int drawClass(double[] logits, double temperature, double uniform) {
            return choice.of(super.drawClass(logits, temperature, uniform), logits.length);
          }
        };
  }

  private static List<Mutant> inTheWeights() {
    return List.of(
        Mutant.of("one block of weights dropped").weights(each(Mutants::withoutOneBlock)),
        Mutant.of("rows of blocks shifted by one").weights(each(Mutants::shifted)),
        Mutant.of("sign of one weight flipped").weights(each(Mutants::flipped)),
        Mutant.of("coarse and fine head exchanged").weights(Mutants::headsExchanged),
        Mutant.of("mask of the current coarse value missing").weights(Mutants::withoutMask),
        Mutant.of("recurrent bias dropped").weights(Mutants::withoutRecurrentBias));
  }

  private static List<Mutant> inTheCalls() {
    return List.of(
        Mutant.of("state not carried into a call").session(forgetting("state")),
        Mutant.of("previous value not carried into a call").session(forgetting("previous")),
        Mutant.of("every row takes the first row's state")
            .session(
                (kind, inputs, run) ->
                    inputs.containsKey("state")
                        ? run.apply(firstRow(inputs, "state"))
                        : run.apply(inputs)),
        Mutant.of("every row takes the first row's uniforms")
            .session(
                (kind, inputs, run) ->
                    kind == GraphKind.GENERATE
                        ? run.apply(firstRow(inputs, "uniforms"))
                        : run.apply(inputs)),
        Mutant.of("conditioning a sample late")
            .network(
                right ->
                    new FaultyNetwork(right) {
                      @Override
                      public double[] score(
                          ReferenceState state,
                          Conditioning conditioning,
                          int t,
                          double given,
                          Context context) {
                        return super.score(state, conditioning, Math.max(0, t - 1), given, context);
                      }

                      @Override
                      public Step draw(
                          ReferenceState state,
                          Conditioning conditioning,
                          int t,
                          double[] uniforms,
                          double temperature,
                          Context context) {
                        return super.draw(
                            state,
                            conditioning,
                            Math.max(0, t - 1),
                            uniforms,
                            temperature,
                            context);
                      }
                    }),
        Mutant.of("drawn value fed back with its sign lost")
            .session(
                (kind, inputs, run) -> {
                  Map<String, Tensor> outputs = new HashMap<>(run.apply(inputs));
                  outputs.computeIfPresent(
                      "next_previous",
                      (name, tensor) -> {
                        float[] values = tensor.values().clone();
                        for (int i = 0; i < values.length; i++) {
                          values[i] = Math.abs(values[i]);
                        }
                        return new Tensor(values, tensor.shape());
                      });
                  return outputs;
                }));
  }

  private static List<Mutant> inTheConditioner() {
    return List.of(
        Mutant.of("features off by 1e-3")
            .model(
                model ->
                    with(
                        model,
                        model.conditioner() instanceof FrameConvolutions c
                            ? new FrameConvolutions(c.shift() + 1e-3f, c.scale(), c.layers())
                            : model.conditioner())),
        Mutant.of("smoothing kernel of the upsampling reversed and cut")
            .model(
                model ->
                    with(
                        model,
                        model.conditioner() instanceof UpsampledMels c
                            ? new UpsampledMels(
                                c.pad(), c.stages().stream().map(Mutants::cut).toList(), c.aux())
                            : model.conditioner())));
  }

  private static List<Mutant> inSubscaleGeneration() {
    return List.of(
        Mutant.of("context of a subscale sample a position early")
            .model(
                subscale(s -> new Subscale(s.factor(), s.horizon() - 1, s.chunk(), s.context()))),
        Mutant.of("own past left out of a context")
            .model(subscale(context(c -> new ContextNetwork(false, c.layers(), c.input())))),
        Mutant.of("activation of a context layer left out")
            .model(
                subscale(
                    context(
                        c ->
                            new ContextNetwork(
                                c.ownPast(),
                                c.layers().stream().map(Mutants::withoutRelu).toList(),
                                c.input())))));
  }

  private static UnaryOperator<VocoderModel> subscale(UnaryOperator<Subscale> change) {
    return model -> model.subscale().map(s -> model.with(change.apply(s))).orElse(model);
  }

  private static UnaryOperator<Subscale> context(UnaryOperator<ContextNetwork> change) {
    return s -> new Subscale(s.factor(), s.horizon(), s.chunk(), s.context().map(change));
  }

  private static ContextLayer withoutRelu(ContextLayer layer) {
    return new ContextLayer(layer.weight(), layer.bias(), layer.kernel(), layer.dilation(), false);
  }

  private static List<Mutant> inTheExactProfiles() {
    return List.of(
        Mutant.ofCanonical("int8 activations rounded half up").arithmetic(FaultyInt8::halfUp),
        Mutant.ofCanonical("int8 activations cut off").arithmetic(FaultyInt8::cutOff),
        Mutant.ofCanonical("int8 product scaled with one fused rounding")
            .arithmetic(FaultyInt8::fused),
        Mutant.ofCanonical("f32 sums in plain order").arithmetic(Mutants::plainOrder),
        Mutant.ofCanonical("sums of a conditioner in plain order")
            .arithmetic(Mutants::plainOrder)
            .only(GraphKind.CONDITIONER),
        Mutant.ofCanonical("sums of a context in plain order")
            .arithmetic(Mutants::plainOrder)
            .only(GraphKind.CONTEXT),
        Mutant.ofCanonical("tanh of the platform")
            .arithmetic(
                right ->
                    new ForwardingArithmetic(right) {
                      @Override
                      public double tanh(double x) {
                        return (float) Math.tanh(x);
                      }
                    }));
  }

  private static Arithmetic plainOrder(Arithmetic right) {
    return new ForwardingArithmetic(right) {
      @Override
      public double[] affine(WeightMatrix weight, double[] x, double[] bias) {
        return weight.int8().isPresent()
            ? super.affine(weight, x, bias)
            : inPlainOrder(weight, x, bias);
      }
    };
  }

  private static double[] inPlainOrder(WeightMatrix weight, double[] x, double[] bias) {
    double[] y = new double[weight.rows()];
    for (int r = 0; r < y.length; r++) {
      float sum = 0;
      for (int k = 0; k < x.length; k++) {
        sum = Math.fma(weight.at(r, k), (float) x[k], sum);
      }
      y[r] = sum + (float) bias[r];
    }
    return y;
  }

  private static UnaryOperator<StepNetwork> each(UnaryOperator<WeightMatrix> change) {
    return network -> network.map(change);
  }

  private static WeightMatrix changed(WeightMatrix matrix, float[] values) {
    return new WeightMatrix(
        matrix.name(), matrix.rows(), matrix.columns(), values, matrix.blocks(), Optional.empty());
  }

  private static WeightMatrix withoutOneBlock(WeightMatrix matrix) {
    float[] values = matrix.values().clone();
    int height = matrix.blocks().map(block -> block.height()).orElse(1);
    for (int column = 0; column < matrix.columns(); column++) {
      boolean any = false;
      for (int row = 0; row < height; row++) {
        any |= values[row * matrix.columns() + column] != 0;
        values[row * matrix.columns() + column] = 0;
      }
      if (any) {
        break;
      }
    }
    return changed(matrix, values);
  }

  private static WeightMatrix shifted(WeightMatrix matrix) {
    float[] values = new float[matrix.values().length];
    int height = matrix.blocks().map(block -> block.height()).orElse(1);
    int by = height * matrix.columns();
    for (int i = 0; i < values.length; i++) {
      values[(i + by) % values.length] = matrix.values()[i];
    }
    return changed(matrix, values);
  }

  private static WeightMatrix flipped(WeightMatrix matrix) {
    float[] values = matrix.values().clone();
    for (int i = values.length - 1; i >= 0; i--) {
      if (values[i] != 0) {
        values[i] = -values[i];
        break;
      }
    }
    return changed(matrix, values);
  }

  private static StepNetwork headsExchanged(StepNetwork network) {
    return network instanceof DualSoftmaxNetwork n
        ? new DualSoftmaxNetwork(
            n.conditioning(),
            n.sample(),
            n.recurrent(),
            n.fineHidden(),
            n.fineOutput(),
            n.coarseHidden(),
            n.coarseOutput(),
            n.initialPrevious())
        : network;
  }

  /**
   * The column that only the fine half may see is added to the coarse half, with what was before.
   */
  private static StepNetwork withoutMask(StepNetwork network) {
    if (!(network instanceof DualSoftmaxNetwork n)) {
      return network;
    }
    float[] values = n.sample().values().clone();
    int hidden = n.hidden();
    for (int row = 0; row < 3 * hidden; row++) {
      if (row % hidden < hidden / 2) {
        values[row * 3] += values[(row + hidden / 2) * 3 + 2];
      }
    }
    return new DualSoftmaxNetwork(
        n.conditioning(),
        WeightMatrix.dense("sample_weights", 3 * hidden, 3, values),
        n.recurrent(),
        n.coarseHidden(),
        n.coarseOutput(),
        n.fineHidden(),
        n.fineOutput(),
        n.initialPrevious());
  }

  private static StepNetwork withoutRecurrentBias(StepNetwork network) {
    return network instanceof DualSoftmaxNetwork n
        ? new DualSoftmaxNetwork(
            n.conditioning(),
            n.sample(),
            new Affine(n.recurrent().weight(), new float[n.recurrent().bias().length]),
            n.coarseHidden(),
            n.coarseOutput(),
            n.fineHidden(),
            n.fineOutput(),
            n.initialPrevious())
        : network;
  }

  private static Mutant.SessionBug forgetting(String input) {
    return (kind, inputs, run) -> {
      Map<String, Tensor> forgetful = new HashMap<>(inputs);
      forgetful.computeIfPresent(
          input, (name, tensor) -> new Tensor(new float[tensor.values().length], tensor.shape()));
      return run.apply(forgetful);
    };
  }

  private static Map<String, Tensor> firstRow(Map<String, Tensor> inputs, String name) {
    Map<String, Tensor> changed = new HashMap<>(inputs);
    changed.computeIfPresent(
        name,
        (key, tensor) -> {
          float[] values = tensor.values().clone();
          int size = values.length / Math.max(1, (int) tensor.shape()[0]);
          for (int i = size; i < values.length; i++) {
            values[i] = values[i % size];
          }
          return new Tensor(values, tensor.shape());
        });
    return changed;
  }

  private static UpsampledMels.Stage cut(UpsampledMels.Stage stage) {
    float[] kernel = stage.kernel().clone();
    kernel[0] = 0;
    return new UpsampledMels.Stage(stage.factor(), kernel);
  }

  private static VocoderModel with(VocoderModel model, Conditioner conditioner) {
    return new VocoderModel(
        model.family(),
        model.audio(),
        model.features(),
        conditioner,
        model.network(),
        model.subscale());
  }
}
