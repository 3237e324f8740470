package org.wavebridge.graphs.model;

/** How the values a network emits, in [-1, 1], stand for a waveform. */
public enum SampleEncoding {
  /** Evenly spaced levels: the value is the amplitude. */
  LINEAR,
  /** Mu-law companded levels with mu = 2^bits - 1. */
  MU_LAW,
  /** Real values: the value is the amplitude, there are no levels. */
  CONTINUOUS
}
