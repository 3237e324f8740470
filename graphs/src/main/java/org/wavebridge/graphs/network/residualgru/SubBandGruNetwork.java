package org.wavebridge.graphs.network.residualgru;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.HeadKind;
import org.wavebridge.graphs.model.BandSynthesis;
import org.wavebridge.graphs.model.Conditioner;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.Layers;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.WeightMatrix;

/**
 * A residual GRU network that makes a sample of each of B bands in a step (Yu et al. 2020, section
 * 2.2; Rongjiehuang/Multiband-WaveRNN). The previous samples of all bands enter the input layer, an
 * output layer of B C rows gives the outputs of the head for each band, and the samples of one step
 * do not see each other.
 *
 * <pre>
 * x = I [p_0 .. p_(B-1), mel, a1];  ...  l_b = out_b q
 * </pre>
 *
 * <p>The network's values come band by band within a step: sample {@code B t + b} is that of band b
 * at step t. There are mels for each step; a frame's are joined to one vector.
 *
 * @param steps of a frame
 * @param sample {@code [R, B]}: the columns of I for the previous values
 * @param layersOfBands all the others; the output layer {@code [B C, D2]}, and no column of I for a
 *     value
 * @param synthesis how the bands become a waveform
 */
public record SubBandGruNetwork(
    int steps, WeightMatrix sample, ResidualGruNetwork layersOfBands, BandSynthesis synthesis)
    implements StepNetwork {
  /** The word for the network in a bundle. */
  public static final String KIND = "sub-band-gru";

  /** Checks the sizes. */
  public SubBandGruNetwork {
    int rows = layersOfBands.output().weight().rows();
    int expected = sample.columns() * layersOfBands.head().outputs();
    if (sample.rows() != layersOfBands.hidden()
        || sample.columns() != synthesis.bands()
        || rows != expected) {
      throw new IllegalArgumentException(
          "a synthesis of %d bands, weights for %d previous values in %d units of %d, and %d outputs of %d do not fit together"
              .formatted(
                  synthesis.bands(),
                  sample.columns(),
                  sample.rows(),
                  layersOfBands.hidden(),
                  rows,
                  expected));
    }
    if (steps < 1) {
      throw new IllegalArgumentException("expected at least one step a frame, found " + steps);
    }
  }

  /** Samples of a step, B. */
  public int bands() {
    return sample.columns();
  }

  /** How the outputs of a band become its sample. */
  public Head head() {
    return layersOfBands.head();
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public HeadKind headKind() {
    return layersOfBands.headKind();
  }

  @Override
  public int outputs() {
    return layersOfBands.outputs();
  }

  @Override
  public Layers layers() {
    Layers layers = Layers.of(sample);
    Layers own = layersOfBands.layers();
    for (var row : SubBandGruLayout.LAYERS) {
      boolean output = row.equals(SubBandGruLayout.OUTPUT);
      var from = output ? ResidualGruLayout.OUTPUT : row;
      if (row.bias().isPresent()) {
        layers.add(row, own.affine(from));
      } else {
        layers.add(row, own.weight(from));
      }
    }
    return layers;
  }

  /**
   * A network from its layers.
   *
   * @param steps of a frame
   */
  static SubBandGruNetwork of(int steps, Layers layers, Head head, BandSynthesis synthesis) {
    Layers own = Layers.of(new float[layers.sample().rows()]);
    for (var row : ResidualGruLayout.LAYERS) {
      boolean output = row.equals(ResidualGruLayout.OUTPUT);
      var from = output ? SubBandGruLayout.OUTPUT : row;
      if (row.bias().isPresent()) {
        own.add(row, layers.affine(from));
      } else {
        own.add(row, layers.weight(from));
      }
    }
    return new SubBandGruNetwork(
        steps, layers.sample(), ResidualGruNetwork.of(own, head), synthesis);
  }

  @Override
  public SubBandGruNetwork with(Layers layers) {
    return of(steps, layers, head(), synthesis);
  }

  @Override
  public List<Conditioning> conditioningTensors() {
    List<Conditioning> own = layersOfBands.conditioningTensors();
    Conditioning mels = own.get(0);
    return List.of(
        new Conditioning(mels.name(), Conditioning.Rate.FRAME, steps * mels.size()), own.get(1));
  }

  @Override
  public int vectorsOf(Conditioning tensor) {
    return tensor.equals(conditioningTensors().get(0)) ? steps : 1;
  }

  @Override
  public Map<String, Integer> sizes() {
    Map<String, Integer> sizes = new LinkedHashMap<>(layersOfBands.sizes());
    sizes.put("bands", bands());
    sizes.put("steps of a frame", steps);
    return sizes;
  }

  @Override
  public int stateSize() {
    return layersOfBands.stateSize();
  }

  @Override
  public int inputSize() {
    return layersOfBands.inputSize();
  }

  @Override
  public int samplesPerStep() {
    return bands();
  }

  @Override
  public Optional<BandSynthesis> bandSynthesis() {
    return Optional.of(synthesis);
  }

  @Override
  public void check(Conditioner conditioner, int hop, boolean subscale) {
    if (subscale
        || !(conditioner instanceof UpsampledMels upsampled)
        || upsampled.aux().isEmpty()
        || upsampled.hop() != steps
        || hop != steps * bands()) {
      throw new IllegalArgumentException(
          "a residual GRU network of %d bands makes no sub-tensors, and takes upsampled mels for each of the %d steps of a frame of %d samples"
              .formatted(bands(), steps, hop));
    }
  }
}
