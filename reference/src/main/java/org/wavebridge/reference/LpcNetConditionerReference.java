package org.wavebridge.reference;

import java.util.Arrays;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.LpcNetConditioner;
import org.wavebridge.graphs.network.lpcnet.LpcNetNetwork;

/** {@link LpcNetConditioner} in an arithmetic; an array is {@code [time][channels]}. */
final class LpcNetConditionerReference {
  private static final int ORDER = LpcNetNetwork.ORDER;

  /** Below this share of the energy the error ends the recursion. */
  private static final float LEAST_ERROR = 0.001f;

  private final LpcNetConditioner conditioner;
  private final Arithmetic of;

  private LpcNetConditionerReference(LpcNetConditioner conditioner, Arithmetic arithmetic) {
    this.conditioner = conditioner;
    this.of = arithmetic;
  }

  /** The conditioning of every frame; frames after the last are zeros. */
  static Conditioning evaluate(
      LpcNetConditioner conditioner, double[][] features, int hop, Arithmetic arithmetic) {
    return Conditioning.ofFrames(
        hop, new LpcNetConditionerReference(conditioner, arithmetic).frames(features));
  }

  private double[][] frames(double[][] features) {
    int ahead = conditioner.lookAhead();
    double[][] padded = Arrays.copyOf(features, features.length + ahead);
    Arrays.fill(padded, features.length, padded.length, new double[features[0].length]);
    double[][] x = Arrays.stream(padded).map(this::input).toArray(double[][]::new);
    double[][] u = convolve(conditioner.first(), x);
    Arrays.setAll(u[0], c -> of.multiply(u[0][c], 0));
    double[][] v = convolve(conditioner.second(), u);
    double[][] made = new double[features.length][];
    for (int f = 0; f < made.length; f++) {
      double[] y = tanh(of.affine(conditioner.third(), v[f + ahead]));
      double[] condition = tanh(of.affine(conditioner.fourth(), y));
      made[f] =
          join(
              of.affine(conditioner.gates(), condition),
              conditioner.cepstral().isPresent()
                  ? ofCepstrum(features, f)
                  : ofReflections(condition),
              sharpening(features[f]));
    }
    return made;
  }

  private double[] input(double[] frame) {
    double shifted = of.add(frame[conditioner.pitchFeature()], of.round(2.002));
    double scaled = Math.floor(of.multiply(shifted, 50));
    int pitch =
        (int)
            Math.min(Math.max(scaled, conditioner.lowestPitch()), LpcNetConditioner.HIGHEST_PITCH);
    int size = conditioner.embedding().columns();
    double[] x = Arrays.copyOf(frame, conditioner.features() + size);
    for (int i = 0; i < size; i++) {
      x[conditioner.features() + i] = conditioner.embedding().at(pitch, i);
    }
    return x;
  }

  /** tanh of a causal convolution, zeros before the first frame. */
  private double[][] convolve(ContextLayer layer, double[][] x) {
    int inputs = layer.inputs();
    double[][] y = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double[] taps = new double[layer.kernel() * inputs];
      for (int k = 0; k < layer.kernel(); k++) {
        int at = t - layer.reach() + k * layer.dilation();
        if (at >= 0) {
          System.arraycopy(x[at], 0, taps, k * inputs, inputs);
        }
      }
      y[t] = tanh(of.affine(layer.weight(), taps, Arithmetic.widen(layer.bias())));
    }
    return y;
  }

  private double[] tanh(double[] x) {
    double[] y = new double[x.length];
    Arrays.setAll(y, i -> of.tanh(x[i]));
    return y;
  }

  /** Levinson and Durbin's recursion, in double precision in every arithmetic. */
  private double[] ofCepstrum(double[][] features, int frame) {
    LpcNetConditioner.Cepstral cepstral = conditioner.cepstral().orElseThrow();
    Affine logEnergies = cepstral.logEnergies();
    double[] cepstrum = Arrays.copyOf(features[frame], logEnergies.weight().columns());
    double[] energies = of.affine(logEnergies, cepstrum);
    Arrays.setAll(energies, i -> of.exp(energies[i]));
    double[] c = new double[ORDER + 1];
    for (int lag = 0; lag < c.length; lag++) {
      for (int band = 0; band < energies.length; band++) {
        c[lag] += cepstral.autocorrelation().at(lag, band) * energies[band];
      }
    }
    c[0] += cepstral.noiseFloor();
    double[] a = recursion(c);
    double power = 1;
    for (int i = 0; i < ORDER; i++) {
      power *= conditioner.gamma();
      a[i] = of.round(power * a[i]);
    }
    return a;
  }

  private static double[] recursion(double[] c) {
    double[] a = new double[ORDER];
    double error = c[0];
    for (int i = 0; i < ORDER && error >= LEAST_ERROR * c[0]; i++) {
      double sum = 0;
      for (int j = 0; j < i; j++) {
        sum += a[j] * c[i - j];
      }
      double reflection = -(sum + c[i + 1]) / error;
      double[] before = a.clone();
      for (int j = 0; j < i; j++) {
        a[j] = before[j] + reflection * before[i - 1 - j];
      }
      a[i] = reflection;
      error -= reflection * reflection * error;
    }
    return a;
  }

  private double[] ofReflections(double[] condition) {
    double[] a = new double[ORDER];
    for (int i = 0; i < ORDER; i++) {
      double[] before = a.clone();
      for (int j = 0; j < i; j++) {
        a[j] = of.add(before[j], of.multiply(condition[i], before[i - 1 - j]));
      }
      a[i] = condition[i];
    }
    double power = 1;
    for (int i = 0; i < ORDER; i++) {
      power = of.multiply(power, conditioner.gamma());
      a[i] = of.multiply(a[i], power);
    }
    return a;
  }

  private double sharpening(double[] frame) {
    if (!conditioner.sharpened()) {
      return 1;
    }
    double above = of.subtract(frame[conditioner.gainFeature()], of.round(1.0 / 3));
    return of.add(1, Math.max(0, of.multiply(above, 1.5)));
  }

  private static double[] join(double[] gates, double[] coefficients, double sharpening) {
    double[] all = Arrays.copyOf(gates, gates.length + ORDER + 1);
    System.arraycopy(coefficients, 0, all, gates.length, ORDER);
    all[all.length - 1] = sharpening;
    return all;
  }
}
