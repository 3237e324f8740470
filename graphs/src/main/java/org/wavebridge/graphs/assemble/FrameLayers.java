package org.wavebridge.graphs.assemble;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.Convolution;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.ConvolveFrames;
import org.wavebridge.graphs.op.LayerProducts;

/**
 * Layers over the frames of N rows. A convolution is a gather of its taps and one product over all
 * frames, so that its sums have the order of every product. Between layers of single vectors the
 * frames of all rows are one axis, {@code [N F, size]}.
 */
final class FrameLayers {
  private final ModelBuilder g;
  private final Value rows;

  /**
   * Layers of a graph.
   *
   * @param rows N, int64 {@code [1]}
   */
  FrameLayers(ModelBuilder g, Value rows) {
    this.g = g;
    this.rows = rows;
  }

  /**
   * A convolution without padding.
   *
   * @param x {@code [N, F + reach, inputs]}
   * @return {@code [N F, outputs]}
   */
  Value convolve(Value x, ContextLayer layer) {
    return product(
        reshape(g, ConvolveFrames.taps(g, x, layer), -1, layer.weight().columns()), layer);
  }

  /** A layer whose taps are joined, {@code [N F, kernel * inputs]} to {@code [N F, outputs]}. */
  Value product(Value taps, ContextLayer layer) {
    String name = layer.weight().name();
    Value made = LayerProducts.of(g, name, layer.weight(), layer.bias()).of(g, taps);
    return layer.relu() ? unary(g, "Relu", made) : made;
  }

  /**
   * Convolutions one after the other.
   *
   * @param x {@code [N, F + the reach of all, inputs]}
   * @return {@code [N, F, outputs of the last]}
   */
  Value convolve(Value x, List<ContextLayer> all) {
    Value made = x;
    for (ContextLayer layer : all) {
      made = frames(convolve(made, layer), layer.outputs());
    }
    return made;
  }

  /**
   * Layers one after the other, which may have more vectors of a frame than one.
   *
   * @param frames {@code [N, F, size]}
   * @param pasts of each layer at the start of an utterance
   * @param past joins it to what a layer reads
   * @return {@code [N, F, V size]}
   */
  Value stack(Value frames, List<ConvolveFrames.Layer> all, float[][][] pasts, Past past) {
    Vectors before = new Vectors(frames, false);
    Vectors x = before;
    long perFrame = 1;
    long size = 0;
    for (int i = 0; i < pasts.length; i++) {
      ConvolveFrames.Layer layer = all.get(i);
      ContextLayer convolution = layer.convolution();
      Vectors read = layer.reluBefore() ? new Vectors(unary(g, "Relu", x.value), x.single) : x;
      Value made =
          convolution.reach() == 0
              ? product(single(read, convolution.inputs()), convolution)
              : convolve(
                  past.join(
                      frames(read, convolution.inputs()), convolution.weight().name(), pasts[i]),
                  convolution);
      if (layer.skip() > 0) {
        made = add(g, single(layer.skip() == 1 ? x : before, convolution.outputs()), made);
      }
      size = perFrame * convolution.outputs();
      perFrame *= layer.split();
      before = x;
      x =
          new Vectors(
              layer.split() == 1
                  ? made
                  : reshape(g, made, -1, convolution.outputs() / layer.split()),
              true);
    }
    return frames(x, size);
  }

  /**
   * Vectors of all frames.
   *
   * @param single {@code [N F, size]}, else {@code [N, F, size]}
   */
  private record Vectors(Value value, boolean single) {}

  private Value single(Vectors x, long size) {
    return x.single ? x.value : reshape(g, x.value, -1, size);
  }

  private Value frames(Vectors x, long size) {
    return x.single ? frames(x.value, size) : x.value;
  }

  /** {@code [N F, size]} as {@code [N, F, size]}. */
  Value frames(Value x, long size) {
    return reshape(g, x, concat(g, 0, rows, longs(g, -1, size)));
  }

  /** A convolution in the form whose columns are tap by tap. */
  static ContextLayer byTap(Convolution layer, boolean relu) {
    return new ContextLayer(layer.byTap(), layer.bias(), layer.width(), 1, relu);
  }
}
