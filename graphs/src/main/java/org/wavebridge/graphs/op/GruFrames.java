package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OperatorAttribute;
import org.wavebridge.graphs.onnx.OperatorTensor;
import org.wavebridge.graphs.onnx.Value;

/**
 * A gated recurrent unit over the frames of N sequences, from a state of zeros: gates {@code [N, F,
 * 3H]}, which the frames give to its gates, to the states after each frame, y {@code [N, F, H]}.
 * One node a direction: a caller reverses the frames for the other. Source: {@link Gru};
 * torch.nn.GRU.
 */
public final class GruFrames {
  /** Attribute: H. */
  public static final String UNITS = "units";

  /** Most units: their three gates are the rows of one weight. */
  private static final int MOST_UNITS = BlockSparseGemm.MOST_INPUTS / 3;

  /** The operator. */
  public static final CustomOperator OPERATOR =
      new CustomOperator(
          "GruFrames",
          "States y [N, F, H] of a GRU that begins with zeros: a = R h + b, r = sigmoid(i_r + a_r), z = sigmoid(i_z + a_z), n = tanh(i_n + r a_n),"
              + " h' = n + z (h - n), where i is a frame of gates [N, F, 3H].",
          List.of(
              OperatorTensor.values("gates", "[N, F, 3H]"),
              OperatorTensor.weight("recurrent", "[3H, H]"),
              OperatorTensor.constant("bias", "[3H]")),
          List.of(OperatorTensor.values("y", "[N, F, H]")),
          List.of(OperatorAttribute.integer(UNITS, 1, MOST_UNITS, "H")),
          GruFrames::body);

  private GruFrames() {}

  private static List<Value> body(Nodes g, Map<String, Value> inputs) {
    Value gates = Inputs.get(inputs, "gates");
    Value units = reshape(g, attribute(g, UNITS), 1);
    Value rows = size(g, gates, 0);
    Value frames = size(g, gates, 1);
    DenseLayer recurrent =
        new DenseLayer(Weights.dense(g, inputs, "recurrent", units), Inputs.get(inputs, "bias"));
    Value zeros = g.node("ConstantOfShape", List.of(concat(g, 0, rows, units)));
    List<Value> made =
        g.loop(
            squeeze(g, frames, 0),
            List.of(zeros),
            1,
            (body, t, carried) -> {
              Value state = carried.get(0);
              Value next =
                  Gru.step(body, gather(body, gates, t, 1), recurrent.of(body, state), state);
              return List.of(next, next);
            });
    // A loop without iterations leaves an output of rank 1.
    Value states = reshape(g, made.get(1), concat(g, 0, frames, rows, units));
    return List.of(transpose(g, states, 1, 0, 2));
  }
}
