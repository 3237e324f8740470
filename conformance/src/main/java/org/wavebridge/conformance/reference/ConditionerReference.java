package org.wavebridge.conformance.reference;

import java.util.Arrays;
import org.wavebridge.graphs.model.AuxBranch;
import org.wavebridge.graphs.model.CausalConvolutions;
import org.wavebridge.graphs.model.Conditioner;
import org.wavebridge.graphs.model.Convolution;
import org.wavebridge.graphs.model.FrameConvolutions;
import org.wavebridge.graphs.model.InterpolatedMels;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.runtime.io.Features;

/**
 * Features to conditioning in double precision. Channels first throughout: an array {@code
 * [channels][time]}.
 */
public final class ConditionerReference {
  private ConditionerReference() {}

  /**
   * The conditioning of a whole utterance.
   *
   * @param hop samples per frame
   * @throws IllegalArgumentException if the conditioner takes another number of mels, or upsamples
   *     by another factor than the hop
   */
  public static Conditioning evaluate(Conditioner conditioner, Features mel, int hop) {
    double[][] features = new double[mel.mels()][mel.frames()];
    for (int m = 0; m < mel.mels(); m++) {
      for (int f = 0; f < mel.frames(); f++) {
        features[m][f] = mel.at(m, f);
      }
    }
    if (conditioner instanceof FrameConvolutions convolutions) {
      return Conditioning.ofFrames(hop, transpose(frameConvolutions(convolutions, features)));
    }
    if (conditioner instanceof InterpolatedMels interpolated) {
      return interpolated(interpolated, features, mel.frames() * hop);
    }
    if (conditioner instanceof CausalConvolutions causal) {
      return CausalReference.evaluate(causal, transpose(features), hop);
    }
    UpsampledMels upsampled = (UpsampledMels) conditioner;
    Shapes.requireLength("upsampling: samples per frame", hop, upsampled.hop());
    double[][] samples = transpose(mels(upsampled, features));
    if (upsampled.aux().isEmpty()) {
      return Conditioning.ofSamples(samples);
    }
    return new Conditioning(
        hop,
        transpose(aux(upsampled.pad(), upsampled.padValue(), upsampled.aux().get(), features)),
        samples);
  }

  /**
   * x = (features + shift) / scale, end frames replicated; then x = relu(conv x) for each layer.
   */
  private static double[][] frameConvolutions(FrameConvolutions conditioner, double[][] features) {
    int context = conditioner.contextFrames();
    double[][] x = new double[features.length][];
    for (int m = 0; m < x.length; m++) {
      double[] channel = new double[features[m].length + 2 * context];
      for (int f = 0; f < channel.length; f++) {
        int frame = Math.max(0, Math.min(features[m].length - 1, f - context));
        channel[f] = (features[m][frame] + conditioner.shift()) / conditioner.scale();
      }
      x[m] = channel;
    }
    for (Convolution layer : conditioner.layers()) {
      x = relu(convolve(layer, x));
    }
    return x;
  }

  /** x = relu(in x); x = x + second(relu(first x)) for each block; out x. */
  private static double[][] aux(int pad, double value, AuxBranch branch, double[][] features) {
    double[][] x = new double[features.length][];
    Arrays.setAll(x, m -> pad(features[m], pad, value));
    x = relu(convolve(branch.input(), x));
    for (AuxBranch.ResidualBlock block : branch.blocks()) {
      double[][] y = convolve(block.second(), relu(convolve(block.first(), x)));
      for (int c = 0; c < x.length; c++) {
        for (int t = 0; t < x[c].length; t++) {
          x[c][t] += y[c][t];
        }
      }
    }
    return convolve(branch.output(), x);
  }

  /** Both branches stretched from end to end; then the mels lose their padding and are scaled. */
  private static Conditioning interpolated(
      InterpolatedMels conditioner, double[][] features, int samples) {
    int hop = conditioner.hop();
    int cut = conditioner.pad() * hop;
    double[][] mels = new double[features.length][];
    for (int m = 0; m < mels.length; m++) {
      double[] x = stretch(zeroPad(features[m], conditioner.pad()), hop);
      mels[m] = Arrays.copyOfRange(x, cut, x.length - cut);
      for (int t = 0; t < samples; t++) {
        mels[m][t] *= conditioner.scale();
      }
    }
    if (conditioner.aux().isEmpty()) {
      return Conditioning.ofSamples(transpose(mels));
    }
    double[][] aux = aux(conditioner.pad(), 0, conditioner.aux().get(), features);
    for (int c = 0; c < aux.length; c++) {
      aux[c] = stretch(aux[c], hop);
    }
    return new Conditioning(1, transpose(aux), transpose(mels));
  }

  /** y[t] between x at floor(p) and at ceil(p), p = t (F - 1) / (F hop - 1). */
  private static double[] stretch(double[] x, int hop) {
    double[] y = new double[x.length * hop];
    double step = (x.length - 1.0) / Math.max(1, y.length - 1);
    for (int t = 0; t < y.length; t++) {
      int frame = Math.min(x.length - 1, (int) Math.floor(t * step));
      int next = Math.min(x.length - 1, frame + 1);
      double weight = t * step - frame;
      y[t] = (1 - weight) * x[frame] + weight * x[next];
    }
    return y;
  }

  /**
   * Every band by itself: for each stage repeat and smooth; then cut what belongs to the padding.
   */
  private static double[][] mels(UpsampledMels conditioner, double[][] features) {
    double[][] result = new double[features.length][];
    int cut = conditioner.pad() * conditioner.hop();
    for (int m = 0; m < features.length; m++) {
      double[] x = pad(features[m], conditioner.pad(), conditioner.padValue());
      for (UpsampledMels.Stage stage : conditioner.stages()) {
        x = smooth(repeat(x, stage.factor()), stage.kernel(), stage.bias());
      }
      result[m] = Arrays.copyOfRange(x, cut, x.length - cut);
    }
    return result;
  }

  /** y[t] = x[t / factor]. */
  private static double[] repeat(double[] x, int factor) {
    double[] y = new double[x.length * factor];
    Arrays.setAll(y, t -> x[t / factor]);
    return y;
  }

  /** y[t] = bias + sum over k of kernel[k] x[t + k - factor], x being 0 outside. */
  private static double[] smooth(double[] x, float[] kernel, double bias) {
    double[] padded = zeroPad(x, kernel.length / 2);
    double[] y = new double[x.length];
    Arrays.fill(y, bias);
    for (int t = 0; t < y.length; t++) {
      for (int k = 0; k < kernel.length; k++) {
        y[t] += kernel[k] * padded[t + k];
      }
    }
    return y;
  }

  /** y[o, t] = b[o] + sum over i, k of w[o, i, k] x[i, t + k]. */
  private static double[][] convolve(Convolution layer, double[][] x) {
    Shapes.requireLength(layer.name() + ": channels", layer.inputs(), x.length);
    int length = x[0].length - layer.width() + 1;
    double[][] y = new double[layer.outputs()][length];
    for (int o = 0; o < y.length; o++) {
      Arrays.fill(y[o], layer.bias()[o]);
      for (int i = 0; i < x.length; i++) {
        for (int k = 0; k < layer.width(); k++) {
          double weight = layer.weight()[(o * layer.inputs() + i) * layer.width() + k];
          for (int t = 0; t < length; t++) {
            y[o][t] += weight * x[i][t + k];
          }
        }
      }
    }
    return y;
  }

  private static double[][] relu(double[][] x) {
    return Arrays.stream(x).map(Arithmetic::relu).toArray(double[][]::new);
  }

  private static double[] zeroPad(double[] x, int pad) {
    return pad(x, pad, 0);
  }

  private static double[] pad(double[] x, int pad, double value) {
    double[] y = new double[x.length + 2 * pad];
    Arrays.fill(y, value);
    System.arraycopy(x, 0, y, pad, x.length);
    return y;
  }

  private static double[][] transpose(double[][] x) {
    double[][] y = new double[x[0].length][x.length];
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < y.length; j++) {
        y[j][i] = x[i][j];
      }
    }
    return y;
  }
}
