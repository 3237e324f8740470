package org.wavebridge.conformance.cases;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.apache.commons.numbers.gamma.Erfc;
import org.wavebridge.conformance.measure.GoodnessOfFit;
import org.wavebridge.conformance.measure.Quantity;
import org.wavebridge.conformance.targets.Sequence;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.NetworkTable;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;
import org.wavebridge.runtime.Uniforms;

/**
 * Many draws from known distributions, counted: Pearson's chi-square for classes, Kolmogorov and
 * Smirnov's statistic for a mixture. Catches a biased draw that every single comparison would
 * excuse as a near tie.
 */
final class DrawFit implements ConformanceCase {
  private static final int SAMPLES = 40;
  private static final double LEAST = 20;

  private static final float[] MIXTURE = {0.5f, 0, -1, -0.4f, 0.1f, 0.5f, -3, -2.5f, -3.5f};

  private static final float[] GAUSSIAN = {0.2f, -1.5f};

  @Override
  public String name() {
    return "draw/fit";
  }

  @Override
  public String catches() {
    return "a biased draw that every single comparison would excuse as a near tie";
  }

  @Override
  public List<Subject> subjects(List<Subject> given) {
    return List.of(
        Subject.of(
            "dual-bump",
            SyntheticModels.constantDual(
                SyntheticModels.bump(256, 100, 20), SyntheticModels.bump(256, 30, 60))),
        Subject.of(
            "classes-bump",
            SyntheticModels.constant(new Head.Categorical(90), SyntheticModels.bump(90, 41.3, 9))),
        Subject.of("mixture", SyntheticModels.constant(new Head.MixtureOfLogistics(3), MIXTURE)),
        Subject.of("gaussian", SyntheticModels.constant(new Head.Gaussian(), GAUSSIAN)));
  }

  @Override
  public void run(Trial trial) {
    NetworkRuns runs = new NetworkRuns(trial);
    List<Sequence> rows = new ArrayList<>();
    Sequence first = Sequences.of(trial.model(), SAMPLES, 91);
    for (int n = 0; n < trial.size(250, 1000); n++) {
      float[] uniforms = new float[first.uniforms().length];
      new Uniforms(91).fill(uniforms, 0, n, 0, SAMPLES, trial.model().network().draws());
      rows.add(first.withUniforms(uniforms));
    }
    float[] values =
        Sequence.joined(runs.generate(rows).stream().map(NetworkRuns.Row::audio).toList());
    VocoderModel model = trial.model();
    new NetworkTable<Runnable>()
        .with(DualSoftmaxNetwork.class, dual -> () -> dualSoftmax(trial, dual, values))
        .with(ResidualGruNetwork.class, residual -> () -> residualGru(trial, residual, values))
        .of(model.network())
        .run();
  }

  private static void dualSoftmax(Trial trial, DualSoftmaxNetwork network, float[] values) {
    int[] samples = new int[values.length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (int) Math.rint((values[i] + 1.0) * 32768);
    }
    IntStream coarse = Arrays.stream(samples).map(s -> s / 256);
    IntStream fine = Arrays.stream(samples).map(s -> s % 256);
    chiSquare(trial, "coarse", coarse, network.coarseOutput().bias());
    chiSquare(trial, "fine", fine, network.fineOutput().bias());
  }

  private static void residualGru(Trial trial, ResidualGruNetwork network, float[] values) {
    Runnable fit =
        network
            .head()
            .accept(
                new Head.Cases<>() {
                  @Override
                  public Runnable categorical(Head.Categorical head) {
                    return () -> {
                      IntStream classes =
                          IntStream.range(0, values.length).map(i -> head.nearest(values[i]));
                      chiSquare(trial, "classes", classes, network.output().bias());
                    };
                  }

                  @Override
                  public Runnable mixtureOfLogistics(Head.MixtureOfLogistics head) {
                    return () -> continuous(trial, "mixture", values, DrawFit::belowMixture);
                  }

                  @Override
                  public Runnable gaussian(Head.Gaussian head) {
                    return () -> continuous(trial, "gaussian", values, DrawFit::belowGaussian);
                  }

                  @Override
                  public Runnable bandMixtures(Head.BandMixtures head) {
                    throw new IllegalArgumentException("a residual GRU network has no bands");
                  }
                });
    fit.run();
  }

  private static void continuous(
      Trial trial, String name, float[] values, DoubleUnaryOperator below) {
    // Above 1.95 for one fair set in a thousand, above 2.8 for one in three million.
    double statistic = GoodnessOfFit.kolmogorovSmirnov(values, below);
    trial.check(name, Quantity.FIT, statistic * 5 / 2.8, "Kolmogorov-Smirnov, scaled");
  }

  private static void chiSquare(Trial trial, String name, IntStream classes, float[] logits) {
    long[] counts = new long[logits.length];
    classes.forEach(k -> counts[Math.max(0, Math.min(logits.length - 1, k))]++);
    double[] shares = GoodnessOfFit.softmax(logits, 1);
    double fit = GoodnessOfFit.chiSquare(counts, shares, LEAST);
    trial.check(name, Quantity.FIT, fit, "chi-square in standard deviations");
  }

  /** The distribution function of the Gaussian. */
  private static double belowGaussian(double x) {
    return Erfc.value((GAUSSIAN[0] - x) / (StrictMath.exp(GAUSSIAN[1]) * Math.sqrt(2))) / 2;
  }

  /** The distribution function of the mixture. */
  private static double belowMixture(double x) {
    double[] shares = GoodnessOfFit.softmax(Arrays.copyOf(MIXTURE, 3), 1);
    double sum = 0;
    for (int i = 0; i < 3; i++) {
      sum +=
          shares[i] / (1 + StrictMath.exp(-(x - MIXTURE[3 + i]) / StrictMath.exp(MIXTURE[6 + i])));
    }
    return sum;
  }
}
