package org.wavebridge.runtime.service;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Samples that wait until their listener has asked for them, in order. */
final class Outbox {
  private final ArrayDeque<float[]> pieces = new ArrayDeque<>();
  private long held;
  private long demand;

  /** Samples that wait. */
  long held() {
    return held;
  }

  /** Whether more is asked for than waits. */
  boolean wantsMore() {
    return demand > held;
  }

  void ask(long samples) {
    demand = samples > Long.MAX_VALUE - demand ? Long.MAX_VALUE : demand + samples;
  }

  void add(float[] samples) {
    if (samples.length > 0) {
      pieces.add(samples);
      held += samples.length;
    }
  }

  /** The next samples that are asked for; null if there are none. */
  float @Nullable [] take() {
    float[] piece = demand > 0 ? pieces.poll() : null;
    if (piece != null && piece.length > demand) {
      pieces.addFirst(Arrays.copyOfRange(piece, (int) demand, piece.length));
      piece = Arrays.copyOf(piece, (int) demand);
    }
    if (piece != null) {
      held -= piece.length;
      demand -= demand == Long.MAX_VALUE ? 0 : piece.length;
    }
    return piece;
  }

  void clear() {
    pieces.clear();
    held = 0;
  }
}
