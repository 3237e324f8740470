package org.wavebridge.graphs.op;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.wavebridge.graphs.onnx.OperatorTensor;

/**
 * A layer of a network, as its operators declare it: a weight and, where the layer has one, the
 * bias after it.
 *
 * @param name of the weight
 * @param rows of the weight, which are those of the bias
 * @param columns of the weight
 * @param bias name of the bias; empty where the layer has none
 * @param int8 how the int8 profile keeps the weight
 */
record LayerRow(String name, String rows, String columns, Optional<String> bias, Int8 int8) {
  /** How the int8 profile keeps a weight. */
  enum Int8 {
    /** In f32: it is not on the path of every sample. */
    NOT,
    /** In int8; the layer's input is known to lie in [-1, 1]. */
    BOUNDED,
    /** In int8; the layer's input has a maximum of its own each time. */
    UNBOUNDED
  }

  /** A layer without bias. */
  static LayerRow of(String name, String rows, String columns, Int8 int8) {
    return new LayerRow(name, rows, columns, Optional.empty(), int8);
  }

  /** The same layer with a bias. */
  LayerRow withBias(String bias) {
    return new LayerRow(name, rows, columns, Optional.of(bias), int8);
  }

  /**
   * The constants of an operator that has these layers, in order.
   *
   * @param sampleWeights shape of the weights of the samples that are fed back, which come first
   */
  static List<OperatorTensor> inputs(Profile profile, String sampleWeights, List<LayerRow> rows) {
    return Stream.concat(
            Stream.of(OperatorTensor.constant("sample_weights", sampleWeights)),
            rows.stream().flatMap(row -> row.inputs(profile).stream()))
        .toList();
  }

  private List<OperatorTensor> inputs(Profile profile) {
    OperatorTensor weight =
        new OperatorTensor(
            name,
            profile.quantises(name) ? OperatorTensor.Kind.INT8_WEIGHT : OperatorTensor.Kind.WEIGHT,
            "[%s, %s]".formatted(rows, columns));
    return bias.map(of -> List.of(weight, OperatorTensor.constant(of, "[%s]".formatted(rows))))
        .orElse(List.of(weight));
  }

  /** The bias of a layer. */
  static String bias(List<LayerRow> rows, String layer) {
    return find(rows, layer)
        .bias()
        .orElseThrow(() -> new IllegalArgumentException("layer '" + layer + "' has no bias"));
  }

  static LayerRow find(List<LayerRow> rows, String layer) {
    return rows.stream()
        .filter(row -> row.name.equals(layer))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no layer '" + layer + "'"));
  }
}
