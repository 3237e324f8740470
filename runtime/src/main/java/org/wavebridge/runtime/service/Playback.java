package org.wavebridge.runtime.service;

/**
 * When a stream's sound is needed. Its listener is taken to play from the first samples on without
 * a break. A stream that nothing can be made of, since frames or demand are missing, is not late;
 * what becomes possible then is due within the grace. Times are nanoseconds of the service's clock.
 */
final class Playback {
  private final double nanosPerSample;
  private final long grace;
  private boolean begun;
  private boolean ready;
  private long readySince;

  /** When samples are due however little sound is left. */
  private long soonest;

  private long end;

  Playback(int rate, long grace) {
    this.nanosPerSample = 1e9 / rate;
    this.grace = grace;
  }

  /** Says whether samples can be made and are wanted. */
  void ready(boolean can, long now) {
    if (can && !ready) {
      readySince = now;
      soonest = now + grace;
    }
    ready = can;
  }

  /** Whether samples have been made. */
  boolean begun() {
    return begun;
  }

  /** When the next samples should be there. */
  long due() {
    return begun ? later(end, soonest) : soonest;
  }

  /** How long the sound that is made lasts from now on; below 0 where it has run dry. */
  long left(long now) {
    return begun ? end - now : 0;
  }

  /**
   * Takes samples.
   *
   * @return how long the sound had run dry, 0 where they came in time
   */
  long made(int samples, long now) {
    if (samples == 0) {
      return 0;
    }
    long late = begun && now - due() > 0 ? now - later(end, readySince) : 0;
    end = (begun ? later(end, now) : now) + (long) (samples * nanosPerSample);
    begun = true;
    soonest = now;
    return late;
  }

  /** The later of two times, of a clock that may overflow between them. */
  private static long later(long one, long other) {
    return one - other >= 0 ? one : other;
  }
}
