package org.wavebridge.graphs.build;

import static org.wavebridge.graphs.onnx.StandardOps.reshape;

import org.wavebridge.graphs.model.MultiBandGruNetwork;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;

/**
 * The conditioning vectors of frames {@code [N, F, columns * 3H]} as vectors of their own {@code
 * [N, F * columns, 3H]}.
 */
final class MultiBandGruColumns {
  private MultiBandGruColumns() {}

  static Value of(Nodes g, Value conditioning, MultiBandGruNetwork network) {
    return reshape(g, conditioning, 0, -1, network.inputSize());
  }
}
