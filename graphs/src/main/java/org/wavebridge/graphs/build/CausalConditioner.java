package org.wavebridge.graphs.build;

import static org.wavebridge.graphs.onnx.StandardOps.add;
import static org.wavebridge.graphs.onnx.StandardOps.concat;
import static org.wavebridge.graphs.onnx.StandardOps.longs;
import static org.wavebridge.graphs.onnx.StandardOps.reshape;
import static org.wavebridge.graphs.onnx.StandardOps.size;
import static org.wavebridge.graphs.onnx.StandardOps.slice;
import static org.wavebridge.graphs.onnx.StandardOps.transpose;
import static org.wavebridge.graphs.onnx.StandardOps.unary;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.CausalConvolutions;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Value;

/**
 * The conditioner of {@link CausalConvolutions}: features {@code [N, M, F]} to conditioning {@code
 * [N, F, columns * size]}. Every layer is one product over all frames, so that sparse ones run as
 * such.
 */
final class CausalConditioner {
  private final ModelBuilder g;
  private final Value features;
  private final Value rows;
  private final Value frames;

  CausalConditioner(ModelBuilder g, Value features) {
    this.g = g;
    this.features = features;
    this.rows = size(g, features, 0);
    this.frames = size(g, features, 2);
  }

  Value build(CausalConvolutions conditioner) {
    Value mels = transpose(g, features, 0, 2, 1);
    Value x = convolve(mels, conditioner.input(), conditioner.silence());
    for (ContextLayer layer : conditioner.residual()) {
      x = add(g, x, convolve(unary(g, "Relu", x), layer, 0));
    }
    x = reshape(g, x, -1, conditioner.input().outputs());
    for (Affine layer : conditioner.doublings()) {
      Value both = unary(g, "Relu", product(layer, x));
      x = reshape(g, both, -1, layer.bias().length / 2);
    }
    for (Affine layer : conditioner.outputs()) {
      x = product(layer, x);
    }
    long size = (long) conditioner.vectorsPerFrame() * conditioner.size();
    return reshape(g, x, concat(g, 0, rows, frames, longs(g, size)));
  }

  private Value product(Affine layer, Value x) {
    return LayerProducts.of(g, layer.weight().name(), layer).of(g, x);
  }

  /**
   * A causal convolution over {@code x [N, F, inputs]}.
   *
   * @param before every value of the frame before the first; those before it are zero
   */
  private Value convolve(Value x, ContextLayer layer, float before) {
    String name = layer.weight().name();
    int reach = layer.reach();
    float[] values = new float[reach * layer.inputs()];
    Arrays.fill(values, Math.max(0, values.length - layer.inputs()), values.length, before);
    Value past = g.initializer(name + "_before", values, 1, reach, layer.inputs());
    Value padded =
        concat(
            g,
            1,
            g.node("Expand", List.of(past, concat(g, 0, rows, longs(g, reach, layer.inputs())))),
            x);
    List<Value> taps = new ArrayList<>();
    for (int k = 0; k < layer.kernel(); k++) {
      int start = k * layer.dilation();
      taps.add(slice(g, padded, 1, start, start == reach ? Long.MAX_VALUE : start - reach));
    }
    Value joined = concat(g, 2, taps.toArray(Value[]::new));
    Value made =
        LayerProducts.of(g, name, layer.weight(), layer.bias())
            .of(g, reshape(g, joined, -1, layer.weight().columns()));
    return reshape(g, made, concat(g, 0, rows, frames, longs(g, layer.outputs())));
  }
}
