package org.wavebridge.graphs.model;

import java.util.List;
import java.util.function.UnaryOperator;

/** Conditioning, last sample and state to a distribution over the next sample. */
public sealed interface StepNetwork
    permits DualSoftmaxNetwork, ResidualGruNetwork, MultiBandGruNetwork {
  /** Every matrix a step multiplies with, in the order of docs/operators.md. */
  List<WeightMatrix> matrices();

  /** The same network with every matrix that has a layer replaced. */
  StepNetwork map(UnaryOperator<WeightMatrix> change);

  /** Values of the recurrent state of one row. */
  int stateSize();

  /** Values that a context adds to: 3H gate inputs, or the R outputs of the input layer. */
  int inputSize();

  /** Uniforms consumed by one sample of one row. */
  int draws();

  /** The shape of the logits of one sample. */
  int[] logitShape();

  /** Samples that one step makes: one for each band. */
  default int samplesPerStep() {
    return 1;
  }

  /** The previous values before the first sample, {@code [values fed back per step]}. */
  float[] initialPrevious();
}
