package org.wavebridge.graphs.op;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;

/**
 * The numeric profile of a fused operator: which of its weights are quantised, and how their layers
 * are computed (docs/numerics.md).
 */
public enum Profile {
  /** Every weight f32. */
  F32("", Set.of(), Set.of()),
  /** The products on the sample path int8. */
  INT8(
      "Int8",
      Set.of(
          "recurrent",
          "coarse_hidden",
          "fine_hidden",
          "gru1_recurrent",
          "gru2_recurrent",
          "projection"),
      Set.of("coarse_output", "fine_output", "gru1_input", "gru2_input", "fc1", "fc2", "output"));

  private final String suffix;
  private final Set<String> bounded;
  private final Set<String> unbounded;

  Profile(String suffix, Set<String> bounded, Set<String> unbounded) {
    this.suffix = suffix;
    this.bounded = bounded;
    this.unbounded = unbounded;
  }

  /** The operator's name in this profile. */
  String named(String operator) {
    return operator + suffix;
  }

  /** Whether a weight is quantised. */
  public boolean quantises(String weight) {
    return bounded.contains(weight) || unbounded.contains(weight);
  }

  /** Whether a quantised weight's input is known to lie in [-1, 1]. */
  public boolean boundedInput(String weight) {
    return bounded.contains(weight);
  }

  /** The input names of a weight. */
  List<String> inputs(String weight) {
    return quantises(weight) ? Weights.int8Inputs(weight) : Weights.inputs(weight);
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

  /**
   * Input names: the given ones, then those of the weights, each with its bias where it has one.
   */
  List<String> inputs(List<String> first, List<String> weights, Map<String, String> biases) {
    List<String> names = new ArrayList<>(first);
    names.add("sample_weights");
    for (String weight : weights) {
      names.addAll(inputs(weight));
      if (biases.containsKey(weight)) {
        names.add(Inputs.get(biases, weight));
      }
    }
    return List.copyOf(names);
  }
}
