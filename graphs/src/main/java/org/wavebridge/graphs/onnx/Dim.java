package org.wavebridge.graphs.onnx;

/**
 * One dimension of a tensor: a fixed size, or a letter for a size known only when a graph runs.
 *
 * @param symbol the letter, empty for a fixed size
 * @param size the fixed size, -1 for a letter
 */
public record Dim(String symbol, long size) {
  /** Rows: sequences of the batch. */
  public static final Dim N = new Dim("N", -1);

  /** Samples. */
  public static final Dim T = new Dim("T", -1);

  /** Frames. */
  public static final Dim F = new Dim("F", -1);

  /** Samples of a waveform to analyse. */
  public static final Dim L = new Dim("L", -1);

  /** Samples of a window of an utterance. */
  public static final Dim A = new Dim("A", -1);

  /** Time steps of the input of a context network: T and its reach. */
  public static final Dim T_AND_REACH = new Dim("T_and_reach", -1);

  /** A size that is not known before a graph runs, and has no letter. */
  static final Dim UNKNOWN = new Dim("?", -1);

  /** Whether it is a fixed size. */
  boolean fixed() {
    return symbol.isEmpty();
  }

  @Override
  public String toString() {
    return fixed() ? Long.toString(size) : symbol;
  }

  /** A fixed size. */
  public static Dim of(long size) {
    return new Dim("", size);
  }
}
