package org.wavebridge.graphs.network.embeddinggru;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.HeadKind;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.Layers;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.WeightMatrix;

/**
 * One GRU that hears the embedding of the class before (bshall/UniversalVocoding), then a dense
 * layer with ReLU and an output layer. Gate order r, z, n. What an embedding adds to the gates is a
 * row of a table, so that no product is left of it:
 *
 * <pre>
 * i = (W_c conditioning + b_c) + table[k];  h' = GRU(i, R h + b, h);  l = out relu(P h' + b_P) + b_out
 * </pre>
 *
 * <p>Values are those of classes, 2k / (C - 1) - 1; the class of a value is the nearest.
 *
 * @param table {@code [C, 3H]}: what each class adds to the gates
 * @param conditioning {@code [3H, E]} and input bias, outside the reset product
 * @param recurrent {@code [3H, H]} and its bias, inside the reset product
 * @param dense {@code [D, H]}, followed by ReLU
 * @param output {@code [C, D]}
 */
public record EmbeddingGruNetwork(
    WeightMatrix table, Affine conditioning, Affine recurrent, Affine dense, Affine output)
    implements StepNetwork {
  /** The word for the network in a bundle. */
  public static final String KIND = "embedding-gru";

  /** Checks the sizes. */
  public EmbeddingGruNetwork {
    int hidden = recurrent.weight().columns();
    int classes = output.weight().rows();
    table.requireShape(classes, 3 * hidden);
    conditioning.weight().requireShape(3 * hidden, conditioning.weight().columns());
    recurrent.weight().requireShape(3 * hidden, hidden);
    dense.weight().requireShape(dense.weight().rows(), hidden);
    output.weight().requireShape(classes, dense.weight().rows());
    if (classes < 2) {
      throw new IllegalArgumentException("expected at least 2 classes, found " + classes);
    }
  }

  /** Size of the state, H. */
  public int hidden() {
    return recurrent.weight().columns();
  }

  /** The head: a class of C. */
  public Head.Categorical head() {
    return new Head.Categorical(outputs());
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public HeadKind headKind() {
    return head().kind();
  }

  @Override
  public int outputs() {
    return output.weight().rows();
  }

  @Override
  public Layers layers() {
    return Layers.of(table)
        .add(EmbeddingGruLayout.CONDITIONING, conditioning)
        .add(EmbeddingGruLayout.RECURRENT, recurrent)
        .add(EmbeddingGruLayout.HIDDEN, dense)
        .add(EmbeddingGruLayout.OUTPUT, output);
  }

  /** A network from its layers. */
  static EmbeddingGruNetwork of(Layers layers) {
    return new EmbeddingGruNetwork(
        layers.sample(),
        layers.affine(EmbeddingGruLayout.CONDITIONING),
        layers.affine(EmbeddingGruLayout.RECURRENT),
        layers.affine(EmbeddingGruLayout.HIDDEN),
        layers.affine(EmbeddingGruLayout.OUTPUT));
  }

  @Override
  public EmbeddingGruNetwork with(Layers layers) {
    return of(layers);
  }

  @Override
  public List<WeightMatrix> matrices() {
    return Stream.concat(Stream.of(table), layers().matrices().stream()).toList();
  }

  @Override
  public List<Conditioning> conditioningTensors() {
    return List.of(
        new Conditioning("conditioning", Conditioning.Rate.FRAME, conditioning.weight().columns()));
  }

  @Override
  public Map<String, Integer> sizes() {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    sizes.put("hidden", hidden());
    sizes.put("conditioning", conditioning.weight().columns());
    sizes.put("dense", dense.weight().rows());
    return sizes;
  }

  @Override
  public int stateSize() {
    return hidden();
  }

  @Override
  public int inputSize() {
    return 3 * hidden();
  }

  /** The value of class C / 2. */
  @Override
  public float[] initialPrevious() {
    return new float[] {head().value(outputs() / 2)};
  }
}
