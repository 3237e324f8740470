package org.wavebridge.graphs.model;

/** Conditioning, last sample and state to a distribution over the next sample. */
public sealed interface StepNetwork permits DualSoftmaxNetwork, ResidualGruNetwork {
  /** Values of the recurrent state of one row. */
  int stateSize();

  /** Uniforms consumed by one sample of one row. */
  int draws();

  /** The previous values before the first sample, {@code [values fed back per sample]}. */
  float[] initialPrevious();
}
