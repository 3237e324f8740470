package org.wavebridge.reference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.CausalConvolutions;
import org.wavebridge.graphs.model.ContextLayer;

/** {@link CausalConvolutions} in an arithmetic; an array is {@code [time][channels]}. */
public final class CausalReference {
  private CausalReference() {}

  static Conditioning evaluate(
      CausalConvolutions conditioner, double[][] features, int hop, Arithmetic of) {
    List<double[][]> stages = stages(conditioner, features, of);
    double[][] columns = stages.get(stages.size() - 1);
    return Conditioning.ofFrames(hop / conditioner.vectorsPerFrame(), columns);
  }

  /**
   * The output of every layer, in order, in double precision.
   *
   * @param features {@code [frames][mels]}
   */
  public static List<double[][]> stages(CausalConvolutions conditioner, double[][] features) {
    return stages(conditioner, features, Arithmetic.DOUBLE);
  }

  private static List<double[][]> stages(
      CausalConvolutions conditioner, double[][] features, Arithmetic of) {
    List<double[][]> stages = new ArrayList<>();
    double[] silence = new double[conditioner.input().inputs()];
    Arrays.fill(silence, conditioner.silence());
    double[][] x = convolve(conditioner.input(), features, silence, of);
    stages.add(x);
    for (ContextLayer layer : conditioner.residual()) {
      double[][] y = convolve(layer, relu(x), new double[layer.inputs()], of);
      for (int t = 0; t < y.length; t++) {
        for (int c = 0; c < y[t].length; c++) {
          y[t][c] = of.add(x[t][c], y[t][c]);
        }
      }
      x = y;
      stages.add(x);
    }
    for (Affine layer : conditioner.doublings()) {
      double[][] doubled = new double[2 * x.length][];
      for (int t = 0; t < x.length; t++) {
        double[] both = Arithmetic.relu(of.affine(layer, x[t]));
        doubled[2 * t] = Arrays.copyOf(both, both.length / 2);
        doubled[2 * t + 1] = Arrays.copyOfRange(both, both.length / 2, both.length);
      }
      x = doubled;
      stages.add(x);
    }
    for (Affine layer : conditioner.outputs()) {
      x = Arrays.stream(x).map(v -> of.affine(layer, v)).toArray(double[][]::new);
      stages.add(x);
    }
    return stages;
  }

  /**
   * Layers one after the other without padding, each with ReLU where it has one: the newest taps of
   * the output are those of the input.
   *
   * @param x {@code [time + reach of all][channels]}
   */
  public static double[][] withoutPadding(List<ContextLayer> layers, double[][] x, Arithmetic of) {
    double[][] made = x;
    for (ContextLayer layer : layers) {
      int inputs = layer.inputs();
      double[][] y = new double[made.length - layer.reach()][];
      for (int t = 0; t < y.length; t++) {
        double[] taps = new double[layer.weight().columns()];
        for (int k = 0; k < layer.kernel(); k++) {
          System.arraycopy(made[t + k * layer.dilation()], 0, taps, k * inputs, inputs);
        }
        y[t] = of.affine(layer.weight(), taps, Arithmetic.widen(layer.bias()));
        y[t] = layer.relu() ? Arithmetic.relu(y[t]) : y[t];
      }
      made = y;
    }
    return made;
  }

  /** Joins the taps, the oldest first; at time -1 there is {@code before}, earlier zeros. */
  private static double[][] convolve(
      ContextLayer layer, double[][] x, double[] before, Arithmetic of) {
    int inputs = layer.inputs();
    double[][] y = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double[] taps = new double[layer.kernel() * inputs];
      for (int k = 0; k < layer.kernel(); k++) {
        int at = t - layer.reach() + k * layer.dilation();
        if (at >= -1) {
          System.arraycopy(at < 0 ? before : x[at], 0, taps, k * inputs, inputs);
        }
      }
      y[t] = of.affine(layer.weight(), taps, Arithmetic.widen(layer.bias()));
    }
    return y;
  }

  private static double[][] relu(double[][] x) {
    return Arrays.stream(x).map(Arithmetic::relu).toArray(double[][]::new);
  }
}
