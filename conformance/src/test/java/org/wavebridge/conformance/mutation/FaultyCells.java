package org.wavebridge.conformance.mutation;

import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.GruCell;

/** Gated recurrent units that are not the one of the equations. */
final class FaultyCells {
  private FaultyCells() {}

  /** One unit at a time, with the gates known. */
  private abstract static class Faulty extends GruCell {
    @Override
    protected void update(
        Arithmetic of,
        double[] input,
        Recurrent recurrent,
        double[] state,
        int offset,
        int first,
        int end) {
      int size = recurrent.size();
      double[] a = product(of, input, recurrent);
      double[] bias = Arithmetic.widen(recurrent.layer().bias());
      for (int j = first; j < end; j++) {
        state[offset + j] =
            next(
                of.sigmoid(input[j] + a[j]),
                of.sigmoid(input[size + j] + a[size + j]),
                input[2 * size + j],
                a[2 * size + j],
                bias[2 * size + j],
                recurrent.state()[j],
                of);
      }
    }

    double[] product(Arithmetic of, double[] input, Recurrent recurrent) {
      return recurrent.product();
    }

    abstract double next(
        double r, double z, double i, double a, double bias, double h, Arithmetic of);

    static double mix(double z, double h, double n) {
      return z * h + (1 - z) * n;
    }
  }

  static final class GatesExchanged extends Faulty {
    @Override
    double next(double r, double z, double i, double a, double bias, double h, Arithmetic of) {
      return mix(r, h, of.tanh(i + z * a));
    }
  }

  static final class ResetBeforeProduct extends Faulty {
    @Override
    double[] product(Arithmetic of, double[] input, Recurrent recurrent) {
      int size = recurrent.size();
      double[] a = recurrent.product().clone();
      double[] reset = recurrent.state().clone();
      for (int j = 0; j < size; j++) {
        reset[j] *= of.sigmoid(input[j] + a[j]);
      }
      double[] candidate = of.affine(recurrent.layer(), reset);
      System.arraycopy(candidate, 2 * size, a, 2 * size, size);
      return a;
    }

    @Override
    double next(double r, double z, double i, double a, double bias, double h, Arithmetic of) {
      return mix(z, h, of.tanh(i + a));
    }
  }

  static final class ResetWithoutBias extends Faulty {
    @Override
    double next(double r, double z, double i, double a, double bias, double h, Arithmetic of) {
      return mix(z, h, of.tanh(i + r * (a - bias) + bias));
    }
  }

  static final class UpdateInverted extends Faulty {
    @Override
    double next(double r, double z, double i, double a, double bias, double h, Arithmetic of) {
      return mix(1 - z, h, of.tanh(i + r * a));
    }
  }

  static final class NoReset extends Faulty {
    @Override
    double next(double r, double z, double i, double a, double bias, double h, Arithmetic of) {
      return mix(z, h, of.tanh(i + a));
    }
  }
}
