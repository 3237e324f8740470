package org.wavebridge.exporter.checkpoint;

import java.nio.file.Path;
import org.wavebridge.graphs.CheckpointException;

/** The part of a {@link ReadBudget} that reading one checkpoint has taken so far. */
final class Spending {
  /** Views may show what is stored several times: tied weights, expanded tensors. */
  private static final int SHOWN_PER_STORED = 4;

  /** Bytes that the tensors of the smallest file may show. */
  private static final long SHOWN_BY_ALL = 64L << 20;

  private final Path file;
  private final ReadBudget budget;
  private long bytes;
  private long stored;
  private long shown;
  private long values;

  Spending(Path file, ReadBudget budget) {
    this.file = file;
    this.budget = budget;
  }

  /** Takes memory for bytes that are stored in the file, before they are read or unpacked. */
  void store(long amount, String what) {
    stored += amount;
    take(amount, what);
  }

  /** Takes memory for the elements of a tensor, as 32-bit numbers. */
  void show(long elements, String what) {
    long amount = Float.BYTES * elements;
    shown += amount;
    long most = SHOWN_BY_ALL + SHOWN_PER_STORED * stored;
    if (shown > most) {
      throw new CheckpointException(
          "%s: %s: the tensors up to here show %d bytes, but only %d are stored; expected views of no more than %d in all, save the tensors with .contiguous()"
              .formatted(file, what, shown, stored, most));
    }
    take(amount, what);
  }

  private void take(long amount, String what) {
    bytes += amount;
    if (bytes > budget.bytes()) {
      throw new CheckpointException(
          "%s: %s: reading takes more than %d bytes of memory; if the file is yours, give Java more (-Xmx) or raise -D%s"
              .formatted(file, what, budget.bytes(), ReadBudget.BYTES_PROPERTY));
    }
  }

  /** Counts values that are made or copied. */
  void values(long amount) {
    values += amount;
    if (values > budget.values()) {
      throw new CheckpointException(
          "%s: what it holds beside its tensors takes more than %d values; save the state dict alone, or raise -D%s"
              .formatted(file, budget.values(), ReadBudget.VALUES_PROPERTY));
    }
  }
}
