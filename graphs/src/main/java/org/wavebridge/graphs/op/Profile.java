package org.wavebridge.graphs.op;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;

/**
 * The numeric profile of a fused operator: which of its weights are quantised, and how their layers
 * are computed (docs/numerics.md).
 */
public enum Profile {
  /** Every weight f32. */
  F32(""),
  /** The products on the sample path int8. */
  INT8("Int8");

  private final String suffix;

  Profile(String suffix) {
    this.suffix = suffix;
  }

  /** What the layers of all networks say, by the name of the weight. */
  private static final class Declared {
    static final Map<String, LayerRow.Int8> INT8 =
        Stream.of(DualSoftmaxWeights.LAYERS, ResidualGruWeights.LAYERS, MultiBandGruWeights.LAYERS)
            .flatMap(List::stream)
            .collect(Collectors.toMap(LayerRow::name, LayerRow::int8, (a, b) -> a));

    private Declared() {}
  }

  /** The operator's name in this profile. */
  String named(String operator) {
    return operator + suffix;
  }

  /** Whether a weight is quantised. */
  public boolean quantises(String weight) {
    return this == INT8 && int8(weight) != LayerRow.Int8.NOT;
  }

  /** Whether a quantised weight's input is known to lie in [-1, 1]. */
  public boolean boundedInput(String weight) {
    return this == INT8 && int8(weight) == LayerRow.Int8.BOUNDED;
  }

  private static LayerRow.Int8 int8(String weight) {
    return Declared.INT8.getOrDefault(weight, LayerRow.Int8.NOT);
  }

  /**
   * A layer inside a function body.
   *
   * @param weight name of the weight
   * @param columns its columns, int64 {@code [1]}
   * @param bias of the layer, {@code [R]} or {@code [N, R]}
   */
  Layer layer(Nodes g, Map<String, Value> inputs, String weight, Value columns, Value bias) {
    if (!quantises(weight)) {
      return new DenseLayer(Weights.dense(g, inputs, weight, columns), bias);
    }
    return new Int8Layer(
        Weights.denseInt8(g, inputs, weight, columns),
        Inputs.get(inputs, weight + "_scales"),
        bias,
        boundedInput(weight));
  }
}
