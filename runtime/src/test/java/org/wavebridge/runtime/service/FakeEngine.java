package org.wavebridge.runtime.service;

import java.util.ArrayList;
import java.util.List;

/**
 * An engine whose calls take what they are said to take, of a clock that only it and {@link #skip}
 * move. Sample i of a stream is i, so that nothing can be lost or changed unnoticed.
 */
final class FakeEngine implements Engine {
  static final int HOP = 160;
  static final int RATE = 16000;

  private final CallCosts costs;
  private long now = Long.MAX_VALUE - 1_000_000_000L;
  private double slowness = 1;
  private RuntimeException failure;
  final List<Integer> rows = new ArrayList<>();

  FakeEngine(CallCosts costs) {
    this.costs = costs;
  }

  /** Nanoseconds; they overflow soon, as those of a clock may. */
  long now() {
    return now;
  }

  /** Lets calls take a multiple of the time from now on. */
  void slow(double factor) {
    slowness = factor;
  }

  /** Lets calls fail from now on; null lets them succeed. */
  void failing(RuntimeException exception) {
    failure = exception;
  }

  /** Lets time pass. */
  void skip(double seconds) {
    now += (long) (seconds * 1e9);
  }

  @Override
  public Format format() {
    return new Format(1, HOP, RATE, true, false);
  }

  @Override
  public Voice voice(StreamOptions options) {
    return new Counted();
  }

  @Override
  public List<float[]> advance(List<Voice> voices, int frames) {
    rows.add(voices.size());
    skip(costs.seconds(voices.size(), frames) * slowness);
    if (failure != null) {
      throw failure;
    }
    List<float[]> made = new ArrayList<>();
    for (Voice each : voices) {
      Counted voice = (Counted) each;
      if (voice.frames - voice.done < frames) {
        throw new AssertionError("frames are missing");
      }
      float[] samples = new float[frames * HOP];
      for (int i = 0; i < samples.length; i++) {
        samples[i] = voice.done * HOP + i;
      }
      voice.done += frames;
      made.add(samples);
    }
    return made;
  }

  /** A voice that counts. */
  private static final class Counted implements Voice {
    private int frames;
    private int done;

    @Override
    public void add(float[] more) {
      frames += more.length;
    }

    @Override
    public void end() {}

    @Override
    public int ready(long more, boolean end) {
      return (int) (frames + more - done);
    }

    @Override
    public long needed(int count) {
      return Math.max(0, count + done - frames);
    }

    @Override
    public boolean done() {
      return true;
    }

    @Override
    public void close() {}
  }
}
