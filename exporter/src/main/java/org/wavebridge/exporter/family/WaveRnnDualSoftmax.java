package org.wavebridge.exporter.family;

import static org.wavebridge.exporter.family.TensorReader.ANY;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.Convolution;
import org.wavebridge.graphs.model.FeatureFormat;
import org.wavebridge.graphs.model.FrameConvolutions;
import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.MelScale;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;

/**
 * Our own layout, {@code wavernn-dual-softmax}: {@code {"config": {...}, "state_dict": {...}}} with
 * {@code conv1, conv2, ...} (valid convolutions over frames, ReLU), {@code w_ih [3H, 3 + E]} with
 * columns c_{t-1}, f_{t-1}, c_t, conditioning, {@code w_hh [3H, H]}, {@code b_ih}, {@code b_hh},
 * {@code O1} to {@code O4}. A safetensors file has the same tensors, and the settings as texts in
 * its metadata or in a configuration file. Gate order r, z, n; the first half of each gate is
 * coarse. {@link SubscaleSettings} has the tensors of a network of subscale generation.
 */
final class WaveRnnDualSoftmax implements Family {
  /** Value of a coarse class 128 and a fine class 0: silence. */
  private static final float[] SILENCE = {128 / 127.5f - 1, -1};

  private static final Set<String> OWN_SETTINGS =
      Set.of(
          "family",
          "layout_version",
          "hidden",
          "sample_rate",
          "hop_length",
          "win_length",
          "n_fft",
          "n_mels",
          "fmin",
          "fmax",
          "mel_scale",
          "mel_norm",
          "log",
          "log_floor",
          "mel_shift",
          "mel_scale_div",
          "preemphasis",
          "bits",
          "gate_order",
          "block");

  private static final Pattern CONVOLUTION = Pattern.compile("conv([1-9]\\d?)\\.(weight|bias)");

  @Override
  public String name() {
    return "wavernn-dual-softmax";
  }

  @Override
  public Set<String> settings() {
    Set<String> names = new TreeSet<>(SubscaleSettings.NAMES);
    names.addAll(OWN_SETTINGS);
    return names;
  }

  @Override
  public List<String> tensors(Checkpoint checkpoint) {
    List<String> names = new ArrayList<>(List.of("w_ih", "w_hh", "b_ih", "b_hh"));
    for (int layer = 1; layer <= convolutions(checkpoint); layer++) {
      names.addAll(List.of("conv" + layer + ".weight", "conv" + layer + ".bias"));
    }
    for (int head = 1; head <= 4; head++) {
      names.addAll(List.of("O" + head + ".weight", "O" + head + ".bias"));
    }
    names.addAll(SubscaleSettings.tensors(checkpoint));
    return names;
  }

  @Override
  public Set<String> unused(Checkpoint checkpoint) {
    return Set.of("mask_ih", "mask_hh");
  }

  @Override
  public VocoderModel read(TensorReader tensors, Settings settings) {
    FrameConvolutions conditioner = conditioner(tensors, settings);
    DualSoftmaxNetwork network = network(tensors, settings, conditioner.size());
    settings.choice("gate_order", "r,z,n", Set.of("r,z,n"));
    AudioFormat audio =
        new AudioFormat(
            MelSettings.sampleRate(settings, 16000),
            settings.integer("bits", 16, 16, 16),
            SampleEncoding.LINEAR,
            (float)
                settings.number(
                    "preemphasis", 0.85, "from 0 to less than 1", a -> a >= 0 && (float) a < 1),
            0);
    int mels = conditioner.layers().get(0).inputs();
    int hop = settings.integer("hop_length", 200, 1, 1 << 16);
    MelAnalysis analysis = analysis(settings, audio.sampleRate());
    return new VocoderModel(
        name(),
        audio,
        new FeatureFormat(mels, hop, Optional.of(analysis)),
        conditioner,
        network,
        SubscaleSettings.read(tensors, settings, network.inputSize()));
  }

  private static int convolutions(Checkpoint checkpoint) {
    return checkpoint.tensors().keySet().stream()
        .map(CONVOLUTION::matcher)
        .filter(Matcher::matches)
        .mapToInt(match -> Integer.parseInt(match.group(1)))
        .reduce(1, Math::max);
  }

  private static FrameConvolutions conditioner(TensorReader tensors, Settings settings) {
    List<Convolution> layers = new ArrayList<>();
    long inputs = ANY;
    for (int layer = 1; layer <= convolutions(tensors.checkpoint()); layer++) {
      String name = "conv" + layer;
      long[] shape = tensors.shape(name + ".weight", ANY, inputs, ANY);
      if (shape[2] % 2 == 0) {
        throw tensors.refused(
            "tensor '" + name + ".weight': expected an odd width, found " + shape[2]);
      }
      layers.add(
          new Convolution(
              name,
              (int) shape[0],
              (int) shape[1],
              (int) shape[2],
              tensors.floats(name + ".weight", shape),
              tensors.floats(name + ".bias", shape[0])));
      inputs = shape[0];
    }
    settings.tensors("n_mels", layers.get(0).inputs(), "input channels of conv1");
    double scale = settings.number("mel_scale_div", 4, "a number other than 0", div -> div != 0);
    return new FrameConvolutions((float) settings.number("mel_shift", 4), (float) scale, layers);
  }

  private static DualSoftmaxNetwork network(TensorReader tensors, Settings settings, int size) {
    int hidden = (int) tensors.shape("w_hh", ANY, ANY)[1];
    if (hidden % 2 != 0) {
      throw tensors.refused("tensor 'w_hh': expected an even number of columns, found " + hidden);
    }
    settings.tensors("hidden", hidden, "columns of w_hh");
    float[] input = tensors.floats("w_ih", 3L * hidden, 3L + size);
    WeightMatrix sample = TensorReader.columns("sample_weights", input, 3 * hidden, 0, 3);
    DualSoftmaxLayers.requireMasked(tensors, "w_ih", sample);
    return DualSoftmaxLayers.network(
        tensors,
        "O",
        new Affine(
            TensorReader.columns("conditioning_weight", input, 3 * hidden, 3, 3 + size),
            tensors.floats("b_ih", 3L * hidden)),
        sample,
        new Affine(
            tensors.matrix("w_hh", "recurrent", 3 * hidden, hidden),
            tensors.floats("b_hh", 3L * hidden)),
        SILENCE.clone());
  }

  private static MelAnalysis analysis(Settings settings, int sampleRate) {
    settings.choice("mel_norm", "slaney", Set.of("slaney"));
    MelAnalysis analysis =
        MelAnalysis.of(
                MelSettings.transform(settings, 1024),
                MelSettings.window(settings, 800),
                MelSettings.highest(settings, sampleRate / 2.0, sampleRate),
                settings.choice("mel_scale", "htk", Set.of("htk", "slaney")).equals("htk")
                    ? MelScale.HTK
                    : MelScale.SLANEY,
                settings.choice("log", "ln", Set.of("ln", "db")).equals("ln")
                    ? MelAnalysis.LogScale.NATURAL
                    : MelAnalysis.LogScale.DECIBEL)
            .withLowest(MelSettings.lowest(settings, 0))
            .withFloor(settings.number("log_floor", 1e-5, "a number above 0", floor -> floor > 0));
    return MelSettings.checked(settings, analysis, sampleRate);
  }
}
