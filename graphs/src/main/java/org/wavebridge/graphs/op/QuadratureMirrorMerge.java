package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.add;
import static org.wavebridge.graphs.onnx.StandardOps.concat;
import static org.wavebridge.graphs.onnx.StandardOps.constant;
import static org.wavebridge.graphs.onnx.StandardOps.div;
import static org.wavebridge.graphs.onnx.StandardOps.gather;
import static org.wavebridge.graphs.onnx.StandardOps.longs;
import static org.wavebridge.graphs.onnx.StandardOps.mul;
import static org.wavebridge.graphs.onnx.StandardOps.reshape;
import static org.wavebridge.graphs.onnx.StandardOps.scalar;
import static org.wavebridge.graphs.onnx.StandardOps.size;
import static org.wavebridge.graphs.onnx.StandardOps.slice;
import static org.wavebridge.graphs.onnx.StandardOps.squeeze;
import static org.wavebridge.graphs.onnx.StandardOps.sub;
import static org.wavebridge.graphs.onnx.StandardOps.transpose;
import static org.wavebridge.graphs.onnx.StandardOps.unsqueeze;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.model.QuadratureMirrorTree;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OperatorAttribute;
import org.wavebridge.graphs.onnx.OperatorTensor;
import org.wavebridge.graphs.onnx.Value;

/**
 * The synthesis of a {@link QuadratureMirrorTree}: values {@code [N, T]}, those of the bands of a
 * step next to each other, and a state {@code [N, S]} to a waveform {@code [N, T]}. The body is a
 * Loop for each level of the tree; it depends on the tree.
 */
public final class QuadratureMirrorMerge {
  /** Attribute: levels of the tree, which merges 2^levels bands. */
  public static final String LEVELS = "levels";

  private static final float HALF_RANGE = 32768;

  private final QuadratureMirrorTree tree;
  private final Nodes g;
  private final Value coefficients;

  private QuadratureMirrorMerge(QuadratureMirrorTree tree, Nodes g, Value coefficients) {
    this.tree = tree;
    this.g = g;
    this.coefficients = coefficients;
  }

  /** The operator for a tree. */
  public static CustomOperator of(QuadratureMirrorTree tree) {
    return new CustomOperator(
        "QuadratureMirrorMerge",
        "Merges the samples of 2^levels bands to one waveform by a tree of two-band nodes: out[2i] = even chain of (low + high), out[2i + 1] = odd chain"
            + " of (low - high), limited to 16 bits and truncated toward zero; a chain is made of sections s = x - c s1, y = c s + s1, s1 = s."
            + " values [N, T] and waveform [N, T] are 16-bit samples / 32768, state [N, 2 (2^levels - 1) K], even and odd coefficients [K].",
        List.of(
            OperatorTensor.values("values", "[N, T]"),
            OperatorTensor.values("state", "[N, 2 (2^levels - 1) K]"),
            OperatorTensor.constant("even", "[K]"),
            OperatorTensor.constant("odd", "[K]")),
        List.of(
            OperatorTensor.values("waveform", "[N, T]"),
            OperatorTensor.values("next_state", "[N, 2 (2^levels - 1) K]")),
        List.of(
            OperatorAttribute.integer(
                LEVELS, 1, QuadratureMirrorTree.MOST_LEVELS, "levels of the tree")),
        (g, inputs) -> {
          Value even = unsqueeze(g, Inputs.get(inputs, "even"), 0);
          Value odd = unsqueeze(g, Inputs.get(inputs, "odd"), 0);
          return new QuadratureMirrorMerge(tree, g, concat(g, 0, even, odd)).body(inputs);
        });
  }

  private List<Value> body(Map<String, Value> inputs) {
    Value values = Inputs.get(inputs, "values");
    Value state = Inputs.get(inputs, "state");
    Value rows = size(g, values, 0);
    int bands = tree.bands();
    Value steps = div(g, size(g, values, 1), longs(g, bands));
    long[] leaves = new long[bands];
    for (int leaf = 0; leaf < bands; leaf++) {
      leaves[leaf] = QuadratureMirrorTree.bandOfLeaf(leaf);
    }
    Value byStep = reshape(g, values, concat(g, 0, rows, steps, longs(g, bands)));
    Value x = transpose(g, gather(g, byStep, longs(g, leaves), 2), 0, 2, 1);
    x = mul(g, x, constant(g, HALF_RANGE));
    List<Value> states = new ArrayList<>();
    int from = 0;
    for (int nodes = bands / 2; nodes > 0; nodes /= 2) {
      int to = from + nodes * 2 * tree.sections();
      Value own =
          reshape(
              g,
              slice(g, state, 1, from, to),
              concat(g, 0, rows, longs(g, nodes, 2, tree.sections())));
      List<Value> made = level(x, own, rows, nodes);
      x = made.get(0);
      states.add(reshape(g, made.get(1), concat(g, 0, rows, longs(g, to - from))));
      from = to;
    }
    Value waveform = div(g, squeeze(g, x, 1), constant(g, HALF_RANGE));
    return List.of(waveform, concat(g, 1, states.toArray(Value[]::new)));
  }

  /**
   * One level of the tree.
   *
   * @param x {@code [N, 2 nodes, t]}, the low and the high band of each node
   * @param state {@code [N, nodes, 2, K]}
   * @return the merged {@code [N, nodes, 2t]} and the next state
   */
  private List<Value> level(Value x, Value state, Value rows, int nodes) {
    Value count = size(g, x, 2);
    Value pairs = reshape(g, x, concat(g, 0, rows, longs(g, nodes, 2), count));
    Value low = slice(g, pairs, 2, 0, 1);
    Value high = slice(g, pairs, 2, 1, 2);
    Value inputs = concat(g, 2, add(g, low, high), sub(g, low, high));
    List<Value> results =
        g.loop(
            squeeze(g, count, 0),
            List.of(state),
            1,
            (body, t, carried) -> sections(body, gather(body, inputs, t, 3), carried.get(0)));
    Value samples = transpose(g, results.get(1), 1, 2, 0, 3);
    Value merged =
        reshape(g, samples, concat(g, 0, rows, longs(g, nodes), mul(g, count, longs(g, 2))));
    return List.of(Draws.truncated(g, merged), results.get(0));
  }

  /** One sample {@code [N, nodes, 2]} through the sections of both chains: next state, output. */
  private List<Value> sections(Nodes body, Value sample, Value state) {
    Value x = sample;
    List<Value> next = new ArrayList<>();
    for (int k = 0; k < tree.sections(); k++) {
      Value before = gather(body, state, scalar(body, k), 3);
      Value c = gather(body, coefficients, scalar(body, k), 1);
      Value s = sub(body, x, mul(body, c, before));
      x = add(body, mul(body, c, s), before);
      next.add(unsqueeze(body, s, 3));
    }
    return List.of(concat(body, 3, next.toArray(Value[]::new)), x);
  }
}
