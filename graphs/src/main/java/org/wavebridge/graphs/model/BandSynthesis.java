package org.wavebridge.graphs.model;

/**
 * How the samples of several bands become one waveform: N samples of it for one of each of N bands.
 * It is causal and carries a state, so a stream can be synthesised piece by piece.
 */
public sealed interface BandSynthesis permits QuadratureMirrorTree, CosineModulatedBank {
  /** Bands that are merged, N. */
  int bands();

  /**
   * How many samples later than the middle of the samples of its step a band's sample sounds: the
   * group delay of merging. Splitting by the same filters delays as much before the network.
   */
  double delay();

  /**
   * Samples that are cut from the front of a waveform. The merging of as many samples of silence
   * follows the last step, so that the waveform has all its samples.
   */
  default int cut() {
    return 0;
  }

  /** Values of the state of one row; zero before the first sample. */
  int stateSize();
}
