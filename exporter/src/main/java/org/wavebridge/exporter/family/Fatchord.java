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
import org.wavebridge.graphs.model.AuxAffine;
import org.wavebridge.graphs.model.FeatureFormat;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.MelScale;
import org.wavebridge.graphs.model.ResidualGruNetwork;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.VocoderModel;

/**
 * fatchord/WaveRNN, modes RAW and MOL. Dimensions and upsampling factors come from the tensors; the
 * audio settings are those of its {@code hparams.py}.
 */
final class Fatchord implements Family {
  private static final String RAW = "RAW";
  private static final String MOL = "MOL";
  private static final int FADE_OUT_FRAMES = 20;
  private static final Pattern BLOCK =
      Pattern.compile("upsample\\.resnet\\.layers\\.(\\d{1,3})\\..*");
  private static final Pattern STAGE =
      Pattern.compile("upsample\\.up_layers\\.(\\d{1,2})\\.weight");

  @Override
  public String name() {
    return "fatchord";
  }

  @Override
  public Set<String> settings() {
    return Set.of(
        "family",
        "sample_rate",
        "num_mels",
        "hop_length",
        "win_length",
        "n_fft",
        "fmin",
        "min_level_db",
        "bits",
        "mu_law",
        "voc_mode",
        "voc_upsample_factors",
        "voc_rnn_dims",
        "voc_fc_dims",
        "voc_compute_dims",
        "voc_res_out_dims",
        "voc_res_blocks",
        "voc_pad",
        "voc_gen_batched",
        "voc_target",
        "voc_overlap");
  }

  @Override
  public List<String> tensors(Checkpoint checkpoint) {
    List<String> names = new ArrayList<>(List.of("upsample.resnet.conv_in.weight"));
    names.addAll(FatchordUpsampler.batchNorm("upsample.resnet.batch_norm"));
    for (int block = 0; block < blocks(checkpoint); block++) {
      names.addAll(FatchordUpsampler.blockTensors(block));
    }
    names.addAll(List.of("upsample.resnet.conv_out.weight", "upsample.resnet.conv_out.bias"));
    stages(checkpoint).forEach(stage -> names.add("upsample.up_layers." + stage + ".weight"));
    for (String gru : List.of("rnn1", "rnn2")) {
      for (String part : List.of("weight_ih", "weight_hh", "bias_ih", "bias_hh")) {
        names.add(gru + "." + part + "_l0");
      }
    }
    for (String layer : List.of("I", "fc1", "fc2", "fc3")) {
      names.addAll(List.of(layer + ".weight", layer + ".bias"));
    }
    return names;
  }

  @Override
  public Set<String> unused(Checkpoint checkpoint) {
    Set<String> unused = new TreeSet<>(Set.of("step"));
    checkpoint.tensors().keySet().stream()
        .filter(name -> name.endsWith(".num_batches_tracked"))
        .forEach(unused::add);
    return unused;
  }

  /**
   * Descendants with other audio settings keep the same tensors under a key; fatchord's own file is
   * the bare state dict.
   */
  @Override
  public Optional<String> doubt(Checkpoint checkpoint) {
    if (checkpoint.location().isEmpty() || name().equals(checkpoint.config().get("family"))) {
      return Optional.empty();
    }
    return Optional.of(
        "all tensors are there, but under '%s', as in projects that changed the audio settings; if it is fatchord's own, say --family fatchord"
            .formatted(checkpoint.location()));
  }

  @Override
  public VocoderModel read(TensorReader tensors, Settings settings) {
    UpsampledMels conditioner =
        new FatchordUpsampler(tensors)
            .read(blocks(tensors.checkpoint()), stages(tensors.checkpoint()));
    settings.tensors("num_mels", conditioner.input().inputs(), "inputs of upsample.resnet.conv_in");
    settings.tensors("voc_pad", conditioner.pad(), "width of upsample.resnet.conv_in");
    settings.tensors(
        "voc_upsample_factors",
        conditioner.stages().stream().map(UpsampledMels.Stage::factor).toList(),
        "widths of upsample.up_layers");
    settings.tensors("hop_length", conditioner.hop(), "product of the upsampling factors");
    settings.tensors("voc_res_blocks", conditioner.blocks().size(), "upsample.resnet.layers");
    settings.tensors(
        "voc_compute_dims", conditioner.input().outputs(), "outputs of upsample.resnet.conv_in");
    settings.tensors(
        "voc_res_out_dims", conditioner.output().outputs(), "outputs of upsample.resnet.conv_out");
    ResidualGruNetwork network = network(tensors, settings, conditioner);
    AudioFormat audio = audio(settings, network.head());
    return new VocoderModel(
        name(),
        audio,
        new FeatureFormat(
            conditioner.input().inputs(),
            conditioner.hop(),
            Optional.of(analysis(settings, audio.sampleRate()))),
        conditioner,
        network,
        Optional.empty());
  }

  private static int blocks(Checkpoint checkpoint) {
    return last(checkpoint, BLOCK) + 1;
  }

  /** The numbers of the layers that convolve; every other one repeats. */
  private static List<Integer> stages(Checkpoint checkpoint) {
    List<Integer> stages = new ArrayList<>(List.of(1));
    for (int stage = 3; stage <= last(checkpoint, STAGE); stage += 2) {
      stages.add(stage);
    }
    return stages;
  }

  private static int last(Checkpoint checkpoint, Pattern layer) {
    return checkpoint.tensors().keySet().stream()
        .map(layer::matcher)
        .filter(Matcher::matches)
        .mapToInt(match -> Integer.parseInt(match.group(1)))
        .reduce(-1, Math::max);
  }

  private static ResidualGruNetwork network(
      TensorReader tensors, Settings settings, UpsampledMels conditioner) {
    int mels = conditioner.input().inputs();
    int outputs = conditioner.output().outputs();
    if (outputs % 4 != 0) {
      throw tensors.refused(
          "upsample.resnet.conv_out has %d outputs, expected a multiple of 4".formatted(outputs));
    }
    int aux = outputs / 4;
    int hidden = (int) tensors.shape("I.weight", ANY, 1L + mels + aux)[0];
    float[] input = tensors.floats("I.weight", hidden, 1L + mels + aux);
    float[] gru2 = tensors.floats("rnn2.weight_ih_l0", 3L * hidden, (long) hidden + aux);
    AuxAffine fc1 = auxLayer(tensors, "fc1", hidden, aux);
    AuxAffine fc2 = auxLayer(tensors, "fc2", fc1.weight().rows(), aux);
    int classes = (int) tensors.shape("fc3.weight", ANY, fc2.weight().rows())[0];
    settings.tensors("voc_rnn_dims", hidden, "rows of I.weight");
    settings.tensors("voc_fc_dims", fc1.weight().rows(), "rows of fc1.weight");
    return new ResidualGruNetwork(
        TensorReader.columns("sample_weights", input, hidden, 0, 1).values(),
        new AuxAffine(
            TensorReader.columns("mel_weight", input, hidden, 1, 1 + mels),
            TensorReader.columns("input_aux", input, hidden, 1 + mels, 1 + mels + aux),
            tensors.floats("I.bias", hidden)),
        gruPart(tensors, "rnn1", "ih", "gru1_input", hidden),
        gruPart(tensors, "rnn1", "hh", "gru1_recurrent", hidden),
        new AuxAffine(
            TensorReader.columns("gru2_input", gru2, 3 * hidden, 0, hidden),
            TensorReader.columns("gru2_aux", gru2, 3 * hidden, hidden, hidden + aux),
            tensors.floats("rnn2.bias_ih_l0", 3L * hidden)),
        gruPart(tensors, "rnn2", "hh", "gru2_recurrent", hidden),
        fc1,
        fc2,
        tensors.layer("fc3", "output", classes, fc2.weight().rows()),
        head(tensors, settings, classes));
  }

  private static Affine gruPart(
      TensorReader tensors, String gru, String part, String name, int hidden) {
    return new Affine(
        tensors.matrix(gru + ".weight_" + part + "_l0", name, 3 * hidden, hidden),
        tensors.floats(gru + ".bias_" + part + "_l0", 3L * hidden));
  }

  private static AuxAffine auxLayer(TensorReader tensors, String name, int inputs, int aux) {
    int rows = (int) tensors.shape(name + ".weight", ANY, (long) inputs + aux)[0];
    float[] values = tensors.floats(name + ".weight", rows, (long) inputs + aux);
    return new AuxAffine(
        TensorReader.columns(name, values, rows, 0, inputs),
        TensorReader.columns(name + "_aux", values, rows, inputs, inputs + aux),
        tensors.floats(name + ".bias", rows));
  }

  /**
   * The mode that a configuration gives must fit the outputs; without one, a power of two means
   * classes.
   */
  private static Head head(TensorReader tensors, Settings settings, int outputs) {
    boolean power = Integer.bitCount(outputs) == 1 && outputs > 1;
    if (!settings.given("voc_mode")) {
      if (!power && outputs % 3 != 0) {
        throw tensors.refused(
            "fc3 has %d outputs: neither 2^bits classes (RAW) nor 3 per mixture component (MOL)"
                .formatted(outputs));
      }
      settings.tensors("voc_mode", power ? RAW : MOL, outputs + " outputs of fc3");
    }
    String mode =
        settings.given("voc_mode")
            ? settings.choice("voc_mode", RAW, Set.of(RAW, MOL))
            : power ? RAW : MOL;
    if (mode.equals(MOL)) {
      if (outputs % 3 != 0) {
        throw tensors.refused(
            "setting 'voc_mode' is MOL, but fc3 has %d outputs, expected 3 per mixture component (30)"
                .formatted(outputs));
      }
      return new Head.MixtureOfLogistics(outputs / 3);
    }
    if (!power) {
      throw tensors.refused(
          "setting 'voc_mode' is RAW, but fc3 has %d outputs, expected 2^bits".formatted(outputs));
    }
    settings.tensors("bits", Integer.numberOfTrailingZeros(outputs), outputs + " outputs of fc3");
    return new Head.Categorical(outputs);
  }

  private static AudioFormat audio(Settings settings, Head head) {
    int rate = MelSettings.sampleRate(settings, 22050);
    if (head instanceof Head.Categorical categorical) {
      boolean muLaw = settings.flag("mu_law", true);
      return new AudioFormat(
          rate,
          Integer.numberOfTrailingZeros(categorical.classes()),
          muLaw ? SampleEncoding.MU_LAW : SampleEncoding.LINEAR,
          0,
          FADE_OUT_FRAMES);
    }
    return new AudioFormat(
        rate, settings.integer("bits", 9, 1, 16), SampleEncoding.CONTINUOUS, 0, FADE_OUT_FRAMES);
  }

  private static MelAnalysis analysis(Settings settings, int sampleRate) {
    double range = -settings.number("min_level_db", -100, "a number below 0", level -> level < 0);
    MelAnalysis analysis =
        new MelAnalysis(
            MelSettings.transform(settings, 2048),
            MelSettings.window(settings, 1100),
            MelSettings.frequency(settings, "fmin", 40),
            sampleRate / 2.0,
            MelScale.SLANEY,
            MelAnalysis.LogScale.DECIBEL,
            1e-5,
            range,
            range,
            0,
            1);
    return MelSettings.checked(settings, analysis, sampleRate);
  }
}
