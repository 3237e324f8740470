package org.wavebridge.graphs.network.lpcnet;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import org.wavebridge.graphs.model.ExcitationDraw;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Draws;

/** How a step comes from its logits to the class of the excitation. */
final class ExcitationNodes {
  private static final int DECISIONS = 8;

  private ExcitationNodes() {}

  /**
   * A drawn class.
   *
   * @param uniforms {@code [N, D]}
   * @param temperature {@code [N, 1]}
   * @param thresholds {@code [256]}; {@link Value#NONE} for a softmax
   */
  static LpcNetStep.Excitation drawn(
      ExcitationDraw draw, Value uniforms, Value temperature, Value thresholds) {
    return (g, logits, prediction, sharpening) -> {
      Value sharpened = mul(g, logits, sharpening);
      return draw == ExcitationDraw.TREE
          ? tree(g, div(g, sharpened, temperature), uniforms, thresholds)
          : cast(
              g,
              Draws.categorical(g, sharpened, uniforms, temperature, ExcitationDraw.FLOOR),
              ElementType.INT64);
    };
  }

  /** The class of what a given sample adds to the prediction. */
  static LpcNetStep.Excitation given(Value sample) {
    return (g, logits, prediction, sharpening) -> MuLawClasses.of(g, sub(g, sample, prediction));
  }

  private static Value tree(Nodes g, Value logits, Value uniforms, Value thresholds) {
    Value bytes =
        MuLawClasses.limited(
            g, unary(g, "Floor", mul(g, uniforms, constant(g, LpcNetNetwork.CLASSES))));
    List<Value> levels = split(g, gather(g, thresholds, bytes, 0), 1, DECISIONS);
    Value node = ones(g, levels.get(0));
    for (Value level : levels) {
      Value logit = g.node("GatherElements", List.of(logits, node), Attribute.of("axis", 1));
      Value bit = cast(g, g.node("Less", List.of(level, logit)), ElementType.INT64);
      node = add(g, add(g, node, node), bit);
    }
    return sub(g, node, scalar(g, LpcNetNetwork.CLASSES));
  }

  /** Ones in the shape of x, int64. */
  private static Value ones(Nodes g, Value x) {
    return g.node("Expand", List.of(longs(g, 1), shape(g, x)));
  }
}
