package org.wavebridge.graphs.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A stack of causal convolutions at frame rate, then layers that double the rate, then layers of
 * single vectors (Google Lyra). Conditioning {@code [frames, 2^doublings * size]}: the vectors of a
 * frame one after the other.
 *
 * <pre>
 * x = W [f(t-k+1), .., f(t)] + b                    input; before the first frame there is one of
 *                                                   {@code silence}, and zeros before it
 * x = x + W [relu x(t-d), relu x(t)] + b            each residual layer; zeros before the first frame
 * (x(2t), x(2t+1)) = relu(W x(t) + b)               each doubling
 * x = W x + b                                       each output layer
 * </pre>
 *
 * @param silence every value of the frame before the first
 * @param input the first layer
 * @param residual layers whose kernel and dilation say which of x they join, the oldest first
 * @param doublings {@code [2 * size, size]}; the first half of the rows is the earlier vector
 * @param outputs at least one
 */
public record CausalConvolutions(
    float silence,
    ContextLayer input,
    List<ContextLayer> residual,
    List<Affine> doublings,
    List<Affine> outputs)
    implements Conditioner {
  /** Copies the lists and checks the sizes. */
  public CausalConvolutions {
    residual = List.copyOf(residual);
    doublings = List.copyOf(doublings);
    outputs = List.copyOf(outputs);
    int size = input.outputs();
    for (ContextLayer layer : residual) {
      layer.weight().requireShape(size, size * layer.kernel());
    }
    for (Affine layer : doublings) {
      layer.weight().requireShape(layer.weight().rows(), size);
      if (layer.weight().rows() % 2 != 0) {
        throw new IllegalArgumentException(
            "weight '%s': %d rows do not make two vectors"
                .formatted(layer.weight().name(), layer.weight().rows()));
      }
      size = layer.weight().rows() / 2;
    }
    for (Affine layer : outputs) {
      layer.weight().requireShape(layer.weight().rows(), size);
      size = layer.weight().rows();
    }
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException("a causal conditioner needs an output layer");
    }
  }

  /** Vectors of a frame. */
  public int vectorsPerFrame() {
    return 1 << doublings.size();
  }

  /** Values of a vector. */
  public int size() {
    return outputs.get(outputs.size() - 1).weight().rows();
  }

  /** Every matrix, in the order of the layers. */
  public List<WeightMatrix> matrices() {
    List<WeightMatrix> all = new ArrayList<>(List.of(input.weight()));
    residual.forEach(layer -> all.add(layer.weight()));
    doublings.forEach(layer -> all.add(layer.weight()));
    outputs.forEach(layer -> all.add(layer.weight()));
    return all;
  }

  /** The same with every matrix replaced. */
  public CausalConvolutions map(UnaryOperator<WeightMatrix> change) {
    return new CausalConvolutions(
        silence,
        map(input, change),
        residual.stream().map(layer -> map(layer, change)).toList(),
        doublings.stream().map(layer -> layer.map(change)).toList(),
        outputs.stream().map(layer -> layer.map(change)).toList());
  }

  private static ContextLayer map(ContextLayer layer, UnaryOperator<WeightMatrix> change) {
    return new ContextLayer(
        change.apply(layer.weight()), layer.bias(), layer.kernel(), layer.dilation(), layer.relu());
  }

  @Override
  public int contextFrames() {
    return input.reach() + residual.stream().mapToInt(ContextLayer::reach).sum();
  }

  @Override
  public int futureFrames() {
    return 0;
  }
}
