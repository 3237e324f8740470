package org.wavebridge.graphs.assemble;

import java.util.Set;
import java.util.stream.Collectors;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.onnx.Constants;
import org.wavebridge.graphs.onnx.Constants.Constant;
import org.wavebridge.graphs.op.SubscaleContext;

/**
 * The least work of one step of a {@code generate} graph: each stored weight read once, for all
 * rows together, and multiplied once for each row. What is applied to conditioning once a frame
 * ({@code conditioning}, the aux parts) does not count.
 *
 * @param weightBytes bytes of weights, indices and biases, as stored in the graph
 * @param multiplyAdds multiplications of a stored weight for one row
 */
public record StepWork(long weightBytes, long multiplyAdds) {
  private static final Set<String> ONCE_A_FRAME =
      Networks.ALL.stream()
          .flatMap(network -> network.layers().stream())
          .filter(layer -> layer.rate() == LayerRow.Rate.FRAME)
          .flatMap(layer -> layer.constants(Profile.F32).stream())
          .collect(Collectors.toUnmodifiableSet());

  /**
   * Counts the work of a graph.
   *
   * @param generate the serialised graph
   * @throws org.wavebridge.graphs.GraphException if it is no ONNX model
   */
  public static StepWork of(byte[] generate) {
    long bytes = 0;
    long multiplyAdds = 0;
    for (Constant constant : Constants.of(generate)) {
      if (ONCE_A_FRAME.contains(constant.name())) {
        continue;
      }
      bytes += constant.bytes();
      if (constant.name().endsWith("_blocks")
          || constant.name().equals(LayerRow.SAMPLE_WEIGHTS)
          || constant.name().equals(SubscaleContext.LAYERS)) {
        multiplyAdds += constant.elements();
      }
    }
    return new StepWork(bytes, multiplyAdds);
  }
}
