package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.OperatorTensor;

/**
 * The hyperbolic tangent of docs/numerics.md, for conditioners: a runtime's own differs from
 * machine to machine.
 */
public final class CanonicalTanh {
  /** The operator. */
  public static final CustomOperator OPERATOR =
      new CustomOperator(
          "CanonicalTanh",
          "y = tanh(x), by the sequence of operations that docs/numerics.md defines.",
          List.of(OperatorTensor.values("x", "[N, C]")),
          List.of(OperatorTensor.values("y", "[N, C]")),
          List.of(),
          (g, inputs) -> List.of(unary(g, "Tanh", Inputs.get(inputs, "x"))));

  private CanonicalTanh() {}
}
