package org.wavebridge.reference;

import org.wavebridge.graphs.model.StepNetwork;

/** Everything that one sample hands to the next: the values fed back and the recurrent state. */
public final class ReferenceState {
  /** The values fed back, {@code [values fed back per step]}. */
  final double[] previous;

  /** The recurrent state. */
  final double[] hidden;

  /** The outputs of a step that makes several samples, while it is under way. */
  double[] outputs = {};

  private ReferenceState(double[] previous, double[] hidden) {
    this.previous = previous;
    this.hidden = hidden;
  }

  /** The state before the first sample: zero, and the network's initial previous values. */
  static ReferenceState initial(StepNetwork network) {
    return of(network.initialPrevious(), new float[network.stateSize()]);
  }

  /** A given state, as a graph takes and returns it. */
  public static ReferenceState of(float[] previous, float[] hidden) {
    return new ReferenceState(Arithmetic.widen(previous), Arithmetic.widen(hidden));
  }

  /** An independent copy. */
  public ReferenceState copy() {
    ReferenceState copy = new ReferenceState(previous.clone(), hidden.clone());
    copy.outputs = outputs;
    return copy;
  }

  /** A copy of the values fed back. */
  public double[] previous() {
    return previous.clone();
  }

  /** A copy of the recurrent state. */
  public double[] hidden() {
    return hidden.clone();
  }
}
