package org.wavebridge.conformance.mutation;

import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.reference.Conditioning;
import org.wavebridge.reference.ReferenceNetwork;
import org.wavebridge.reference.ReferenceState;

/** A network that hands everything on, to be wrong in one place. */
class FaultyNetwork implements ReferenceNetwork {
  private final ReferenceNetwork right;

  FaultyNetwork(ReferenceNetwork right) {
    this.right = right;
  }

  @Override
  public StepNetwork network() {
    return right.network();
  }

  @Override
  public double[] score(
      ReferenceState state, Conditioning conditioning, int t, double given, Context context) {
    return right.score(state, conditioning, t, given, context);
  }

  @Override
  public Step draw(
      ReferenceState state,
      Conditioning conditioning,
      int t,
      double[] uniforms,
      double temperature,
      Context context) {
    return right.draw(state, conditioning, t, uniforms, temperature, context);
  }
}
