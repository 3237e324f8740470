package org.wavebridge.graphs.assemble;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.ContextLayers;
import org.wavebridge.graphs.op.ConvolveFrames;

/**
 * The frames that a layer reads before those that it is given: nothing, where they are padded;
 * constants; or what earlier calls of the graph have left.
 */
interface Past {
  /** The frames given begin with the past. */
  Past PADDED = (x, name, frames) -> x;

  /**
   * Joins the past and the frames given.
   *
   * @param x {@code [N, F, size]}
   * @param name of the layer
   * @param frames the past at the start of an utterance, {@code [reach][size]}
   * @return {@code [N, reach + F, size]}, or x
   */
  Value join(Value x, String name, float[][] frames);

  /**
   * All layers as one node, where the past is kept so that there is one.
   *
   * @param x {@code [N, F, size]}
   * @param frames the past of each layer at the start of an utterance, {@code [reach][size]}
   * @return {@code [N, F, V size]}
   */
  default Optional<Value> layers(Value x, List<ConvolveFrames.Layer> layers, float[][][] frames) {
    return Optional.empty();
  }

  /** Every utterance from its start: the past is constant. */
  static Past constant(ModelBuilder g, Value rows) {
    return (x, name, frames) -> {
      if (frames.length == 0) {
        return x;
      }
      int size = frames[0].length;
      Value past = g.initializer(name + "_before", flat(frames), 1, frames.length, size);
      Value shape = concat(g, 0, rows, longs(g, frames.length, size));
      return concat(g, 1, g.node("Expand", List.of(past, shape)), x);
    };
  }

  /**
   * The past in a state {@code [N, S]} that calls hand on; layer after layer, frame after frame.
   */
  final class Carried implements Past {
    private final ModelBuilder g;
    private final String name;
    private final int size;
    private final boolean fused;
    private final Value state;
    private final List<Value> next = new ArrayList<>();
    private float[] initial = {};

    /**
     * At the start of a graph.
     *
     * @param name of the input; the output is {@code next_name}
     * @param size S
     * @param fused whether layers are one node
     */
    Carried(ModelBuilder g, String name, int size, boolean fused) {
      this.g = g;
      this.name = name;
      this.size = size;
      this.fused = fused;
      this.state = size == 0 ? Value.NONE : g.input(name, Dim.N, Dim.of(size));
    }

    @Override
    public Value join(Value x, String name, float[][] frames) {
      if (frames.length == 0) {
        return x;
      }
      int reach = frames.length;
      int each = frames[0].length;
      Value past = reshape(g, take(flat(frames)), 0, reach, each);
      Value joined = concat(g, 1, past, x);
      Value newest = slice(g, joined, 1, -reach, Long.MAX_VALUE);
      next.add(reshape(g, newest, 0, (long) reach * each));
      return joined;
    }

    @Override
    public Optional<Value> layers(Value x, List<ConvolveFrames.Layer> layers, float[][][] frames) {
      float[][] all = Arrays.stream(frames).flatMap(Arrays::stream).toArray(float[][]::new);
      if (!fused || all.length == 0) {
        return Optional.empty();
      }
      float[] flat =
          ContextLayers.flat(layers.stream().map(ConvolveFrames.Layer::convolution).toList());
      List<Value> made =
          g.node(
              ConvolveFrames.in(layers),
              List.of(x, take(flat(all)), g.initializer(ConvolveFrames.LAYERS, flat, flat.length)),
              ConvolveFrames.attributes(layers));
      next.add(made.get(1));
      return Optional.of(made.get(0));
    }

    /** The next values of the state, which are given at the start of an utterance. */
    private Value take(float[] values) {
      int start = initial.length;
      initial = Arrays.copyOf(initial, start + values.length);
      System.arraycopy(values, 0, initial, start, values.length);
      return values.length == size ? state : slice(g, state, 1, start, initial.length);
    }

    /** Makes what the layers leave an output; the state at the start. */
    float[] finish() {
      if (!next.isEmpty()) {
        Value all = next.size() == 1 ? next.get(0) : concat(g, 1, next.toArray(Value[]::new));
        g.output("next_" + name, all, Dim.N, Dim.of(initial.length));
      }
      return initial;
    }
  }

  private static float[] flat(float[][] frames) {
    int size = Arrays.stream(frames).mapToInt(frame -> frame.length).sum();
    float[] values = new float[size];
    int at = 0;
    for (float[] frame : frames) {
      System.arraycopy(frame, 0, values, at, frame.length);
      at += frame.length;
    }
    return values;
  }
}
