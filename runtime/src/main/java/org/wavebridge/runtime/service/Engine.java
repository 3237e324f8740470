package org.wavebridge.runtime.service;

import java.util.List;

/** What makes the samples of a service's streams: a vocoder, but for tests. */
interface Engine {
  /** What streams consist of. */
  Format format();

  /** A voice at the start of an utterance. */
  Voice voice(StreamOptions options);

  /** Options of a voice to measure calls with. */
  default StreamOptions anyone(long seed) {
    return StreamOptions.seed(seed);
  }

  /**
   * Makes the next frames of several voices in one call; with 0, what is left of their ends.
   *
   * @return the next samples of each
   */
  List<float[]> advance(List<Voice> voices, int frames);

  /**
   * What streams consist of.
   *
   * @param mels values of a frame
   * @param hop samples of a frame
   * @param rate samples of a second
   * @param together whether several voices can be in one call
   * @param whole whether nothing can be made before the last frame is there
   */
  record Format(int mels, int hop, int rate, boolean together, boolean whole) {
    /** Seconds of sound of a frame. */
    double frameSeconds() {
      return (double) hop / rate;
    }
  }
}
