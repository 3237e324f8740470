package org.wavebridge.graphs.network.multibandgru;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.HeadKind;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.BandSynthesis;
import org.wavebridge.graphs.model.CausalConvolutions;
import org.wavebridge.graphs.model.Conditioner;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.Layers;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.WeightMatrix;

/**
 * One GRU that makes a sample of every band at once (Google Lyra's WaveGRU; Kleijn et al. 2021).
 * Its conditioning is already the input of the gates. Gate order r, z, n; the previous samples of
 * all bands enter all gates, the bands of one step do not see each other.
 *
 * <pre>
 * i = conditioning + W_s x;  a = R h + b;  h' = GRU(i, a, h);  l = out relu(P h' + b_P) + b_out
 * </pre>
 *
 * <p>The network's values come band by band within a step: sample {@code bands * t + b} is that of
 * band b at step t. Its outputs are those of the head for this sample.
 *
 * @param columns conditioning vectors of a frame; each holds for as many samples
 * @param sample {@code [3H, bands]}: what the previous samples add to the gates
 * @param recurrent {@code [3H, H]} and its bias, inside the reset product
 * @param projection {@code [D, H]}, followed by ReLU
 * @param output {@code [bands * 3 * mixtures, D]}: the outputs of the head for each band
 * @param head how the outputs become samples
 * @param synthesis how the bands become a waveform
 */
public record MultiBandGruNetwork(
    int columns,
    WeightMatrix sample,
    Affine recurrent,
    Affine projection,
    Affine output,
    Head.BandMixtures head,
    BandSynthesis synthesis)
    implements StepNetwork {
  /** The word for the network in a bundle. */
  public static final String KIND = "multi-band-gru";

  /** Checks the sizes. */
  public MultiBandGruNetwork {
    int hidden = recurrent.weight().columns();
    recurrent.weight().requireShape(3 * hidden, hidden);
    sample.requireShape(3 * hidden, head.bands());
    projection.weight().requireShape(projection.weight().rows(), hidden);
    output.weight().requireShape(head.bands() * head.outputs(), projection.weight().rows());
    if (columns < 1) {
      throw new IllegalArgumentException("expected at least one column a frame, found " + columns);
    }
    if (synthesis.bands() != head.bands()) {
      throw new IllegalArgumentException(
          "a head of %d bands, but a synthesis of %d".formatted(head.bands(), synthesis.bands()));
    }
  }

  /** Size of the state, H. */
  public int hidden() {
    return recurrent.weight().columns();
  }

  @Override
  public Optional<BandSynthesis> bandSynthesis() {
    return Optional.of(synthesis);
  }

  /** Samples of a step. */
  public int bands() {
    return head.bands();
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
        .add(MultiBandGruLayout.RECURRENT, recurrent)
        .add(MultiBandGruLayout.PROJECTION, projection)
        .add(MultiBandGruLayout.OUTPUT, output);
  }

  @Override
  public MultiBandGruNetwork with(Layers layers) {
    return new MultiBandGruNetwork(
        columns,
        sample,
        layers.affine(MultiBandGruLayout.RECURRENT),
        layers.affine(MultiBandGruLayout.PROJECTION),
        layers.affine(MultiBandGruLayout.OUTPUT),
        head,
        synthesis);
  }

  @Override
  public List<WeightMatrix> matrices() {
    return Stream.concat(Stream.of(sample), layers().matrices().stream()).toList();
  }

  @Override
  public List<Conditioning> conditioningTensors() {
    return List.of(
        new Conditioning("conditioning", Conditioning.Rate.FRAME, columns * inputSize()));
  }

  @Override
  public Map<String, Integer> sizes() {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    sizes.put("hidden", hidden());
    sizes.put("columns", columns);
    sizes.put("projection", projection.weight().rows());
    sizes.put("mixtures", head.mixtures());
    return sizes;
  }

  @Override
  public float levelsPerUnit() {
    return head.unit();
  }

  @Override
  public int vectorsPerFrame() {
    return columns;
  }

  @Override
  public void check(Conditioner conditioner, int hop, boolean subscale) {
    if (subscale
        || !(conditioner instanceof CausalConvolutions causal)
        || causal.vectorsPerFrame() != columns
        || causal.size() != inputSize()
        || hop % (columns * bands()) != 0) {
      throw new IllegalArgumentException(
          "a multi-band network makes no sub-tensors, and takes causal convolutions that give the input of its gates for each column of a frame of %d samples"
              .formatted(hop));
    }
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
  public int samplesPerStep() {
    return bands();
  }
}
