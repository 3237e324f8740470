package org.wavebridge.exporter.family;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.CepstralBands;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.ExcitationDraw;
import org.wavebridge.graphs.model.FeatureFormat;
import org.wavebridge.graphs.model.LpcNetConditioner;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.lpcnet.LpcNetNetwork;

/**
 * xiph/LPCNet and FreeDV's fork of it. Networks of 20 features draw an excitation by a tree of
 * decisions, those of 38 mostly by a softmax. Rates and sizes of frames are fixed; gamma, the
 * look-ahead and whether the network gives the linear prediction come with the checkpoint or a
 * configuration. Features are made elsewhere: 36 or 55 values a frame.
 */
final class LpcNet implements Family {
  private static final int SAMPLE_RATE = 16000;
  private static final int HOP = 160;
  private static final float DE_EMPHASIS = 0.85f;
  private static final int TREE_FEATURES = 20;
  private static final int SOFTMAX_FEATURES = 38;
  private static final int TREE_VALUES = 36;
  private static final int SOFTMAX_VALUES = 55;
  private static final int LOWEST_TREE_PITCH = 33;
  private static final int LOWEST_SOFTMAX_PITCH = 40;
  private static final int LOOK_AHEAD = 2;
  private static final String END_TO_END_LAYER = "rc2lpc";

  @Override
  public String name() {
    return "lpcnet";
  }

  @Override
  public Set<String> settings() {
    return Set.of("family", "head", "lpc_gamma", "lookahead", "end2end", "band_compensation");
  }

  @Override
  public List<String> tensors(Checkpoint checkpoint) {
    return LpcNetArrays.matches(checkpoint)
        ? LpcNetArrays.tensors(checkpoint)
        : LpcNetKeras.tensors(checkpoint);
  }

  @Override
  public Set<String> unused(Checkpoint checkpoint) {
    return LpcNetArrays.matches(checkpoint)
        ? LpcNetArrays.unused(checkpoint)
        : LpcNetKeras.unused();
  }

  /**
   * Whether an excitation is drawn by a tree, where the tensors of both ways have the same shapes.
   */
  static boolean tree(TensorReader tensors, Settings settings, int features) {
    if (features == TREE_FEATURES) {
      settings.tensors("head", "tree", "20 features");
      return true;
    }
    return settings.choice("head", "softmax", Set.of("tree", "softmax")).equals("tree");
  }

  @Override
  public VocoderModel read(TensorReader tensors, Settings settings) {
    LpcNetParts parts =
        LpcNetArrays.matches(tensors.checkpoint())
            ? LpcNetArrays.read(tensors)
            : LpcNetKeras.read(tensors, settings);
    if (parts.features() != TREE_FEATURES && parts.features() != SOFTMAX_FEATURES) {
      throw tensors.refused(
          "expected a first convolution over %d or %d features, found %d"
              .formatted(TREE_FEATURES, SOFTMAX_FEATURES, parts.features()));
    }
    LpcNetConditioner conditioner = conditioner(parts, settings);
    return new VocoderModel(
        name(),
        new AudioFormat(SAMPLE_RATE, 16, SampleEncoding.CONTINUOUS, DE_EMPHASIS, 0),
        new FeatureFormat(
            parts.features() == TREE_FEATURES ? TREE_VALUES : SOFTMAX_VALUES,
            HOP,
            Optional.empty()),
        conditioner,
        network(parts),
        Optional.empty(),
        Utterance.PLAIN.withFrames(0, conditioner.lookAhead()));
  }

  /**
   * What a file says of itself: the header beside C source, or Keras' file in values and by its
   * layers.
   */
  @Override
  public Map<String, Object> told(Checkpoint checkpoint) {
    Map<String, Object> told = new LinkedHashMap<>();
    if (checkpoint.metadata().get("layers") instanceof List<?> layers) {
      told.put("end2end", layers.contains(END_TO_END_LAYER));
    }
    number(checkpoint, "lpc_gamma").ifPresent(gamma -> told.put("lpc_gamma", gamma));
    number(checkpoint, "lookahead").ifPresent(frames -> told.put("lookahead", frames));
    number(checkpoint, "flag_e2e").ifPresent(flag -> told.merge("end2end", flag != 0, LpcNet::or));
    if (checkpoint.metadata().get("defines") instanceof Map<?, ?> defines && !defines.isEmpty()) {
      defined(defines, "LPC_GAMMA").ifPresent(gamma -> told.put("lpc_gamma", gamma));
      defined(defines, "FEATURES_DELAY").ifPresent(frames -> told.put("lookahead", frames));
      told.put("end2end", defines.containsKey("END2END"));
    }
    return told;
  }

  private static Object or(Object one, Object other) {
    return one.equals(true) || other.equals(true);
  }

  private static Optional<Double> number(Checkpoint checkpoint, String name) {
    return Optional.ofNullable(checkpoint.tensors().get("top_level_model_weights/" + name))
        .filter(tensor -> tensor.size() == 1)
        .map(tensor -> tensor.toDoubles()[0]);
  }

  private static Optional<Double> defined(Map<?, ?> defines, String name) {
    try {
      return defines.get(name) instanceof String text
          ? Optional.of(Double.parseDouble(text.toLowerCase(Locale.ROOT).replaceAll("f$", "")))
          : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static LpcNetConditioner conditioner(LpcNetParts parts, Settings settings) {
    boolean endToEnd = settings.flag("end2end", false);
    boolean compensated = settings.flag("band_compensation", parts.tree());
    double gamma =
        settings.number("lpc_gamma", 1, "a number above 0, at most 1", g -> g > 0 && g <= 1);
    int lookAhead = settings.integer("lookahead", LOOK_AHEAD, 0, LpcNetConditioner.MOST_LOOK_AHEAD);
    int size = parts.condition();
    float[] gates = joined(byOutput(parts.gates(), size), byOutput(parts.secondGates(), size));
    float[] bias =
        joined(
            LpcNetParts.ownOrder(parts.gates().bias()),
            LpcNetParts.ownOrder(parts.secondGates().bias()));
    return new LpcNetConditioner(
        parts.features(),
        parts.tree() ? LOWEST_TREE_PITCH : LOWEST_SOFTMAX_PITCH,
        WeightMatrix.dense("pitch_embedding", 256, parts.pitch().length / 256, parts.pitch()),
        convolution("feature_conv1", parts.first()),
        convolution("feature_conv2", parts.secondLayer()),
        layer("feature_dense1", parts.third()),
        layer("feature_dense2", parts.fourth()),
        new Affine(WeightMatrix.dense("gates", bias.length, size, gates), bias),
        endToEnd ? Optional.empty() : Optional.of(CepstralBands.prediction(compensated)),
        (float) gamma,
        !parts.tree(),
        lookAhead);
  }

  /** {@code [C, gates]} to {@code [gates, C]}, gates r, z, n. */
  private static float[] byOutput(LpcNetParts.Part part, int inputs) {
    return LpcNetParts.ownOrder(LpcNetParts.transposed(part.weight(), inputs));
  }

  private static float[] joined(float[] first, float[] second) {
    float[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  private static ContextLayer convolution(String name, LpcNetParts.Part part) {
    Affine layer = layer(name, part);
    return new ContextLayer(layer.weight(), layer.bias(), 3, 1, false);
  }

  private static Affine layer(String name, LpcNetParts.Part part) {
    int outputs = part.bias().length;
    int inputs = part.weight().length / outputs;
    return new Affine(
        WeightMatrix.dense(name, outputs, inputs, LpcNetParts.transposed(part.weight(), inputs)),
        part.bias());
  }

  private static LpcNetNetwork network(LpcNetParts parts) {
    int hidden = parts.hidden();
    float[] recurrent = parts.recurrent().weight().clone();
    float[] diagonal = new float[3 * hidden];
    for (int row = 0; row < diagonal.length; row++) {
      diagonal[row] = recurrent[row * hidden + row % hidden];
      recurrent[row * hidden + row % hidden] = 0;
    }
    return new LpcNetNetwork(
        LpcNetParts.gates(
            "sample_weights",
            LpcNetParts.transposed(parts.tables(), 3 * LpcNetNetwork.CLASSES),
            3 * LpcNetNetwork.CLASSES),
        LpcNetParts.ownOrder(diagonal),
        new Affine(
            LpcNetParts.gates("recurrent", recurrent, hidden),
            LpcNetParts.ownOrder(parts.recurrent().bias())),
        LpcNetParts.gates("second_input", parts.secondInput(), hidden),
        new Affine(
            LpcNetParts.gates("second_recurrent", parts.secondRecurrent().weight(), parts.second()),
            LpcNetParts.ownOrder(parts.secondRecurrent().bias())),
        new Affine(
            WeightMatrix.dense(
                "dual_dense", 2 * LpcNetNetwork.CLASSES, parts.second(), parts.dense().weight()),
            parts.dense().bias()),
        parts.factor(),
        parts.tree() ? ExcitationDraw.TREE : ExcitationDraw.SOFTMAX);
  }
}
