package org.wavebridge.conformance.cases;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.wavebridge.conformance.measure.GoodnessOfFit;
import org.wavebridge.conformance.measure.Quantity;
import org.wavebridge.conformance.targets.Sequence;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.NetworkTable;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.HeadReference;
import org.wavebridge.runtime.Uniforms;

/**
 * Many draws from known distributions, counted: Pearson's chi-square for classes, Kolmogorov and
 * Smirnov's statistic for continuous distributions. Catches a biased draw that every single
 * comparison would excuse as a near tie.
 */
final class DrawFit implements ConformanceCase {
  private static final int SAMPLES = 40;
  private static final double LEAST = 20;

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
    List<Subject> subjects = new ArrayList<>();
    subjects.add(
        Subject.of(
            "dual-bump",
            SyntheticModels.constantDual(
                SyntheticModels.bump(256, 100, 20), SyntheticModels.bump(256, 30, 60))));
    subjects.add(
        Subject.of(
            "classes-bump",
            SyntheticModels.constant(new Head.Categorical(90), SyntheticModels.bump(90, 41.3, 9))));
    for (Head head : ResidualGruNetwork.HEADS) {
      if (head.categorical().isEmpty()) {
        float[] outputs = new float[head.outputs()];
        Random random = new Random(92);
        for (int i = 0; i < outputs.length; i++) {
          outputs[i] = random.nextFloat(-2, 0.2f);
        }
        subjects.add(
            Subject.of(SyntheticModels.name(head), SyntheticModels.constant(head, outputs)));
      }
    }
    return subjects;
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
    float[] outputs = network.output().bias();
    if (HeadReference.of(network.head()) instanceof HeadReference.Continuous continuous) {
      double[] wide = Arithmetic.widen(outputs);
      double statistic = GoodnessOfFit.kolmogorovSmirnov(values, x -> continuous.below(wide, 1, x));
      // Above 1.95 for one fair set in a thousand, above 2.8 for one in three million.
      trial.check(
          SyntheticModels.name(network.head()),
          Quantity.FIT,
          statistic * 5 / 2.8,
          "Kolmogorov-Smirnov, scaled");
      return;
    }
    Head.Categorical classes = network.head().categorical().orElseThrow();
    chiSquare(
        trial,
        "classes",
        IntStream.range(0, values.length).map(i -> classes.nearest(values[i])),
        outputs);
  }

  private static void chiSquare(Trial trial, String name, IntStream classes, float[] logits) {
    long[] counts = new long[logits.length];
    classes.forEach(k -> counts[Math.max(0, Math.min(logits.length - 1, k))]++);
    double[] shares = GoodnessOfFit.softmax(logits, 1);
    double fit = GoodnessOfFit.chiSquare(counts, shares, LEAST);
    trial.check(name, Quantity.FIT, fit, "chi-square in standard deviations");
  }
}
