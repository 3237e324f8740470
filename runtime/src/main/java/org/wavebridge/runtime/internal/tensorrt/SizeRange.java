package org.wavebridge.runtime.internal.tensorrt;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.Port;

/**
 * The sizes that one engine is built for. Rows: up to a power of two, since the plugins spread
 * their weights by it. Lengths: from 1 to a power of two, and timed at a short one, since the
 * builder runs the plugins to time them.
 *
 * @param bounds by letter
 */
record SizeRange(SortedMap<String, Bounds> bounds) {
  /** The most rows of a call of a plugin. */
  static final int MOST_ROWS = 64;

  private static final long LEAST_LONGEST = 1024;
  private static final long LEAST_FRAMES = 64;
  private static final long TIMED = 64;

  /**
   * Sizes of one letter.
   *
   * @param least smallest
   * @param timed the one that the builder optimises for
   * @param most largest
   */
  record Bounds(long least, long timed, long most) {}

  /** Which of the three sizes. */
  enum Which {
    /** The smallest. */
    LEAST,
    /** The one that the builder optimises for. */
    TIMED,
    /** The largest. */
    MOST
  }

  /** A range that has a call in it. */
  static SizeRange covering(CallShapes call) {
    SortedMap<String, Bounds> bounds = new TreeMap<>();
    call.sizes().forEach((symbol, size) -> bounds.put(symbol, bounds(symbol, size)));
    return new SizeRange(bounds);
  }

  private static Bounds bounds(String symbol, long size) {
    if (symbol.equals(Dim.N.symbol())) {
      long most = powerOfTwo(size);
      return new Bounds(1, most, most);
    }
    if (symbol.equals(Dim.T_AND_REACH.symbol())) {
      return new Bounds(size, size, powerOfTwo(size));
    }
    long floor = symbol.equals(Dim.F.symbol()) ? LEAST_FRAMES : LEAST_LONGEST;
    return new Bounds(1, TIMED, Math.max(floor, powerOfTwo(size)));
  }

  private static long powerOfTwo(long size) {
    return size == 1 ? 1 : Long.highestOneBit(size - 1) << 1;
  }

  /** Whether an engine for this range is the one for a call. */
  boolean covers(CallShapes call) {
    return bounds.keySet().equals(call.sizes().keySet())
        && call.sizes().entrySet().stream()
            .allMatch(size -> covers(size.getKey(), size.getValue()));
  }

  private boolean covers(String symbol, long size) {
    Bounds own = bounds.getOrDefault(symbol, new Bounds(0, 0, 0));
    return symbol.equals(Dim.N.symbol())
        ? own.most == powerOfTwo(size)
        : own.least <= size && size <= own.most;
  }

  /** The most rows of a call. */
  int mostRows() {
    return Math.toIntExact(bounds.getOrDefault(Dim.N.symbol(), new Bounds(1, 1, 1)).most);
  }

  /** The shape of an input at one of the three sizes. */
  long[] of(Port port, Which which) {
    return port.shape().stream().mapToLong(dim -> of(dim, which)).toArray();
  }

  private long of(Dim dim, Which which) {
    Bounds own = bounds.get(dim.symbol());
    if (own == null) {
      return dim.size();
    }
    return switch (which) {
      case LEAST -> own.least;
      case TIMED -> own.timed;
      case MOST -> own.most;
    };
  }

  /** A text that is equal for equal ranges. */
  @Override
  public String toString() {
    return bounds.entrySet().stream()
        .map(
            entry ->
                "%s=%d..%d..%d"
                    .formatted(
                        entry.getKey(),
                        entry.getValue().least,
                        entry.getValue().timed,
                        entry.getValue().most))
        .collect(Collectors.joining(" "));
  }
}
