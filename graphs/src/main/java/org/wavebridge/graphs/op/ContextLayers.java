package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.ArrayList;
import java.util.List;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;

/**
 * The layers of a context network in standard operators: causal dilated convolutions without
 * padding, so that the output is shorter than the input by the reach of the network.
 */
public final class ContextLayers {
  private final List<Layer> layers;

  private ContextLayers(List<Layer> layers) {
    this.layers = layers;
  }

  private record Layer(Value weight, Value bias, ContextLayer shape) {}

  /**
   * Cuts the flat weights into layers.
   *
   * @param flat {@code [Z]}: for each layer its weight, row by row, then its bias
   * @param shapes of the layers; their values are not read
   */
  public static ContextLayers of(Nodes g, Value flat, List<ContextLayer> shapes) {
    List<Layer> layers = new ArrayList<>();
    long at = 0;
    for (ContextLayer shape : shapes) {
      long size = (long) shape.outputs() * shape.weight().columns();
      Value taps =
          reshape(
              g, slice(g, flat, 0, at, at + size), shape.outputs(), shape.kernel(), shape.inputs());
      Value bias = slice(g, flat, 0, at + size, at + size + shape.outputs());
      layers.add(new Layer(transpose(g, taps, 0, 2, 1), bias, shape));
      at += size + shape.outputs();
    }
    return new ContextLayers(layers);
  }

  /** The flat weights of layers, {@code [Z]}. */
  public static float[] flat(List<ContextLayer> layers) {
    int size = layers.stream().mapToInt(l -> l.weight().values().length + l.bias().length).sum();
    float[] flat = new float[size];
    int at = 0;
    for (ContextLayer layer : layers) {
      float[] weight = layer.weight().values();
      System.arraycopy(weight, 0, flat, at, weight.length);
      System.arraycopy(layer.bias(), 0, flat, at + weight.length, layer.bias().length);
      at += weight.length + layer.bias().length;
    }
    return flat;
  }

  /**
   * Adds the nodes of all layers.
   *
   * @param channels {@code [N, C, T + reach]}
   * @return {@code [N, X, T]}
   */
  public Value of(Nodes g, Value channels) {
    Value x = channels;
    for (Layer layer : layers) {
      x =
          g.node(
              "Conv",
              List.of(x, layer.weight(), layer.bias()),
              Attribute.of("dilations", new long[] {layer.shape().dilation()}),
              Attribute.of("kernel_shape", new long[] {layer.shape().kernel()}));
      x = layer.shape().relu() ? unary(g, "Relu", x) : x;
    }
    return x;
  }
}
