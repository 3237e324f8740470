package org.wavebridge.graphs.contract;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.wavebridge.graphs.onnx.OperatorTensor;

/**
 * A layer of a network, as its operators declare it: a weight and, where the layer has one, the
 * bias after it.
 *
 * @param name of the weight
 * @param rows of the weight, which are those of the bias; see {@link
 *     org.wavebridge.graphs.onnx.Letters}
 * @param columns of the weight
 * @param bias name of the bias; empty where the layer has none
 * @param int8 how the int8 profile keeps the weight
 * @param rate how often the layer is applied
 */
public record LayerRow(
    String name, String rows, String columns, Optional<String> bias, Int8 int8, Rate rate) {
  /** The input of every operator of a network that holds the weights of the samples fed back. */
  public static final String SAMPLE_WEIGHTS = "sample_weights";

  /** How the int8 profile keeps a weight. */
  public enum Int8 {
    /** In f32: it is not on the path of every sample. */
    NOT,
    /** In int8; the layer's input is known to lie in [-1, 1]. */
    BOUNDED,
    /** In int8; the layer's input has a maximum of its own each time. */
    UNBOUNDED
  }

  /** How often a layer is applied. */
  public enum Rate {
    /** To a vector of conditioning, once for all samples of a frame. */
    FRAME,
    /** In every step. */
    STEP
  }

  /** A layer without bias that is applied in every step. */
  public static LayerRow of(String name, String rows, String columns, Int8 int8) {
    return new LayerRow(name, rows, columns, Optional.empty(), int8, Rate.STEP);
  }

  /** A layer without bias that is applied once a frame, in f32. */
  public static LayerRow ofFrame(String name, String rows, String columns) {
    return new LayerRow(name, rows, columns, Optional.empty(), Int8.NOT, Rate.FRAME);
  }

  /** The same layer with a bias. */
  public LayerRow withBias(String bias) {
    return new LayerRow(name, rows, columns, Optional.of(bias), int8, rate);
  }

  /** The same layer with a bias that is named after the weight. */
  public LayerRow withBias() {
    return withBias(name + "_bias");
  }

  /**
   * The name of the bias.
   *
   * @throws IllegalArgumentException if the layer has none
   */
  public String biasName() {
    return bias.orElseThrow(() -> new IllegalArgumentException("layer '" + name + "' has no bias"));
  }

  /**
   * The constants of an operator that has these layers, in order.
   *
   * @param sampleWeights shape of the weights of the samples that are fed back, which come first
   */
  public static List<OperatorTensor> inputs(
      Profile profile, String sampleWeights, List<LayerRow> rows) {
    return Stream.concat(
            Stream.of(OperatorTensor.constant(SAMPLE_WEIGHTS, sampleWeights)),
            rows.stream().flatMap(row -> row.inputs(profile).stream()))
        .toList();
  }

  /** The names of the layer's constants in a graph of a profile. */
  public List<String> constants(Profile profile) {
    return inputs(profile).stream().flatMap(input -> input.names().stream()).toList();
  }

  private List<OperatorTensor> inputs(Profile profile) {
    OperatorTensor weight =
        new OperatorTensor(
            name,
            profile.quantises(this) ? OperatorTensor.Kind.INT8_WEIGHT : OperatorTensor.Kind.WEIGHT,
            "[%s, %s]".formatted(rows, columns));
    return bias.map(of -> List.of(weight, OperatorTensor.constant(of, "[%s]".formatted(rows))))
        .orElse(List.of(weight));
  }
}
