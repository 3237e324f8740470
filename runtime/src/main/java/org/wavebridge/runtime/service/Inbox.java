package org.wavebridge.runtime.service;

import java.util.ArrayDeque;
import java.util.Arrays;

/** Frames that wait for their call, in order. */
final class Inbox {
  private final int mels;
  private final ArrayDeque<float[]> pieces = new ArrayDeque<>();
  private int frames;

  Inbox(int mels) {
    this.mels = mels;
  }

  /** How many wait. */
  int frames() {
    return frames;
  }

  /** Adds whole frames, {@code [frames, mels]}; the array is kept. */
  void add(float[] piece) {
    if (piece.length > 0) {
      pieces.add(piece);
      frames += piece.length / mels;
    }
  }

  /** Takes the first frames, as many as there are of a number. */
  float[] take(long most) {
    int count = (int) Math.min(most, frames);
    float[] taken = new float[count * mels];
    int at = 0;
    while (at < taken.length) {
      float[] piece = pieces.remove();
      int length = Math.min(piece.length, taken.length - at);
      System.arraycopy(piece, 0, taken, at, length);
      at += length;
      if (length < piece.length) {
        pieces.addFirst(Arrays.copyOfRange(piece, length, piece.length));
      }
    }
    frames -= count;
    return taken;
  }

  void clear() {
    pieces.clear();
    frames = 0;
  }
}
