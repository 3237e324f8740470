package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;

/**
 * One sample of the residual GRU network in standard operators (fatchord/WaveRNN): input layer, two
 * GRUs with skip connections, two dense layers.
 *
 * @param sampleWeights {@code [1, R]}: what the previous value adds to the input layer
 * @param gru1Input {@code [N, R]} to {@code [N, 3R]}
 * @param gru1Recurrent {@code [N, R]} to {@code [N, 3R]}
 * @param gru2Recurrent {@code [N, R]} to {@code [N, 3R]}
 * @param output {@code [N, D2]} to {@code [N, C]}
 */
public record ResidualGruStep(
    Value sampleWeights,
    Product gru1Input,
    Product gru1Recurrent,
    Product gru2Recurrent,
    Product output) {

  /**
   * The layers whose bias changes with the frame: W x + (A a + b).
   *
   * @param input the whole input layer less the previous value's part, {@code [N, R]}
   * @param gru2Input {@code [N, R]} to {@code [N, 3R]}
   * @param fc1 {@code [N, R]} to {@code [N, D1]}
   * @param fc2 {@code [N, D1]} to {@code [N, D2]}
   */
  public record Frame(Value input, Product gru2Input, Product fc1, Product fc2) {}

  /**
   * What a step makes.
   *
   * @param audio {@code [N]}
   * @param previous {@code [N, 1]}
   * @param state {@code [N, 2R]}
   * @param logits {@code [N, C]}
   */
  public record Result(Value audio, Value previous, Value state, Value logits) {}

  /**
   * Adds the nodes of one step.
   *
   * @param choice from the outputs to the sample's value
   */
  public Result build(Nodes g, Frame frame, Value previous, Value state, Choice choice) {
    var states = split(g, state, 1, 2);
    Value x = add(g, mul(g, previous, sampleWeights), frame.input());
    Value h1 = Gru.step(g, gru1Input.of(g, x), gru1Recurrent.of(g, states.get(0)), states.get(0));
    x = add(g, x, h1);
    Value h2 =
        Gru.step(g, frame.gru2Input().of(g, x), gru2Recurrent.of(g, states.get(1)), states.get(1));
    x = add(g, x, h2);
    Value q = unary(g, "Relu", frame.fc1().of(g, x));
    q = unary(g, "Relu", frame.fc2().of(g, q));
    Value logits = output.of(g, q);
    Value value = choice.of(g, logits);
    return new Result(squeeze(g, value, 1), value, concat(g, 1, h1, h2), logits);
  }

  /**
   * Draws a value as a head does.
   *
   * @param uniforms {@code [N, draws]}
   */
  public static Choice drawn(Head head, Value uniforms, Value temperature) {
    if (head instanceof Head.MixtureOfLogistics) {
      return (g, logits) -> Draws.mixtureOfLogistics(g, logits, uniforms, temperature);
    }
    if (head instanceof Head.Gaussian) {
      return (g, logits) -> Draws.gaussian(g, logits, uniforms, temperature);
    }
    if (head instanceof Head.Categorical categorical && categorical.amplitudes()) {
      return (g, logits) -> {
        Value index = Draws.categorical(g, logits, uniforms, temperature);
        Value table = floats(g, categorical.values());
        return gather(g, table, cast(g, index, ElementType.INT64), 0);
      };
    }
    return (g, logits) -> {
      Value count = cast(g, sub(g, size(g, logits, 1), longs(g, 1)), ElementType.FLOAT);
      Value index = Draws.categorical(g, logits, uniforms, temperature);
      return Draws.valueOf(g, index, squeeze(g, count, 0));
    };
  }
}
