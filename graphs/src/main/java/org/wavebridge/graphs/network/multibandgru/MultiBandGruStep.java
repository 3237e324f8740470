package org.wavebridge.graphs.network.multibandgru;

import static org.wavebridge.graphs.onnx.StandardOps.add;
import static org.wavebridge.graphs.onnx.StandardOps.concat;
import static org.wavebridge.graphs.onnx.StandardOps.longs;
import static org.wavebridge.graphs.onnx.StandardOps.matMul;
import static org.wavebridge.graphs.onnx.StandardOps.reshape;
import static org.wavebridge.graphs.onnx.StandardOps.shape;
import static org.wavebridge.graphs.onnx.StandardOps.unary;

import java.util.List;
import org.wavebridge.graphs.network.StepResult;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Draws;
import org.wavebridge.graphs.op.Gru;
import org.wavebridge.graphs.op.Product;

/**
 * One step of a multi-band GRU in standard operators: a sample of each of B bands.
 *
 * @param sampleWeights {@code [B, 3H]}: what the previous samples add to the gates
 * @param recurrent {@code [N, H]} to {@code [N, 3H]}
 * @param projection {@code [N, H]} to {@code [N, D]}
 * @param output {@code [N, D]} to {@code [N, B * 3K]}
 */
record MultiBandGruStep(
    Value sampleWeights, Product recurrent, Product projection, Product output) {
  /**
   * Adds the nodes of one step.
   *
   * @param conditioning of the step's column, {@code [N, 3H]}
   * @param uniforms {@code [N, B, 2]}
   * @param draw with a temperature {@code [N, 1]}
   */
  StepResult build(
      Nodes g,
      Value conditioning,
      Value previous,
      Value state,
      Value uniforms,
      Draws.BandDraw draw) {
    Value next = state(g, add(g, conditioning, matMul(g, previous, sampleWeights)), state);
    Value outputs = outputs(g, next);
    Value bands = concat(g, 0, shape(g, previous), longs(g, -1));
    Value logits = reshape(g, outputs, bands);
    Value temperature = g.node("Expand", List.of(draw.temperature(), shape(g, previous)));
    Draws.BandDraw of =
        new Draws.BandDraw(reshape(g, temperature, -1, 1), draw.unit(), draw.margin());
    Value flat = Draws.bandMixture(g, rows(g, logits), rows(g, uniforms), of);
    Value audio = reshape(g, flat, shape(g, previous));
    return new StepResult(audio, audio, next, logits);
  }

  /** The next state from the input of the gates {@code [N, 3H]}. */
  Value state(Nodes g, Value input, Value state) {
    return Gru.step(g, input, recurrent.of(g, state), state);
  }

  /** The head's outputs {@code [N, B * 3K]} of states. */
  Value outputs(Nodes g, Value state) {
    return output.of(g, unary(g, "Relu", projection.of(g, state)));
  }

  /** {@code [N, B, size]} as {@code [N * B, size]}. */
  private static Value rows(Nodes g, Value x) {
    return g.node("Flatten", List.of(x), Attribute.of("axis", 2));
  }
}
