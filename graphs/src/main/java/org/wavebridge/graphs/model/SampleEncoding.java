package org.wavebridge.graphs.model;

/** How the values a network emits, in [-1, 1], stand for a waveform. */
public enum SampleEncoding {
  /** Evenly spaced levels: the value is the amplitude. */
  LINEAR,
  /** Mu-law companded levels with mu = 2^bits - 1; the network is fed them companded. */
  MU_LAW,
  /**
   * Mu-law companded levels, which are rounded down in binary32 before they are decoded: {@code
   * (int) ((value + 1) * mu / 2)}, so that some come out one level lower than drawn. torchaudio's
   * vocoder does so.
   */
  MU_LAW_TRUNCATED,
  /**
   * Mu-law companded levels with level 2^bits / 2 as silence: level k is decoded from {@code (k -
   * 2^bits / 2) * 2 / 2^bits}, with mu = 2^bits - 1.
   */
  MU_LAW_CENTRED,
  /** Amplitudes of mu-law companded levels: the network is fed what it emits, decoded. */
  MU_LAW_AMPLITUDES,
  /** Real values: the value is the amplitude, there are no levels. */
  CONTINUOUS
}
