package org.wavebridge.graphs.build;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.ArrayList;
import java.util.List;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.Convolution;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Value;

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
    String name = layer.weight().name();
    Value made =
        LayerProducts.of(g, name, layer.weight(), layer.bias())
            .of(g, reshape(g, taps(x, layer), -1, layer.weight().columns()));
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

  private Value taps(Value x, ContextLayer layer) {
    if (layer.kernel() == 1) {
      return x;
    }
    int reach = layer.reach();
    List<Value> taps = new ArrayList<>();
    for (int k = 0; k < layer.kernel(); k++) {
      int start = k * layer.dilation();
      taps.add(slice(g, x, 1, start, start == reach ? Long.MAX_VALUE : start - reach));
    }
    return concat(g, 2, taps.toArray(Value[]::new));
  }

  /** One layer of single vectors, {@code [N F, inputs]} to {@code [N F, outputs]}. */
  Value product(Value x, Affine layer) {
    return LayerProducts.of(g, layer.weight().name(), layer).of(g, x);
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
