package org.wavebridge.graphs.build;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Value;

/**
 * What a layer over frames reads before the frames that it is given: nothing, where they are
 * padded; constants; or what earlier calls of the graph have left.
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
    private final Value rows;
    private final Value state;
    private final List<Value> next = new ArrayList<>();
    private float[] initial = {};

    /**
     * At the start of a graph.
     *
     * @param size S
     */
    Carried(ModelBuilder g, Value rows, int size) {
      this.g = g;
      this.rows = rows;
      this.state = size == 0 ? Value.NONE : g.input("state", Dim.N, Dim.of(size));
    }

    @Override
    public Value join(Value x, String name, float[][] frames) {
      if (frames.length == 0) {
        return x;
      }
      int reach = frames.length;
      int size = frames[0].length;
      int start = initial.length;
      float[] values = flat(frames);
      initial = Arrays.copyOf(initial, start + values.length);
      System.arraycopy(values, 0, initial, start, values.length);
      Value past =
          reshape(
              g,
              slice(g, state, 1, start, initial.length),
              concat(g, 0, rows, longs(g, reach, size)));
      Value joined = concat(g, 1, past, x);
      Value newest = slice(g, joined, 1, -reach, Long.MAX_VALUE);
      next.add(reshape(g, newest, concat(g, 0, rows, longs(g, values.length))));
      return joined;
    }

    /** Makes what the layers leave an output; the state at the start. */
    float[] finish() {
      if (!next.isEmpty()) {
        Value all = next.size() == 1 ? next.get(0) : concat(g, 1, next.toArray(Value[]::new));
        g.output("next_state", all, Dim.N, Dim.of(initial.length));
      }
      return initial;
    }
  }

  private static float[] flat(float[][] frames) {
    int size = frames[0].length;
    float[] values = new float[frames.length * size];
    for (int i = 0; i < frames.length; i++) {
      System.arraycopy(frames[i], 0, values, i * size, size);
    }
    return values;
  }
}
