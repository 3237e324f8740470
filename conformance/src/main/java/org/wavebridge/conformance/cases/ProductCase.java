package org.wavebridge.conformance.cases;

import java.util.List;
import org.wavebridge.conformance.measure.Bits;
import org.wavebridge.conformance.measure.NumericProfile;
import org.wavebridge.conformance.measure.Quantity;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.reference.Arithmetic;

/** A case about {@code BlockSparseGemm} alone; it needs no network. */
abstract class ProductCase implements ConformanceCase {
  @Override
  public List<Subject> subjects(List<Subject> given) {
    return List.of(SyntheticModels.product());
  }

  @Override
  public boolean appliesTo(Subject subject, String precision) {
    return precision.equals(BundleManifest.F32);
  }

  /** Judges y = x Wᵀ + b against the rounding bound, and bit for bit where that is promised. */
  static void judge(Trial trial, String name, Affine layer, float[] x, float[] found) {
    int columns = layer.weight().columns();
    int outputs = layer.bias().length;
    int rows = x.length / columns;
    if (found.length != rows * outputs) {
      trial.require(name, "expected " + rows * outputs + " values, found " + found.length, false);
      return;
    }
    double unit = trial.profile() == NumericProfile.F16 ? 0x1p-11 : 0x1p-24;
    double gamma = (columns + 1) * unit / (1 - (columns + 1) * unit);
    double worst = 0;
    float[] exact = new float[found.length];
    for (int n = 0; n < rows; n++) {
      double[] row = new double[columns];
      for (int k = 0; k < columns; k++) {
        row[k] = x[n * columns + k];
      }
      double[] expected = Arithmetic.DOUBLE.affine(layer, row);
      double[] canonical = Arithmetic.CANONICAL_F32.affine(layer, row);
      for (int r = 0; r < outputs; r++) {
        double magnitude = Math.abs(layer.bias()[r]);
        for (int k = 0; k < columns; k++) {
          magnitude += Math.abs(layer.weight().at(r, k) * row[k]);
        }
        double bound = Math.max(gamma * magnitude, Float.MIN_NORMAL);
        worst = Math.max(worst, Math.abs(expected[r] - found[n * outputs + r]) / bound);
        exact[n * outputs + r] = (float) canonical[r];
      }
    }
    trial.check(name, Quantity.PRODUCT, worst, "error as a multiple of the rounding bound");
    if (trial.profile().exact()) {
      trial.check(
          name, Quantity.OTHER_BITS, Bits.other(positiveZeros(exact), positiveZeros(found)));
    }
  }

  /** The sign of a zero depends on which zero blocks are stored (docs/numerics.md). */
  private static float[] positiveZeros(float[] values) {
    float[] same = values.clone();
    for (int i = 0; i < same.length; i++) {
      same[i] = same[i] == 0 ? 0 : same[i];
    }
    return same;
  }
}
