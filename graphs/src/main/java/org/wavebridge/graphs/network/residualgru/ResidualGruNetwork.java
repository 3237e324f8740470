package org.wavebridge.graphs.network.residualgru;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.HeadKind;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AuxAffine;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.Layers;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.WeightMatrix;

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
  /** The word for the network in a bundle. */
  public static final String KIND = "residual-gru";

  /** A head for each form that the operators have. */
  public static final List<Head> HEADS = ResidualGruHead.FORMS;

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
  public String kind() {
    return KIND;
  }

  @Override
  public HeadKind headKind() {
    return head.kind();
  }

  @Override
  public int outputs() {
    return head.outputs();
  }

  @Override
  public Layers layers() {
    return Layers.of(sample)
        .add(ResidualGruLayout.MELS, ResidualGruLayout.INPUT_AUX, input)
        .add(ResidualGruLayout.GRU1_INPUT, gru1Input)
        .add(ResidualGruLayout.GRU1_RECURRENT, gru1Recurrent)
        .add(ResidualGruLayout.GRU2_INPUT, ResidualGruLayout.GRU2_AUX, gru2Input)
        .add(ResidualGruLayout.GRU2_RECURRENT, gru2Recurrent)
        .add(ResidualGruLayout.FC1, ResidualGruLayout.FC1_AUX, fc1)
        .add(ResidualGruLayout.FC2, ResidualGruLayout.FC2_AUX, fc2)
        .add(ResidualGruLayout.OUTPUT, output);
  }

  /** A network from its layers. */
  public static ResidualGruNetwork of(Layers layers, Head head) {
    return new ResidualGruNetwork(
        layers.sample().values(),
        layers.affine(ResidualGruLayout.MELS, ResidualGruLayout.INPUT_AUX),
        layers.affine(ResidualGruLayout.GRU1_INPUT),
        layers.affine(ResidualGruLayout.GRU1_RECURRENT),
        layers.affine(ResidualGruLayout.GRU2_INPUT, ResidualGruLayout.GRU2_AUX),
        layers.affine(ResidualGruLayout.GRU2_RECURRENT),
        layers.affine(ResidualGruLayout.FC1, ResidualGruLayout.FC1_AUX),
        layers.affine(ResidualGruLayout.FC2, ResidualGruLayout.FC2_AUX),
        layers.affine(ResidualGruLayout.OUTPUT),
        head);
  }

  @Override
  public ResidualGruNetwork with(Layers layers) {
    return of(layers, head);
  }

  @Override
  public ResidualGruNetwork joined(WeightMatrix context) {
    return with(layers().add(ResidualGruLayout.MELS, input.weight().joined(context)));
  }

  /**
   * The same network with a speaker embedding, which stands in front of the aux conditioning:
   * {@code x = I [p, mel, s, a1]}.
   *
   * @param columns those of I for the embedding, {@code [R, S]}
   */
  public ResidualGruNetwork speaking(WeightMatrix columns) {
    AuxAffine joined =
        new AuxAffine(
            input.weight(), columns.named(input.aux().name()).joined(input.aux()), input.bias());
    return with(layers().add(ResidualGruLayout.MELS, ResidualGruLayout.INPUT_AUX, joined));
  }

  /**
   * The same network for one speaker: what an embedding in front of the aux conditioning adds to
   * the input layer becomes part of its bias. Products and sums are in double precision, the bias
   * first and then one column after the other, and rounded once.
   *
   * @param embedding {@code [S]}
   */
  public ResidualGruNetwork spokenBy(float[] embedding) {
    WeightMatrix all = input.aux();
    int size = embedding.length;
    float[] bias = new float[all.rows()];
    float[] rest = new float[all.rows() * (all.columns() - size)];
    for (int row = 0; row < all.rows(); row++) {
      double sum = input.bias()[row];
      for (int k = 0; k < size; k++) {
        sum += (double) all.at(row, k) * embedding[k];
      }
      bias[row] = (float) sum;
      System.arraycopy(
          all.values(),
          row * all.columns() + size,
          rest,
          row * (all.columns() - size),
          all.columns() - size);
    }
    WeightMatrix aux = WeightMatrix.dense(all.name(), all.rows(), all.columns() - size, rest);
    return with(
        layers()
            .add(
                ResidualGruLayout.MELS,
                ResidualGruLayout.INPUT_AUX,
                new AuxAffine(input.weight(), aux, bias)));
  }

  @Override
  public List<Conditioning> conditioningTensors() {
    return List.of(
        new Conditioning("mels", Conditioning.Rate.SAMPLE, input.weight().columns()),
        new Conditioning("aux", Conditioning.Rate.FRAME, Arrays.stream(auxSizes()).sum()));
  }

  @Override
  public Map<String, Integer> sizes() {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    sizes.put("hidden", hidden());
    sizes.put("aux", Arrays.stream(auxSizes()).sum());
    sizes.put("fc1", fc1.weight().rows());
    sizes.put("fc2", fc2.weight().rows());
    return sizes;
  }

  @Override
  public int stateSize() {
    return 2 * hidden();
  }

  @Override
  public int inputSize() {
    return hidden();
  }
}
