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
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.ContextNetwork;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.WeightMatrix;

/**
 * The part of our own layout for subscale generation: {@code context.1, context.2, ...} (causal
 * convolutions over the positions of a sub-tensor, ReLU), {@code w_context [3H, X]}, and what the
 * tensors do not tell.
 */
final class SubscaleSettings {
  /** Every setting. */
  static final Set<String> NAMES =
      Set.of(
          "subscale_factor",
          "subscale_horizon",
          "subscale_chunk",
          "context_dilations",
          "context_own_past");

  private static final Pattern LAYER = Pattern.compile("context\\.([1-9]\\d?)\\.(weight|bias)");
  private static final String INPUT = "w_context";

  /** Most positions of a horizon, of a chunk, and that a context reaches back. */
  private static final int MAXIMUM = 1 << 20;

  private SubscaleSettings() {}

  /** The tensors a checkpoint has if it has any of them. */
  static List<String> tensors(Checkpoint checkpoint) {
    List<String> names = new ArrayList<>();
    for (int layer = 1; layer <= layers(checkpoint); layer++) {
      names.addAll(List.of("context." + layer + ".weight", "context." + layer + ".bias"));
    }
    if (!names.isEmpty()) {
      names.add(INPUT);
    }
    return names;
  }

  private static int layers(Checkpoint checkpoint) {
    return checkpoint.tensors().keySet().stream()
        .map(LAYER::matcher)
        .filter(Matcher::matches)
        .mapToInt(match -> Integer.parseInt(match.group(1)))
        .reduce(checkpoint.tensors().containsKey(INPUT) ? 1 : 0, Math::max);
  }

  /**
   * The subscale generation that the settings and tensors describe, if any.
   *
   * @param inputSize rows of {@code w_context}
   */
  static Optional<Subscale> read(TensorReader tensors, Settings settings, int inputSize) {
    int count = layers(tensors.checkpoint());
    if (settings.given("layout_version")) {
      settings.integer("layout_version", count == 0 ? 1 : 2, 2);
    }
    if (count == 0) {
      for (String name : new TreeSet<>(NAMES)) {
        if (settings.given(name)) {
          throw tensors.refused(
              "setting '%s' is given, but there is no tensor 'context.1.weight': only a network trained with a context makes samples by subscale generation"
                  .formatted(name));
        }
      }
      return Optional.empty();
    }
    boolean ownPast = settings.flag("context_own_past", false);
    List<ContextLayer> layers = layers(tensors, settings, count);
    int size = layers.get(count - 1).outputs();
    WeightMatrix input = tensors.matrix(INPUT, "context_input", inputSize, size);
    return Optional.of(read(settings, new ContextNetwork(ownPast, layers, input)));
  }

  private static List<ContextLayer> layers(TensorReader tensors, Settings settings, int count) {
    List<Integer> dilations = settings.integers("context_dilations", count, 1, MAXIMUM);
    List<ContextLayer> layers = new ArrayList<>();
    long inputs = ANY;
    long reach = 0;
    for (int i = 0; i < count; i++) {
      String name = "context." + (i + 1);
      long[] shape = tensors.shape(name + ".weight", ANY, inputs, ANY);
      reach += (shape[2] - 1) * dilations.get(i);
      if (reach > MAXIMUM) {
        throw tensors.refused(
            "tensor '%s.weight' reaches %d positions back, expected at most %d; wrong context_dilations?"
                .formatted(name, reach, MAXIMUM));
      }
      float[] values = tensors.floats(name + ".weight", shape);
      layers.add(
          new ContextLayer(
              tapsTogether("context_layer" + i, values, shape),
              tensors.floats(name + ".bias", shape[0]),
              (int) shape[2],
              dilations.get(i),
              true));
      inputs = shape[0];
    }
    return layers;
  }

  /** {@code [out, in, kernel]} to {@code [out, kernel * in]}. */
  private static WeightMatrix tapsTogether(String name, float[] values, long[] shape) {
    int outputs = (int) shape[0];
    int inputs = (int) shape[1];
    int kernel = (int) shape[2];
    float[] taps = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      int output = i / (inputs * kernel);
      int input = i / kernel % inputs;
      taps[(output * kernel + i % kernel) * inputs + input] = values[i];
    }
    return WeightMatrix.dense(name, outputs, kernel * inputs, taps);
  }

  private static Subscale read(Settings settings, ContextNetwork context) {
    int most = Math.min(context.factor(), Subscale.MAXIMUM_FACTOR);
    int factor = settings.integer("subscale_factor", most, 1, Subscale.MAXIMUM_FACTOR);
    if (factor > most) {
      throw settings.wrong(
          "subscale_factor", "at most " + most + ", the input channels of context.1", factor);
    }
    int horizon = settings.integer("subscale_horizon", 0, MAXIMUM);
    int chunk = settings.integer("subscale_chunk", 1, 1, MAXIMUM);
    if (context.ownPast() && chunk > 1) {
      throw settings.wrong("subscale_chunk", "1, because context_own_past is true", chunk);
    }
    return new Subscale(factor, horizon, chunk, Optional.of(context));
  }
}
