package org.wavebridge.graphs.model;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * fatchord's step: an input layer, two GRUs with skip connections, two dense layers with ReLU and
 * an output layer; slices of the frame-rate aux conditioning join the input, the second GRU and the
 * dense layers, in that order. Gate order r, z, n.
 *
 * <pre>
 * x = I [p, mel, a1];  x += GRU1(x);  x += GRU2([x, a2]);  q = relu(fc1 [x, a3]);  q = relu(fc2 [q, a4]);  l = out q
 * </pre>
 *
 * @param sample {@code [R]}: the column of I for the previous value p
 * @param input I without that column: {@code weight [R, mels]}, {@code aux [R, A1]}
 * @param gru1Input {@code [3R, R]}
 * @param gru1Recurrent {@code [3R, R]}
 * @param gru2Input {@code weight [3R, R]}, {@code aux [3R, A2]}
 * @param gru2Recurrent {@code [3R, R]}
 * @param fc1 {@code weight [D1, R]}, {@code aux [D1, A3]}
 * @param fc2 {@code weight [D2, D1]}, {@code aux [D2, A4]}
 * @param output {@code [C, D2]}
 * @param head how the outputs become a sample
 */
public record ResidualGruNetwork(
    float[] sample,
    AuxAffine input,
    Affine gru1Input,
    Affine gru1Recurrent,
    AuxAffine gru2Input,
    Affine gru2Recurrent,
    AuxAffine fc1,
    AuxAffine fc2,
    Affine output,
    Head head)
    implements StepNetwork {
  /** Size of each GRU, R. */
  public int hidden() {
    return sample.length;
  }

  /** The sizes A1, A2, A3, A4 of the slices of the aux conditioning. */
  public int[] auxSizes() {
    return new int[] {
      input.aux().columns(), gru2Input.aux().columns(), fc1.aux().columns(), fc2.aux().columns()
    };
  }

  @Override
  public List<WeightMatrix> matrices() {
    return List.of(
        input.weight(),
        input.aux(),
        gru1Input.weight(),
        gru1Recurrent.weight(),
        gru2Input.weight(),
        gru2Input.aux(),
        gru2Recurrent.weight(),
        fc1.weight(),
        fc1.aux(),
        fc2.weight(),
        fc2.aux(),
        output.weight());
  }

  @Override
  public ResidualGruNetwork map(UnaryOperator<WeightMatrix> change) {
    return new ResidualGruNetwork(
        sample,
        input.map(change),
        gru1Input.map(change),
        gru1Recurrent.map(change),
        gru2Input.map(change),
        gru2Recurrent.map(change),
        fc1.map(change),
        fc2.map(change),
        output.map(change),
        head);
  }

  @Override
  public int stateSize() {
    return 2 * hidden();
  }

  @Override
  public int inputSize() {
    return hidden();
  }

  @Override
  public int[] logitShape() {
    return new int[] {head.outputs()};
  }

  @Override
  public int draws() {
    return head.draws();
  }

  @Override
  public float[] initialPrevious() {
    return new float[1];
  }
}
