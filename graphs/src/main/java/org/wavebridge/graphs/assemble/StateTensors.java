package org.wavebridge.graphs.assemble;

import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Value;

/**
 * The tensors that carry a sequence from one call to the next: previous values {@code [N, P]} and
 * state {@code [N, S]}.
 */
final class StateTensors {
  private StateTensors() {}

  static Value previousInput(ModelBuilder g, StepNetwork network) {
    return g.input("previous", Dim.N, previousSize(network));
  }

  static Value stateInput(ModelBuilder g, StepNetwork network) {
    return g.input("state", Dim.N, Dim.of(network.stateSize()));
  }

  static void outputs(ModelBuilder g, StepNetwork network, Value previous, Value state) {
    g.output("next_previous", previous, Dim.N, previousSize(network));
    g.output("next_state", state, Dim.N, Dim.of(network.stateSize()));
  }

  private static Dim previousSize(StepNetwork network) {
    return Dim.of(network.initialPrevious().length);
  }
}
