package org.wavebridge.exporter.family;

import static org.wavebridge.exporter.family.TensorReader.ANY;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.FeatureFormat;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;

/**
 * mkotha/WaveRNN, model {@code wavernn1}: a dual softmax over one GRU, whose input is the upsampled
 * mels of each sample, then c_{t-1}, f_{t-1}, c_t. Convolutions of the upsampling, of {@code 2
 * factor - 1} taps, are not padded; together they take one frame from each end, which here has no
 * samples. Before {@code wavernn.} names began with {@code rnn.} and {@code fc1}.
 */
final class Mkotha implements Family {
  private static final Pattern STAGE =
      Pattern.compile("upsample\\.up_layers\\.(\\d{1,2})\\.(?:weight|bias)");
  private static final String GRU = "wavernn.gru.";

  /** Frames that the upsampling takes from each end. */
  private static final int CONTEXT = 1;

  @Override
  public String name() {
    return "mkotha";
  }

  @Override
  public Set<String> settings() {
    return Set.of(
        "family",
        "model",
        "rnn_dims",
        "fc_dims",
        "pad",
        "upsample_factors",
        "feat_dims",
        "sample_rate",
        "n_fft",
        "num_mels",
        "hop_length",
        "win_length",
        "fmin",
        "min_level_db",
        "ref_level_db");
  }

  @Override
  public List<String> tensors(Checkpoint checkpoint) {
    List<String> names = new ArrayList<>();
    for (int stage = 0; stage < stages(checkpoint); stage++) {
      names.add("upsample.up_layers." + stage + ".weight");
      names.add("upsample.up_layers." + stage + ".bias");
    }
    for (String part : List.of("weight_ih", "weight_hh", "bias_ih", "bias_hh")) {
      names.add(GRU + part + "_l0");
    }
    for (int layer = 1; layer <= 4; layer++) {
      names.addAll(List.of("wavernn.fc" + layer + ".weight", "wavernn.fc" + layer + ".bias"));
    }
    return names.stream().map(own(checkpoint)).toList();
  }

  private static int stages(Checkpoint checkpoint) {
    return Math.max(1, FatchordKeys.last(checkpoint, STAGE) + 1);
  }

  private static UnaryOperator<String> own(Checkpoint checkpoint) {
    return checkpoint.tensors().containsKey("rnn.weight_hh_l0")
        ? name -> name.replace("wavernn.gru.", "rnn.").replace("wavernn.fc", "fc")
        : UnaryOperator.identity();
  }

  @Override
  public Set<String> unused(Checkpoint checkpoint) {
    return Set.of("wavernn.mask", "step");
  }

  @Override
  public VocoderModel read(TensorReader reader, Settings settings) {
    TensorReader tensors = reader.named(own(reader.checkpoint()));
    UpsampledMels conditioner =
        new UpsampledMels(
            CONTEXT, stageLayers(tensors, stages(reader.checkpoint())), Optional.empty());
    settings.tensors(
        "upsample_factors",
        conditioner.stages().stream().map(UpsampledMels.Stage::factor).toList(),
        "widths of upsample.up_layers");
    settings.tensors("hop_length", conditioner.hop(), "product of the upsampling factors");
    DualSoftmaxNetwork network = network(tensors, settings);
    int rate = MelSettings.sampleRate(settings, 22050);
    return new VocoderModel(
        name(),
        new AudioFormat(rate, 16, SampleEncoding.LINEAR, 0, 0),
        new FeatureFormat(
            network.conditioning().weight().columns(), conditioner.hop(), Optional.empty()),
        conditioner,
        network,
        Optional.empty(),
        Utterance.PLAIN.withFrames(CONTEXT, CONTEXT));
  }

  /** Zeros at both ends make {@code 2 factor + 1} taps of {@code 2 factor - 1}. */
  private static List<UpsampledMels.Stage> stageLayers(TensorReader tensors, int count) {
    List<UpsampledMels.Stage> stages = new ArrayList<>();
    for (int stage = 0; stage < count; stage++) {
      String name = "upsample.up_layers." + stage;
      int taps = (int) tensors.shape(name + ".weight", 1, 1, 1, ANY)[3];
      if (taps % 2 == 0) {
        throw tensors.refused(
            "tensor '%s.weight': expected 2 x factor - 1 taps, found %d".formatted(name, taps));
      }
      float[] kernel = new float[taps + 2];
      System.arraycopy(tensors.floats(name + ".weight", 1, 1, 1, taps), 0, kernel, 1, taps);
      stages.add(
          new UpsampledMels.Stage((taps + 1) / 2, kernel, tensors.floats(name + ".bias", 1)[0]));
    }
    return stages;
  }

  private static DualSoftmaxNetwork network(TensorReader tensors, Settings settings) {
    int hidden = (int) tensors.shape(GRU + "weight_hh_l0", ANY, ANY)[1];
    int mels = (int) tensors.shape(GRU + "weight_ih_l0", 3L * hidden, ANY)[1] - 3;
    if (hidden % 2 != 0 || mels < 1) {
      throw tensors.refused(
          "a GRU of %d units and %d features: expected an even number of units and at least 1 feature"
              .formatted(hidden, mels));
    }
    settings.tensors("rnn_dims", hidden, "columns of " + GRU + "weight_hh_l0");
    settings.tensors("feat_dims", mels, "columns of " + GRU + "weight_ih_l0");
    float[] input = tensors.floats(GRU + "weight_ih_l0", 3L * hidden, 3L + mels);
    int dense = (int) tensors.shape("wavernn.fc1.weight", ANY, hidden / 2)[0];
    settings.tensors("fc_dims", dense, "rows of wavernn.fc1.weight");
    WeightMatrix sample = TensorReader.columns("sample_weights", input, 3 * hidden, mels, mels + 3);
    DualSoftmaxLayers.requireMasked(tensors, GRU + "weight_ih_l0", sample);
    Affine conditioning =
        new Affine(
            TensorReader.columns("conditioning_weight", input, 3 * hidden, 0, mels),
            tensors.floats(GRU + "bias_ih_l0", 3L * hidden));
    Affine recurrent =
        new Affine(
            tensors.matrix(GRU + "weight_hh_l0", "recurrent", 3 * hidden, hidden),
            tensors.floats(GRU + "bias_hh_l0", 3L * hidden));
    return DualSoftmaxLayers.network(
        tensors, "wavernn.fc", conditioning, sample, recurrent, new float[] {0, 0});
  }
}
