package org.wavebridge.graphs.network.residualgru;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import org.wavebridge.graphs.network.StepResult;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Choice;
import org.wavebridge.graphs.op.Gru;
import org.wavebridge.graphs.op.Product;

/**
 * One sample of the residual GRU network in standard operators (fatchord/WaveRNN): input layer, two
 * GRUs with skip connections, two dense layers.
 *
 * @param sampleWeights {@code [B, R]}: what the previous value of each of B bands adds to the input
 *     layer
 * @param banded whether there are several bands
 * @param gru1Input {@code [N, R]} to {@code [N, 3R]}
 * @param gru1Recurrent {@code [N, R]} to {@code [N, 3R]}
 * @param gru2Recurrent {@code [N, R]} to {@code [N, 3R]}
 * @param output {@code [N, D2]} to {@code [N, C]}
 */
record ResidualGruStep(
    Value sampleWeights,
    boolean banded,
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
  record Frame(Value input, Product gru2Input, Product fc1, Product fc2) {}

  /**
   * Adds the nodes of one step.
   *
   * @param choice from the outputs to the sample's value, {@code [N, B]}
   */
  StepResult build(Nodes g, Frame frame, Value previous, Value state, Choice choice) {
    var states = split(g, state, 1, 2);
    Value fed = banded ? matMul(g, previous, sampleWeights) : mul(g, previous, sampleWeights);
    Value x = add(g, fed, frame.input());
    Value h1 = Gru.step(g, gru1Input.of(g, x), gru1Recurrent.of(g, states.get(0)), states.get(0));
    x = add(g, x, h1);
    Value h2 =
        Gru.step(g, frame.gru2Input().of(g, x), gru2Recurrent.of(g, states.get(1)), states.get(1));
    x = add(g, x, h2);
    Value q = unary(g, "Relu", frame.fc1().of(g, x));
    q = unary(g, "Relu", frame.fc2().of(g, q));
    Value logits = output.of(g, q);
    Value value = choice.of(g, logits);
    Value audio = banded ? value : squeeze(g, value, 1);
    return new StepResult(audio, value, concat(g, 1, h1, h2), logits);
  }
}
