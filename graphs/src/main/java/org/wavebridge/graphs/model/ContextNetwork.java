package org.wavebridge.graphs.model;

import java.util.List;

/**
 * How the samples of earlier sub-tensors enter a step: causal dilated convolutions over the time of
 * a sub-tensor s, whose output at time i + F is the context of its position i (Kalchbrenner et al.
 * 2018, section 4).
 *
 * <p>At time t the first layer reads {@link #factor()} channels: channel 0 is the sub-tensor's own
 * sample of time t - F - 1 if {@code ownPast} (the newest one that exists when position t - F is
 * made), else 0; channel d is the sample of sub-tensor s - d at time t. A channel is 0 where s - d
 * is below 0 and where the sub-tensor has no sample of that time. Samples are the values the
 * network emits, in [-1, 1]. The input reaches back without end as zeros: before time 0 a layer
 * gives its constant response.
 *
 * @param ownPast whether channel 0 carries the sub-tensor's own past
 * @param layers from the samples to the context; the last gives X channels
 * @param input {@code [3H, X]}, added to the gate input of a dual-softmax network, or {@code [R,
 *     X]}, added to the input layer of a residual GRU network
 */
public record ContextNetwork(boolean ownPast, List<ContextLayer> layers, WeightMatrix input) {
  /** Copies the list and checks the sizes. */
  public ContextNetwork {
    layers = List.copyOf(layers);
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("a context network needs at least one layer");
    }
    for (int i = 1; i < layers.size(); i++) {
      requireColumns(layers.get(i).weight(), layers.get(i).inputs(), layers.get(i - 1));
    }
    requireColumns(input, input.columns(), layers.get(layers.size() - 1));
  }

  private static void requireColumns(WeightMatrix weight, int inputs, ContextLayer before) {
    if (inputs != before.outputs()) {
      throw new IllegalArgumentException(
          "weight '%s': expected %d channels, which '%s' gives, found %d"
              .formatted(weight.name(), before.outputs(), before.weight().name(), inputs));
    }
  }

  /** The subscale factor the network was trained for: channels of the first layer. */
  public int factor() {
    return layers.get(0).inputs();
  }

  /** Size of a context, X. */
  public int size() {
    return input.columns();
  }

  /** How many time steps before a context's own the oldest sample lies that it depends on. */
  public int reach() {
    return layers.stream().mapToInt(ContextLayer::reach).reduce(0, Math::addExact);
  }
}
