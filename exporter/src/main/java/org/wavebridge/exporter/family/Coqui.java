package org.wavebridge.exporter.family;

import static org.wavebridge.exporter.family.TensorReader.ANY;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.exporter.checkpoint.CheckpointTensor;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.AuxBranch;
import org.wavebridge.graphs.model.Conditioner;
import org.wavebridge.graphs.model.FeatureFormat;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.InterpolatedMels;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;

/**
 * coqui-ai/TTS and mozilla/TTS, model {@code wavernn}: fatchord's network under {@code model}, with
 * or without the aux conditioning and the upsampling network, whose place interpolation takes.
 * Folds are joined before they are decoded; utterances shorter than the fade are not faded. The
 * settings are those of the project's {@code config.json}, which newer checkpoints hold. Features
 * are made elsewhere.
 */
final class Coqui implements Family {
  private static final String LOCATION = "model";
  private static final String RESNET = "upsample.resnet.";
  private static final int FADE_OUT_FRAMES = 20;

  /** The factor that the project multiplies interpolated mels with. */
  private static final float INTERPOLATED_SCALE = 0.045f;

  private static final int USUAL_PAD = 2;

  private static final Map<String, String> NAMES =
      Map.of("mels", "feat_dims", "res_blocks", "num_res_blocks");

  private static final Map<String, String> PARTS =
      Map.of("audio", "", "model_args", "", "wavernn_model_params", "", "model_params", "");

  @Override
  public String name() {
    return "coqui";
  }

  @Override
  public Set<String> settings() {
    return Set.of(
        "family",
        "sample_rate",
        "hop_length",
        "num_mels",
        "rnn_dims",
        "fc_dims",
        "compute_dims",
        "res_out_dims",
        "num_res_blocks",
        "use_aux_net",
        "use_upsample_net",
        "upsample_factors",
        "mode",
        "mulaw",
        "pad",
        "feat_dims");
  }

  @Override
  public Map<String, String> parts() {
    return PARTS;
  }

  /** The project's configuration has much that is for training only, and how mels are made. */
  @Override
  public boolean ignores(String name) {
    return true;
  }

  @Override
  public List<String> tensors(Checkpoint checkpoint) {
    return keys(checkpoint).tensors();
  }

  private static FatchordKeys keys(Checkpoint checkpoint) {
    return FatchordKeys.of(checkpoint)
        .without(!hasAux(checkpoint), !has(checkpoint, "upsample.up"));
  }

  private static boolean has(Checkpoint checkpoint, String prefix) {
    return checkpoint.tensors().keySet().stream().anyMatch(name -> name.startsWith(prefix));
  }

  /**
   * A residual network may be there and not be used: then the input layer has no columns for it.
   */
  private static boolean hasAux(Checkpoint checkpoint) {
    CheckpointTensor first = checkpoint.tensors().get(RESNET + "conv_in.weight");
    CheckpointTensor input = checkpoint.tensors().get("I.weight");
    boolean unused =
        first != null
            && input != null
            && first.shape().length == 3
            && input.shape().length == 2
            && input.shape()[1] == 1 + first.shape()[1];
    return has(checkpoint, RESNET) && !unused;
  }

  @Override
  public Set<String> unused(Checkpoint checkpoint) {
    Set<String> unused = new TreeSet<>(FatchordKeys.counters(checkpoint));
    unused.add("step");
    if (!hasAux(checkpoint)) {
      checkpoint.tensors().keySet().stream()
          .filter(name -> name.startsWith(RESNET))
          .forEach(unused::add);
    }
    return unused;
  }

  @Override
  public Optional<String> doubt(Checkpoint checkpoint) {
    return FatchordKeys.elsewhere(checkpoint, LOCATION);
  }

  @Override
  public VocoderModel read(TensorReader tensors, Settings settings) {
    FatchordKeys keys = keys(tensors.checkpoint());
    FatchordLayers layers = new FatchordLayers(tensors, settings, keys, NAMES);
    settings.tensors("use_aux_net", keys.aux(), "tensors of upsample.resnet");
    settings.tensors("use_upsample_net", !keys.stages().isEmpty(), "tensors of upsample.up_layers");
    Optional<AuxBranch> aux;
    Conditioner conditioner;
    int hop;
    if (keys.stages().isEmpty()) {
      aux = layers.auxBranch();
      int pad = aux.map(branch -> (branch.input().width() - 1) / 2).orElse(USUAL_PAD);
      hop = settings.integer("hop_length", 1, 1 << 16);
      conditioner = new InterpolatedMels(pad, hop, INTERPOLATED_SCALE, aux);
    } else {
      UpsampledMels upsampled = layers.conditioner();
      aux = upsampled.aux();
      hop = upsampled.hop();
      conditioner = upsampled;
    }
    int slice = layers.aux(aux);
    int mels = (int) tensors.shape("I.weight", ANY, ANY)[1] - 1 - slice;
    settings.tensors("num_mels", mels, "columns of I.weight");
    ResidualGruNetwork network =
        layers.network(mels, slice, outputs -> head(tensors, settings, outputs));
    return new VocoderModel(
        name(),
        audio(settings, network.head()),
        new FeatureFormat(mels, hop, Optional.empty()),
        conditioner,
        network,
        Optional.empty(),
        Utterance.PLAIN.with(Utterance.Crossfade.RELEASE).joiningValues().withoutShortFade());
  }

  /** Leads from outputs that fatchord's network cannot have to the mode here that has them. */
  static String hint(int outputs) {
    return outputs == 2 ? "; 2 are those of coqui's mode gauss: --family coqui" : "";
  }

  /** {@code mode}: {@code mold}, {@code gauss}, or a number of bits. */
  private static Head head(TensorReader tensors, Settings settings, int outputs) {
    if (Integer.bitCount(outputs) == 1 && outputs > 2) {
      settings.tensors("mode", Integer.numberOfTrailingZeros(outputs), outputs + " outputs of fc3");
      return new Head.Categorical(outputs);
    }
    if (outputs == 2) {
      settings.tensors("mode", "gauss", "2 outputs of fc3");
      return new Head.Gaussian();
    }
    if (outputs % 3 == 0) {
      settings.tensors("mode", "mold", outputs + " outputs of fc3");
      return new Head.MixtureOfLogistics(outputs / 3);
    }
    throw tensors.refused(
        "fc3 has %d outputs: neither 2^bits classes nor 3 per mixture component (mode mold) nor 2 (mode gauss)"
            .formatted(outputs));
  }

  private static AudioFormat audio(Settings settings, Head head) {
    int rate = MelSettings.sampleRate(settings, 22050);
    if (head.categorical().isPresent()) {
      return new AudioFormat(
          rate,
          Integer.numberOfTrailingZeros(head.outputs()),
          settings.flag("mulaw") ? SampleEncoding.MU_LAW : SampleEncoding.LINEAR,
          0,
          FADE_OUT_FRAMES);
    }
    return new AudioFormat(rate, 16, SampleEncoding.CONTINUOUS, 0, FADE_OUT_FRAMES);
  }
}
