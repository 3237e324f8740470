package org.wavebridge.graphs.model;

/** The frequency warping of a mel filter bank. */
public enum MelScale {
  /** mel = 2595 log10(1 + f / 700). */
  HTK,
  /** Linear below 1 kHz, logarithmic above (Slaney's Auditory Toolbox). */
  SLANEY
}
