package org.wavebridge.exporter.family;

import static org.wavebridge.exporter.family.TensorReader.ANY;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.BidirectionalGru;
import org.wavebridge.graphs.model.FeatureFormat;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.MelScale;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.embeddinggru.EmbeddingGruNetwork;

/**
 * bshall/UniversalVocoding: a bidirectional GRU of two layers over all frames, then a GRU over the
 * embedding of the class before. Two published versions have the same tensors, under {@code model},
 * but their classes stand for other values, and their features have other scales. Beside the
 * tensors of a whole training file the second one has the state of a gradient scaler; nothing else
 * tells them apart.
 */
final class UniVoc implements Family {
  private static final String LOCATION = "model";
  private static final String EMBEDDING = "embedding.weight";
  private static final int LARGEST_HOP = 1 << 16;
  private static final int RANGE = 1_000_000;

  private static final List<String> RATE = List.of("sample_rate", "sr");
  private static final List<String> MELS = List.of("num_mels", "n_mels");
  private static final List<String> CONDITIONING =
      List.of("conditioning_channels", "conditioning_size");
  private static final List<String> RNN = List.of("rnn_channels", "rnn_size");
  private static final List<String> FC = List.of("fc_channels", "fc_size");

  /** A published version. */
  enum Version {
    /** Levels as fatchord's; features from 0 to 1, of -100 dB on. */
    FIRST("univoc_v01", SampleEncoding.MU_LAW),
    /** Level C / 2 is silence; features from -1 on, of -60 dB on. */
    SECOND("univoc", SampleEncoding.MU_LAW_CENTRED);

    private final String family;
    private final SampleEncoding encoding;

    Version(String family, SampleEncoding encoding) {
      this.family = family;
      this.encoding = encoding;
    }
  }

  private final Version version;

  UniVoc(Version version) {
    this.version = version;
  }

  @Override
  public String name() {
    return version.family;
  }

  @Override
  public Set<String> settings() {
    Set<String> names = new TreeSet<>(Set.of("family", "hop_length", "bits", "embedding_dim"));
    List.of(RATE, MELS, CONDITIONING, RNN, FC).forEach(names::addAll);
    names.addAll(Set.of("n_fft", "num_fft", "win_length", "fmin", "preemph"));
    names.addAll(Set.of("min_level_db", "top_db", "ref_db"));
    return names;
  }

  /** Those of the configurations of both versions. */
  @Override
  public Map<String, String> parts() {
    return Map.of(
        "preprocess", "",
        "preprocess.mulaw", "",
        "preprocessing", "",
        "model", "",
        "vocoder", "");
  }

  @Override
  public List<String> tensors(Checkpoint checkpoint) {
    List<String> names = new ArrayList<>();
    for (int layer = 0; layer < 2; layer++) {
      names.addAll(unit("rnn1", layer + ""));
      names.addAll(unit("rnn1", layer + "_reverse"));
    }
    names.add(EMBEDDING);
    names.addAll(unit("rnn2", "0"));
    names.addAll(List.of("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"));
    return names;
  }

  private static List<String> unit(String gru, String suffix) {
    return List.of("weight_ih", "weight_hh", "bias_ih", "bias_hh").stream()
        .map(part -> gru + "." + part + "_l" + suffix)
        .toList();
  }

  @Override
  public Set<String> unused(Checkpoint checkpoint) {
    return Set.of();
  }

  @Override
  public Optional<String> doubt(Checkpoint checkpoint) {
    if (shown(checkpoint).filter(version::equals).isPresent()) {
      return FatchordKeys.elsewhere(checkpoint, LOCATION);
    }
    return Optional.of(
        "all tensors are there, but they are those of both versions, univoc (0.2) and univoc_v01 (0.1)");
  }

  /** The version, where a whole training file shows it. */
  private static Optional<Version> shown(Checkpoint checkpoint) {
    if (checkpoint.metadata().containsKey("scaler")) {
      return Optional.of(Version.SECOND);
    }
    return checkpoint.metadata().containsKey("optimizer")
        ? Optional.of(Version.FIRST)
        : Optional.empty();
  }

  @Override
  public VocoderModel read(TensorReader tensors, Settings settings) {
    int hop = settings.integer("hop_length", 200, 1, LARGEST_HOP);
    BidirectionalGru conditioner = conditioner(tensors, hop);
    EmbeddingGruNetwork network = network(tensors, conditioner.size());
    BidirectionalGru.Layer first = conditioner.layers().get(0);
    tell(settings, MELS, first.inputs(), "columns of rnn1.weight_ih_l0");
    tell(settings, CONDITIONING, first.forward().units(), "columns of rnn1.weight_hh_l0");
    tell(settings, RNN, network.hidden(), "columns of rnn2.weight_hh_l0");
    tell(settings, FC, network.dense().weight().rows(), "rows of fc1.weight");
    int bits = bits(tensors, network.outputs());
    settings.tensors("bits", bits, "rows of fc2.weight");
    int rate = settings.integer(settings.given(RATE), 16000, 1, RANGE);
    return new VocoderModel(
        name(),
        new AudioFormat(rate, bits, version.encoding, 0, 0),
        new FeatureFormat(first.inputs(), hop, Optional.of(analysis(settings, rate))),
        conditioner,
        network,
        Optional.empty(),
        Utterance.WHOLE);
  }

  private static void tell(Settings settings, List<String> names, int value, String why) {
    settings.tensors(settings.given(names), value, why);
  }

  private static int bits(TensorReader tensors, int classes) {
    if (Integer.bitCount(classes) != 1 || classes < 4 || classes > Head.MOST_OUTPUTS) {
      throw tensors.refused(
          "tensor 'fc2.weight': expected 2^bits rows, 4 to 16384, found %d".formatted(classes));
    }
    return Integer.numberOfTrailingZeros(classes);
  }

  private static BidirectionalGru conditioner(TensorReader tensors, int hop) {
    List<BidirectionalGru.Layer> layers = new ArrayList<>();
    int units = (int) tensors.shape("rnn1.weight_hh_l0", ANY, ANY)[1];
    int inputs = (int) tensors.shape("rnn1.weight_ih_l0", 3L * units, ANY)[1];
    for (int layer = 0; layer < 2; layer++) {
      layers.add(
          new BidirectionalGru.Layer(
              unit(tensors, layer + "", "gru" + layer + "_forward", units, inputs),
              unit(tensors, layer + "_reverse", "gru" + layer + "_backward", units, inputs)));
      inputs = 2 * units;
    }
    return new BidirectionalGru(hop, layers);
  }

  private static BidirectionalGru.Unit unit(
      TensorReader tensors, String suffix, String name, int units, int inputs) {
    return new BidirectionalGru.Unit(
        part(tensors, "rnn1.%s_ih_l" + suffix, name + "_input", 3 * units, inputs),
        part(tensors, "rnn1.%s_hh_l" + suffix, name + "_recurrent", 3 * units, units));
  }

  private static Affine part(
      TensorReader tensors, String tensor, String weight, int rows, int columns) {
    return new Affine(
        tensors.matrix(tensor.formatted("weight"), weight, rows, columns),
        tensors.floats(tensor.formatted("bias"), rows));
  }

  private static EmbeddingGruNetwork network(TensorReader tensors, int conditioning) {
    int hidden = (int) tensors.shape("rnn2.weight_hh_l0", ANY, ANY)[1];
    int dense = (int) tensors.shape("fc1.weight", ANY, hidden)[0];
    Affine hiddenLayer = tensors.layer("fc1", "hidden", dense, hidden);
    int classes = (int) tensors.shape("fc2.weight", ANY, dense)[0];
    Affine output = tensors.layer("fc2", "output", classes, dense);
    int embedding = (int) tensors.shape(EMBEDDING, classes, ANY)[1];
    int gates = 3 * hidden;
    float[] input = tensors.floats("rnn2.weight_ih_l0", gates, (long) embedding + conditioning);
    return new EmbeddingGruNetwork(
        table(
            tensors.floats(EMBEDDING, classes, embedding),
            TensorReader.columns("embedded", input, gates, 0, embedding),
            classes),
        new Affine(
            TensorReader.columns(
                "conditioning_weight", input, gates, embedding, embedding + conditioning),
            tensors.floats("rnn2.bias_ih_l0", gates)),
        part(tensors, "rnn2.%s_hh_l0", "recurrent", gates, hidden),
        hiddenLayer,
        output);
  }

  /** What each class adds to the gates: W e, in double precision, rounded once. */
  private static WeightMatrix table(float[] embeddings, WeightMatrix weight, int classes) {
    int gates = weight.rows();
    int size = weight.columns();
    float[] table = new float[classes * gates];
    for (int k = 0; k < classes; k++) {
      for (int row = 0; row < gates; row++) {
        double sum = 0;
        for (int j = 0; j < size; j++) {
          sum += (double) weight.values()[row * size + j] * embeddings[k * size + j];
        }
        table[k * gates + row] = (float) sum;
      }
    }
    return WeightMatrix.dense("sample_weights", classes, gates, table);
  }

  /** Of pre-emphasised sound, whose loudness the second version first brings to -24 LUFS. */
  private MelAnalysis analysis(Settings settings, int rate) {
    boolean second = version == Version.SECOND;
    int transform = MelSettings.transform(settings, 2048);
    double lowest = MelSettings.lowest(settings, 50);
    double emphasis =
        settings.number(
            "preemph", 0.97, "from 0 to less than 1", share -> share >= 0 && (float) share < 1);
    int window = MelSettings.window(settings, 800);
    double reference = second ? settings.number("ref_db", 20) : 0;
    double range =
        second
            ? settings.number("top_db", 80, "a number above 0", level -> level > 0)
            : -settings.number("min_level_db", -100, "a number below 0", level -> level < 0);
    MelAnalysis analysis =
        MelAnalysis.of(transform, window, rate / 2.0, MelScale.SLANEY, MelAnalysis.LogScale.DECIBEL)
            .withLowest(lowest)
            .normalised(second ? -reference : range, range)
            .clipped(second ? -1 : 0, second ? Double.POSITIVE_INFINITY : 1)
            .withPreEmphasis(emphasis);
    return MelSettings.checked(settings, analysis, rate);
  }
}
