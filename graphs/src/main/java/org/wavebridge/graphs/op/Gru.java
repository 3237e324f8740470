package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;

/**
 * The gated recurrent unit with the reset gate applied after the recurrent product; gate order r,
 * z, n.
 */
public final class Gru {
  private Gru() {}

  /**
   * One step from gate pre-activations: r = sigmoid(i_r + a_r), z = sigmoid(i_z + a_z), n =
   * tanh(i_n + r a_n), h' = n + z (h - n).
   *
   * @param fromInput i {@code [N, 3H]}
   * @param fromState a {@code [N, 3H]}
   * @param state h {@code [N, H]}
   * @return h' {@code [N, H]}
   */
  public static Value step(Nodes g, Value fromInput, Value fromState, Value state) {
    List<Value> i = split(g, fromInput, 1, 3);
    List<Value> a = split(g, fromState, 1, 3);
    Value r = unary(g, "Sigmoid", add(g, i.get(0), a.get(0)));
    Value z = unary(g, "Sigmoid", add(g, i.get(1), a.get(1)));
    Value n = unary(g, "Tanh", add(g, i.get(2), mul(g, r, a.get(2))));
    return add(g, n, mul(g, z, sub(g, state, n)));
  }

  /**
   * A whole sequence by ONNX's GRU operator.
   *
   * @param x {@code [N, T, K]}
   * @param input {@code [3H, K]}
   * @param recurrent {@code [3H, H]}
   * @param state {@code [N, H]}
   * @return the outputs {@code [N, T, H]} and the last state {@code [N, H]}
   */
  public static List<Value> sequence(
      Nodes g, Value x, DenseLayer input, DenseLayer recurrent, Value state) {
    List<Value> y =
        g.node(
            "GRU",
            2,
            List.of(
                transpose(g, x, 1, 0, 2),
                onnxGateOrder(g, input.weight()),
                onnxGateOrder(g, recurrent.weight()),
                concat(g, 1, onnxGateOrder(g, input.bias()), onnxGateOrder(g, recurrent.bias())),
                Value.NONE,
                unsqueeze(g, state, 0)),
            Attribute.reference("hidden_size", SequenceAttributes.HIDDEN_SIZE),
            Attribute.of("linear_before_reset", 1));
    return List.of(transpose(g, squeeze(g, y.get(0), 1), 1, 0, 2), squeeze(g, y.get(1), 0));
  }

  /** Rows r, z, n to ONNX's z, r, h, with ONNX's leading axis of directions. */
  private static Value onnxGateOrder(Nodes g, Value rows) {
    List<Value> gates = split(g, rows, 0, 3);
    return unsqueeze(g, concat(g, 0, gates.get(1), gates.get(0), gates.get(2)), 0);
  }
}
