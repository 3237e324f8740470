package org.wavebridge.reference;

import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AuxBranch;
import org.wavebridge.graphs.model.BidirectionalGru;
import org.wavebridge.graphs.model.CausalConvolutions;
import org.wavebridge.graphs.model.Conditioner;
import org.wavebridge.graphs.model.Convolution;
import org.wavebridge.graphs.model.FrameConvolutions;
import org.wavebridge.graphs.model.InterpolatedMels;
import org.wavebridge.graphs.model.LpcNetConditioner;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.WeightMatrix;

/** Features to conditioning in an arithmetic. An array is {@code [time][channels]}. */
public final class ConditionerReference {
  private final Arithmetic of;
  private final double[] speaker;

  private ConditionerReference(Arithmetic arithmetic, double[] speaker) {
    this.of = arithmetic;
    this.speaker = speaker;
  }

  /**
   * The conditioning of a whole utterance in double precision.
   *
   * @param features {@code [frames][mels]}
   * @param hop samples per frame
   * @throws IllegalArgumentException if the conditioner takes another number of mels, or upsamples
   *     by another factor than the hop
   */
  public static Conditioning evaluate(Conditioner conditioner, double[][] features, int hop) {
    return evaluate(conditioner, features, hop, Arithmetic.DOUBLE);
  }

  /**
   * Evaluates a conditioner without a speaker in an arithmetic: the canonical one gives the bits of
   * {@code docs/numerics.md}.
   */
  public static Conditioning evaluate(
      Conditioner conditioner, double[][] features, int hop, Arithmetic arithmetic) {
    return evaluate(conditioner, features, new double[0], hop, arithmetic);
  }

  /**
   * Evaluates a conditioner in an arithmetic.
   *
   * @param speaker its embedding, {@code [S]}; no values where the conditioner takes none
   * @throws IllegalArgumentException also if the conditioner takes another number of them
   */
  public static Conditioning evaluate(
      Conditioner conditioner,
      double[][] features,
      double[] speaker,
      int hop,
      Arithmetic arithmetic) {
    Shapes.requireLength("speaker embedding", conditioner.speakerSize(), speaker.length);
    return new ConditionerReference(arithmetic, speaker).conditioning(conditioner, features, hop);
  }

  private Conditioning conditioning(Conditioner conditioner, double[][] features, int hop) {
    if (conditioner instanceof FrameConvolutions convolutions) {
      return Conditioning.ofFrames(hop, frameConvolutions(convolutions, features));
    }
    if (conditioner instanceof InterpolatedMels interpolated) {
      return interpolated(interpolated, features);
    }
    if (conditioner instanceof CausalConvolutions causal) {
      return CausalReference.evaluate(causal, features, hop, of);
    }
    if (conditioner instanceof LpcNetConditioner lpcNet) {
      return LpcNetConditionerReference.evaluate(lpcNet, features, hop, of);
    }
    if (conditioner instanceof BidirectionalGru gru) {
      return bidirectional(gru, features, hop);
    }
    UpsampledMels upsampled = (UpsampledMels) conditioner;
    if (hop % upsampled.hop() != 0) {
      throw new IllegalArgumentException(
          "upsampling: expected steps that divide the %d samples of a frame, found %d"
              .formatted(hop, upsampled.hop()));
    }
    double[][] padded = padded(features, upsampled.pad(), upsampled.padValue());
    double[][] samples = mels(upsampled, padded);
    return upsampled.aux().isEmpty()
        ? Conditioning.ofSamples(samples)
        : new Conditioning(hop, speaking(aux(upsampled.aux().get(), padded)), samples);
  }

  /** The speaker in front of every vector. */
  private double[][] speaking(double[][] vectors) {
    return Arrays.stream(vectors)
        .map(vector -> DoubleStream.concat(Arrays.stream(speaker), Arrays.stream(vector)).toArray())
        .toArray(double[][]::new);
  }

  /**
   * x = (features + shift) / scale, end frames replicated; then x = relu(conv x) for each layer.
   */
  private double[][] frameConvolutions(FrameConvolutions conditioner, double[][] features) {
    int context = conditioner.contextFrames();
    double[][] x = new double[features.length + 2 * context][];
    for (int f = 0; f < x.length; f++) {
      double[] frame = features[Math.max(0, Math.min(features.length - 1, f - context))];
      x[f] = new double[frame.length];
      for (int m = 0; m < frame.length; m++) {
        x[f][m] = of.divide(of.add(frame[m], conditioner.shift()), conditioner.scale());
      }
    }
    for (Convolution layer : conditioner.layers()) {
      x = relu(convolve(layer, x));
    }
    return x;
  }

  /** x = relu(in x); x = x + second(relu(first x)) for each block; out x. */
  private double[][] aux(AuxBranch branch, double[][] padded) {
    double[][] x = relu(convolve(branch.input(), padded));
    for (AuxBranch.ResidualBlock block : branch.blocks()) {
      double[][] y = convolve(block.second(), relu(convolve(block.first(), x)));
      for (int t = 0; t < x.length; t++) {
        for (int c = 0; c < x[t].length; c++) {
          y[t][c] = of.add(x[t][c], y[t][c]);
        }
      }
      x = y;
    }
    return convolve(branch.output(), x);
  }

  /** Both branches stretched from end to end; then the mels lose their padding and are scaled. */
  private Conditioning interpolated(InterpolatedMels conditioner, double[][] features) {
    int hop = conditioner.hop();
    int cut = conditioner.pad() * hop;
    double[][] padded = padded(features, conditioner.pad(), 0);
    double[][] whole = stretch(padded, hop);
    double[][] mels = Arrays.copyOfRange(whole, cut, whole.length - cut);
    for (double[] sample : mels) {
      Arrays.setAll(sample, m -> of.multiply(sample[m], conditioner.scale()));
    }
    Optional<AuxBranch> aux = conditioner.aux();
    return aux.isEmpty()
        ? Conditioning.ofSamples(mels)
        : new Conditioning(1, stretch(aux(aux.get(), padded), hop), mels);
  }

  /** y[t] between x at floor(p) and at the next, p = t (F - 1) / (F hop - 1). */
  private double[][] stretch(double[][] x, int hop) {
    double[][] y = new double[x.length * hop][];
    long last = x.length - 1L;
    long divisor = Math.max(1, y.length - 1);
    for (int t = 0; t < y.length; t++) {
      int frame = (int) (t * last / divisor);
      double[] here = x[frame];
      double[] next = x[(int) Math.min(last, frame + 1)];
      double weight =
          of.divide(of.round((double) (t * last % divisor)), of.round((double) divisor));
      y[t] = new double[here.length];
      Arrays.setAll(y[t], c -> of.fma(weight, of.subtract(next[c], here[c]), here[c]));
    }
    return y;
  }

  /** Both directions of each layer beside each other; sample t has frame floor(t (1 / hop)). */
  private Conditioning bidirectional(BidirectionalGru conditioner, double[][] features, int hop) {
    Shapes.requireLength("repeating: samples per frame", hop, conditioner.hop());
    double[][] x = features;
    for (BidirectionalGru.Layer layer : conditioner.layers()) {
      double[][] forward = unit(layer.forward(), x, 1);
      double[][] backward = unit(layer.backward(), x, -1);
      double[][] y = new double[x.length][];
      for (int f = 0; f < y.length; f++) {
        y[f] = Arrays.copyOf(forward[f], layer.size());
        System.arraycopy(backward[f], 0, y[f], forward[f].length, backward[f].length);
      }
      x = y;
    }
    if (!conditioner.atSampleRate()) {
      return Conditioning.ofFrames(hop, x);
    }
    double[][] samples = new double[x.length * hop][];
    for (int t = 0; t < samples.length; t++) {
      samples[t] = x[Math.min(x.length - 1, BidirectionalGru.frame(t, hop))];
    }
    return Conditioning.ofSamples(samples);
  }

  /** The states of a unit that runs over the frames from one end to the other. */
  private double[][] unit(BidirectionalGru.Unit unit, double[][] x, int direction) {
    double[][] gates = new double[x.length][];
    for (int i = 0; i < x.length; i++) {
      int f = direction > 0 ? i : x.length - 1 - i;
      Shapes.requireLength("features of a frame", unit.inputs(), x[f].length);
      gates[i] = of.affine(unit.input(), x[f]);
    }
    double[][] states = states(unit.recurrent(), gates, of);
    if (direction < 0) {
      Collections.reverse(Arrays.asList(states));
    }
    return states;
  }

  /**
   * The states of a gated recurrent unit that begins with zeros.
   *
   * @param gates what each frame gives to the gates, {@code [frames][3H]}
   * @return {@code [frames][H]}
   */
  public static double[][] states(Affine recurrent, double[][] gates, Arithmetic of) {
    double[][] states = new double[gates.length][];
    double[] state = new double[recurrent.weight().columns()];
    for (int f = 0; f < gates.length; f++) {
      double[] before = state;
      state = new double[before.length];
      GruCell.Recurrent side = GruCell.Recurrent.of(of, recurrent, before);
      GruCell.STANDARD.update(of, gates[f], side, state, 0, 0, state.length);
      states[f] = state;
    }
    return states;
  }

  /** For each stage repeat and smooth; then cut what belongs to the padding. */
  private double[][] mels(UpsampledMels conditioner, double[][] padded) {
    double[][] x = padded;
    for (UpsampledMels.Stage stage : conditioner.stages()) {
      x = upsampled(x, stage);
    }
    int cut = conditioner.pad() * conditioner.hop();
    return Arrays.copyOfRange(x, cut, x.length - cut);
  }

  /**
   * y[s f + p] = bias + sum over k of kernel[k] x[floor((s f + p + k - s) / s)], x being 0 outside.
   * The taps that read the same vector are added before.
   */
  private double[][] upsampled(double[][] x, UpsampledMels.Stage stage) {
    int s = stage.factor();
    double[][] y = new double[x.length * s][];
    double[] silence = new double[x[0].length];
    for (int p = 0; p < s; p++) {
      double before = of.round(sum(stage.kernel(), 0, s - p));
      double own = of.round(sum(stage.kernel(), s - p, 2 * s - p));
      double after = of.round(sum(stage.kernel(), 2 * s - p, 2 * s + 1));
      for (int f = 0; f < x.length; f++) {
        double[] previous = f == 0 ? silence : x[f - 1];
        double[] here = x[f];
        double[] next = f == x.length - 1 ? silence : x[f + 1];
        double[] made = new double[here.length];
        for (int c = 0; c < made.length; c++) {
          double first = of.multiply(before, previous[c]);
          made[c] = of.add(of.fma(after, next[c], of.fma(own, here[c], first)), stage.bias());
        }
        y[f * s + p] = made;
      }
    }
    return y;
  }

  private static double sum(float[] kernel, int from, int to) {
    double sum = 0;
    for (int k = from; k < to; k++) {
      sum += kernel[k];
    }
    return sum;
  }

  /** y[o, t] = dot(w[o], the taps from t on, one after the other) + b[o]. */
  private double[][] convolve(Convolution layer, double[][] x) {
    int inputs = layer.inputs();
    int width = layer.width();
    Shapes.requireLength(layer.name() + ": channels", inputs, x[0].length);
    float[] byTap = new float[layer.weight().length];
    for (int o = 0; o < layer.outputs(); o++) {
      for (int k = 0; k < width; k++) {
        for (int i = 0; i < inputs; i++) {
          byTap[(o * width + k) * inputs + i] = layer.weight()[(o * inputs + i) * width + k];
        }
      }
    }
    WeightMatrix weight = WeightMatrix.dense(layer.name(), layer.outputs(), width * inputs, byTap);
    double[] bias = Arithmetic.widen(layer.bias());
    double[][] y = new double[x.length - width + 1][];
    for (int t = 0; t < y.length; t++) {
      double[] taps = new double[width * inputs];
      for (int k = 0; k < width; k++) {
        System.arraycopy(x[t + k], 0, taps, k * inputs, inputs);
      }
      y[t] = of.affine(weight, taps, bias);
    }
    return y;
  }

  private static double[][] relu(double[][] x) {
    return Arrays.stream(x).map(Arithmetic::relu).toArray(double[][]::new);
  }

  private static double[][] padded(double[][] x, int pad, double value) {
    double[][] y = new double[x.length + 2 * pad][];
    for (int f = 0; f < y.length; f++) {
      boolean own = f >= pad && f < pad + x.length;
      y[f] = own ? x[f - pad] : new double[x[0].length];
      if (!own) {
        Arrays.fill(y[f], value);
      }
    }
    return y;
  }
}
