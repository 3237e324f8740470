package org.wavebridge.reference;

import java.util.Optional;
import java.util.Random;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AuxAffine;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;

/** Networks of a few units with random weights. */
final class SmallNetworks {
  private SmallNetworks() {}

  /** H = 10, E = 6. */
  static DualSoftmaxNetwork dual(int seed) {
    Random random = new Random(seed);
    int h = 10;
    WeightMatrix sample = matrix(random, "sample", 3 * h, 3);
    for (int gate = 0; gate < 3; gate++) {
      for (int row = 0; row < h / 2; row++) {
        sample.values()[(gate * h + row) * 3 + 2] = 0;
      }
    }
    return new DualSoftmaxNetwork(
        affine(random, "conditioning", 3 * h, 6),
        sample,
        affine(random, "recurrent", 3 * h, h),
        affine(random, "coarse_hidden", 7, h / 2),
        affine(random, "coarse_output", 256, 7),
        affine(random, "fine_hidden", 9, h / 2),
        affine(random, "fine_output", 256, 9),
        new float[] {1 / 255f, -1});
  }

  /** R = 6, 4 mels, aux parts of 3, 2, 0 and 1. */
  static ResidualGruNetwork residual(Head head, int seed) {
    Random random = new Random(seed);
    int r = 6;
    return new ResidualGruNetwork(
        matrix(random, "sample", r, 1).values(),
        aux(random, "input", r, 4, 3),
        affine(random, "gru1_input", 3 * r, r),
        affine(random, "gru1_recurrent", 3 * r, r),
        aux(random, "gru2_input", 3 * r, r, 2),
        affine(random, "gru2_recurrent", 3 * r, r),
        aux(random, "fc1", 5, r, 0),
        aux(random, "fc2", 7, 5, 1),
        affine(random, "output", head.outputs(), 7),
        head);
  }

  /** Conditioning with random values in -1..1. */
  static Conditioning conditioning(int frames, int hop, int perFrame, int perSample, int seed) {
    Random random = new Random(seed);
    return new Conditioning(
        hop, values(random, frames, perFrame), values(random, frames * hop, perSample));
  }

  private static double[][] values(Random random, int rows, int columns) {
    double[][] values = new double[rows][columns];
    for (double[] row : values) {
      for (int i = 0; i < columns; i++) {
        row[i] = 2 * random.nextDouble() - 1;
      }
    }
    return values;
  }

  private static Affine affine(Random random, String name, int rows, int columns) {
    return new Affine(matrix(random, name, rows, columns), matrix(random, name, rows, 1).values());
  }

  private static AuxAffine aux(Random random, String name, int rows, int columns, int slice) {
    return new AuxAffine(
        matrix(random, name, rows, columns),
        matrix(random, name + "_aux", rows, slice),
        matrix(random, name, rows, 1).values());
  }

  private static WeightMatrix matrix(Random random, String name, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (0.7 * random.nextGaussian());
    }
    return new WeightMatrix(name, rows, columns, values, Optional.empty());
  }
}
