package org.wavebridge.exporter.family;

import static org.wavebridge.exporter.family.TensorReader.ANY;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.AuxAffine;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.ContextNetwork;
import org.wavebridge.graphs.model.FeatureFormat;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;

/**
 * papercup-open-source/subscale-wavernn: fatchord's network with subscale utterances. Its context
 * is one linear layer over a window of {@code lookback + horizon + 1} positions of all sub-tensors,
 * own past included, and there is no column for the previous sample. Features are made elsewhere;
 * the project leaves two frames at each end of an utterance out, here they are padded with zeros.
 *
 * <p>The published code never runs the stack of convolutions after that layer, in training or in
 * generation: a list it is zipped with is always empty. The weights of {@code
 * conditioning_network.conv_layers} and {@code lut_x} are in every checkpoint and have no effect;
 * they are not read.
 */
final class Papercup implements Family {
  private static final String CONTEXT = "conditioning_network.linproj";
  private static final Pattern UNUSED =
      Pattern.compile("lut_x\\.weight|conditioning_network\\.conv_layers\\.\\d{1,3}\\.weight");

  /** The published hyper-parameters. */
  private static final int FACTOR = 16;

  private static final int HORIZON = 7;
  private static final int LOOKBACK = 172;

  private static final int MAXIMUM_HORIZON = 1 << 20;

  @Override
  public String name() {
    return "papercup";
  }

  @Override
  public Set<String> settings() {
    Set<String> names =
        new TreeSet<>(
            Set.of(
                "family",
                "sample_rate",
                "bits",
                "feat_dims",
                "hop_length",
                "pad",
                "upsample_factors",
                "compute_dims",
                "res_out_dims",
                "res_blocks",
                "rnn_dims",
                "fc_dims"));
    names.addAll(Set.of("batch_factor", "horizon", "lookback", "condnet_channels"));
    names.addAll(Set.of("condnet_n_layers", "condnet_kernelsize", "condnet_drouput"));
    names.addAll(Set.of("frame_length", "feat_sequence_len", "segment_length", "batch_size"));
    names.addAll(Set.of("iters_per_checkpoint", "loss_base_weight", "lr", "ema_rate"));
    return names;
  }

  @Override
  public List<String> tensors(Checkpoint checkpoint) {
    List<String> names = new ArrayList<>(keys(checkpoint).tensors());
    names.addAll(List.of(CONTEXT + ".weight", CONTEXT + ".bias"));
    return names;
  }

  private static FatchordKeys keys(Checkpoint checkpoint) {
    return FatchordKeys.of(checkpoint).withInput("fc0");
  }

  @Override
  public Set<String> unused(Checkpoint checkpoint) {
    Set<String> unused = new TreeSet<>(FatchordKeys.counters(checkpoint));
    checkpoint.tensors().keySet().stream().filter(UNUSED.asMatchPredicate()).forEach(unused::add);
    return unused;
  }

  @Override
  public VocoderModel read(TensorReader tensors, Settings settings) {
    FatchordLayers layers =
        new FatchordLayers(
            tensors, settings, keys(tensors.checkpoint()), Map.of("mels", "feat_dims"));
    UpsampledMels conditioner = layers.conditioner();
    int mels = conditioner.aux().orElseThrow().input().inputs();
    int aux = layers.aux(conditioner.aux());
    int size = (int) tensors.shape(CONTEXT + ".weight", ANY, ANY)[0];
    int hidden = (int) tensors.shape("fc0.weight", ANY, (long) size + mels + aux)[0];
    float[] input = tensors.floats("fc0.weight", hidden, (long) size + mels + aux);
    ResidualGruNetwork network =
        layers.network(
            new float[hidden],
            new AuxAffine(
                TensorReader.columns("mel_weight", input, hidden, size, size + mels),
                TensorReader.columns("input_aux", input, hidden, size + mels, size + mels + aux),
                tensors.floats("fc0.bias", hidden)),
            outputs -> head(tensors, settings, outputs));
    WeightMatrix contextInput = TensorReader.columns("context_input", input, hidden, 0, size);
    return new VocoderModel(
        name(),
        new AudioFormat(
            MelSettings.sampleRate(settings, 24000),
            Integer.numberOfTrailingZeros(network.head().outputs()),
            SampleEncoding.MU_LAW,
            0,
            0),
        new FeatureFormat(mels, conditioner.hop(), Optional.empty()),
        conditioner,
        network,
        Optional.of(subscale(tensors, settings, contextInput)));
  }

  private static Head head(TensorReader tensors, Settings settings, int outputs) {
    if (Integer.bitCount(outputs) != 1 || outputs < 2) {
      throw tensors.refused("fc3 has %d outputs, expected 2^bits".formatted(outputs));
    }
    settings.tensors("bits", Integer.numberOfTrailingZeros(outputs), outputs + " outputs of fc3");
    return new Head.Categorical(outputs);
  }

  /** Of factor, horizon and lookback, the tensors tell only one number. */
  private static Subscale subscale(
      TensorReader tensors, Settings settings, WeightMatrix contextInput) {
    long[] shape = tensors.shape(CONTEXT + ".weight", contextInput.columns(), ANY);
    int columns = (int) shape[1];
    boolean published = columns == FACTOR * (LOOKBACK + HORIZON + 1);
    int factor =
        published
            ? settings.integer("batch_factor", FACTOR, 1, Subscale.MAXIMUM_FACTOR)
            : settings.integer("batch_factor", 1, Subscale.MAXIMUM_FACTOR);
    int horizon =
        published
            ? settings.integer("horizon", HORIZON, 0, MAXIMUM_HORIZON)
            : settings.integer("horizon", 0, MAXIMUM_HORIZON);
    int window = columns / factor;
    if (window * factor != columns || window <= horizon) {
      throw tensors.refused(
          "tensor '%s.weight': %d columns are no window of lookback + horizon + 1 positions of batch_factor = %d sub-tensors with a horizon of %d; wrong --config or wrong checkpoint?"
              .formatted(CONTEXT, columns, factor, horizon));
    }
    settings.tensors("lookback", window - horizon - 1, columns + " columns of " + CONTEXT);
    settings.tensors("condnet_channels", (int) shape[0], "rows of " + CONTEXT);
    ContextLayer layer =
        new ContextLayer(
            taps(tensors.floats(CONTEXT + ".weight", shape), (int) shape[0], factor, horizon),
            tensors.floats(CONTEXT + ".bias", shape[0]),
            window,
            1,
            false);
    return new Subscale(
        factor, horizon, 1, Optional.of(new ContextNetwork(true, List.of(layer), contextInput)));
  }

  /**
   * Row r of the window is the time {@code t - lookback + r}, tap r. Its columns are reversed:
   * column {@code factor - 1 - d} is the sub-tensor d before, which is channel d; for d = 0 the own
   * sample of that time, which the own channel carries {@code horizon + 1} times later.
   */
  private static WeightMatrix taps(float[] values, int outputs, int factor, int horizon) {
    int columns = values.length / outputs;
    float[] taps = new float[values.length];
    for (int output = 0; output < outputs; output++) {
      for (int row = 0; row < columns / factor; row++) {
        for (int d = 0; d < factor; d++) {
          int tap = d == 0 ? row + horizon + 1 : row;
          if (tap < columns / factor) {
            taps[output * columns + tap * factor + d] =
                values[output * columns + row * factor + factor - 1 - d];
          }
        }
      }
    }
    return WeightMatrix.dense("context_layer0", outputs, columns, taps);
  }
}
