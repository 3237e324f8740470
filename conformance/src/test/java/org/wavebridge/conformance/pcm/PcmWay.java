package org.wavebridge.conformance.pcm;

import java.util.ArrayList;
import java.util.List;

/**
 * A way to make the same samples.
 *
 * @param threads of a graph
 * @param chunk frames of one call
 */
record PcmWay(Kind kind, int threads, int chunk) {
  enum Kind {
    /** All frames at once. */
    WHOLE,
    /** Frames pushed one by one. */
    SINGLY,
    /** As one of sixteen rows. */
    ROWS,
    /** From the recording on, where the voice has an analysis. */
    RECORDING
  }

  /** Each table entry once. */
  static final List<PcmWay> ONCE =
      List.of(new PcmWay(Kind.SINGLY, 1, 7), new PcmWay(Kind.RECORDING, 1, 32));

  /** Every value of everything, each at least once. */
  static final List<PcmWay> COVERING =
      List.of(
          new PcmWay(Kind.WHOLE, 1, 32),
          new PcmWay(Kind.SINGLY, 1, 7),
          new PcmWay(Kind.RECORDING, 1, 32),
          new PcmWay(Kind.WHOLE, 2, 1000),
          new PcmWay(Kind.ROWS, 2, 7),
          new PcmWay(Kind.RECORDING, 3, 1),
          new PcmWay(Kind.SINGLY, 4, 1));

  /** Every combination. */
  static List<PcmWay> all() {
    List<PcmWay> ways = new ArrayList<>();
    for (int threads = 1; threads <= 4; threads++) {
      for (int chunk : new int[] {1, 7, 32, 1000}) {
        for (Kind kind : Kind.values()) {
          ways.add(new PcmWay(kind, threads, chunk));
        }
      }
    }
    return ways;
  }

  /** The part of the name in the table of hashes. */
  String input() {
    return kind == Kind.RECORDING ? "recording" : "features";
  }
}
