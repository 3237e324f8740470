package org.wavebridge.graphs.model;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * One GRU that makes a sample of every band at once (Google Lyra's WaveGRU; Kleijn et al. 2021).
 * Its conditioning is already the input of the gates. Gate order r, z, n; the previous samples of
 * all bands enter all gates, the bands of one step do not see each other.
 *
 * <pre>
 * i = conditioning + W_s x;  a = R h + b;  h' = GRU(i, a, h);  l = out relu(P h' + b_P) + b_out
 * </pre>
 *
 * @param conditioning how many conditioning vectors a frame has and how long each holds
 * @param sample {@code [3H, bands]}: what the previous samples add to the gates
 * @param recurrent {@code [3H, H]} and its bias, inside the reset product
 * @param projection {@code [D, H]}, followed by ReLU
 * @param output {@code [3 * bands * mixtures, D]}: all mixture logits, all means, all scales, each
 *     band by band
 * @param head how the outputs become samples
 * @param synthesis how the bands become a waveform
 */
public record MultiBandGruNetwork(
    ColumnRate conditioning,
    WeightMatrix sample,
    Affine recurrent,
    Affine projection,
    Affine output,
    Head.BandMixtures head,
    BandSynthesis synthesis)
    implements StepNetwork {
  /**
   * How conditioning vectors lie over frames.
   *
   * @param perFrame vectors of a frame
   * @param steps steps that a vector holds for
   */
  public record ColumnRate(int perFrame, int steps) {
    /** Checks the numbers. */
    public ColumnRate {
      if (perFrame < 1 || steps < 1) {
        throw new IllegalArgumentException(
            "expected at least one column a frame and one step a column, found %d and %d"
                .formatted(perFrame, steps));
      }
    }
  }

  /** Checks the sizes. */
  public MultiBandGruNetwork {
    int hidden = recurrent.weight().columns();
    require(recurrent.weight(), 3 * hidden, hidden);
    require(sample, 3 * hidden, head.bands());
    require(projection.weight(), projection.weight().rows(), hidden);
    require(output.weight(), head.outputs(), projection.weight().rows());
    if (synthesis.bands() != head.bands()) {
      throw new IllegalArgumentException(
          "a head of %d bands, but a synthesis of %d".formatted(head.bands(), synthesis.bands()));
    }
  }

  private static void require(WeightMatrix weight, int rows, int columns) {
    if (weight.rows() != rows || weight.columns() != columns) {
      throw new IllegalArgumentException(
          "weight '%s': expected %d x %d, found %d x %d"
              .formatted(weight.name(), rows, columns, weight.rows(), weight.columns()));
    }
  }

  /** Size of the state, H. */
  public int hidden() {
    return recurrent.weight().columns();
  }

  /** Samples of a step. */
  public int bands() {
    return head.bands();
  }

  @Override
  public List<WeightMatrix> matrices() {
    return List.of(sample, recurrent.weight(), projection.weight(), output.weight());
  }

  @Override
  public MultiBandGruNetwork map(UnaryOperator<WeightMatrix> change) {
    return new MultiBandGruNetwork(
        conditioning,
        sample,
        recurrent.map(change),
        projection.map(change),
        output.map(change),
        head,
        synthesis);
  }

  @Override
  public int stateSize() {
    return hidden();
  }

  @Override
  public int inputSize() {
    return 3 * hidden();
  }

  @Override
  public int draws() {
    return head.draws();
  }

  @Override
  public float[] initialPrevious() {
    return new float[bands()];
  }
}
