package org.wavebridge.exporter.family;

import static org.wavebridge.exporter.family.TensorReader.ANY;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.wavebridge.exporter.checkpoint.Checkpoint;
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
    return FatchordLayers.tensors(checkpoint, "I");
  }

  @Override
  public Set<String> unused(Checkpoint checkpoint) {
    Set<String> unused = new TreeSet<>(FatchordLayers.counters(checkpoint));
    unused.add("step");
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
    FatchordLayers layers = new FatchordLayers(tensors, settings, "voc_");
    UpsampledMels conditioner = layers.conditioner("num_mels");
    ResidualGruNetwork network = network(tensors, settings, layers, conditioner);
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

  private static ResidualGruNetwork network(
      TensorReader tensors, Settings settings, FatchordLayers layers, UpsampledMels conditioner) {
    int mels = conditioner.input().inputs();
    int aux = layers.aux(conditioner);
    int hidden = (int) tensors.shape("I.weight", ANY, 1L + mels + aux)[0];
    float[] input = tensors.floats("I.weight", hidden, 1L + mels + aux);
    return layers.network(
        "I",
        TensorReader.columns("sample_weights", input, hidden, 0, 1).values(),
        new AuxAffine(
            TensorReader.columns("mel_weight", input, hidden, 1, 1 + mels),
            TensorReader.columns("input_aux", input, hidden, 1 + mels, 1 + mels + aux),
            tensors.floats("I.bias", hidden)),
        outputs -> head(tensors, settings, outputs));
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
