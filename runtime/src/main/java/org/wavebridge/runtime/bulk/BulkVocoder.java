package org.wavebridge.runtime.bulk;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import org.wavebridge.graphs.InputException;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.Waveform;

/**
 * Makes rows in lockstep batches. Each row has the samples that {@link Vocoder#generate} makes of
 * it alone with its {@linkplain RowSeed seed}, whatever its neighbours and the size of a batch.
 *
 * <p>Reads some batches ahead and sorts those rows by length, since a batch lasts as long as its
 * longest row: results come in another order than rows.
 */
public final class BulkVocoder {
  /** As many rows as pay on the machines that were measured. */
  public static final int DEFAULT_ROWS = 32;

  /** Batches that are read together to be sorted. */
  private static final int AHEAD = 4;

  /** Samples that rows read together may have, unless one alone has more: 128 MB. */
  private static final long MOST_SAMPLES = 1 << 25;

  private final Vocoder vocoder;
  private final GenerateOptions options;
  private final int rows;

  /**
   * A maker of rows.
   *
   * @param options of every row; the seed is that of the whole
   * @param rows the most of a batch
   */
  public BulkVocoder(Vocoder vocoder, GenerateOptions options, int rows) {
    if (rows < 1) {
      throw new IllegalArgumentException("expected a batch of at least 1 row, found " + rows);
    }
    this.vocoder = vocoder;
    this.options = options;
    this.rows = rows;
  }

  /** A row whose features were read. */
  private record Read<T>(BulkRow<T> row, Features features, GenerateOptions options) {
    BulkResult<T> made(Waveform waveform) {
      for (int t = 0; t < waveform.samples().length; t++) {
        if (!Float.isFinite(waveform.samples()[t])) {
          return bad("the network made a sample that is no number, number " + t);
        }
      }
      return new BulkResult<>(row, options.seed(), Optional.of(waveform), "");
    }

    BulkResult<T> bad(String reason) {
      return new BulkResult<>(row, options.seed(), Optional.empty(), reason);
    }
  }

  /**
   * Makes rows as the results are asked for.
   *
   * @param given asked for more rows than results were taken, by some batches
   * @return a result for each row; a bad row is one, everything else that goes wrong is thrown
   */
  public <T> Iterator<BulkResult<T>> make(Iterator<BulkRow<T>> given) {
    return new Results<>(given);
  }

  private final class Results<T> implements Iterator<BulkResult<T>> {
    private final Iterator<BulkRow<T>> given;
    private final Queue<List<Read<T>>> batches = new ArrayDeque<>();
    private final Queue<BulkResult<T>> done = new ArrayDeque<>();

    Results(Iterator<BulkRow<T>> given) {
      this.given = given;
    }

    @Override
    public boolean hasNext() {
      return !done.isEmpty() || !batches.isEmpty() || given.hasNext();
    }

    @Override
    public BulkResult<T> next() {
      while (done.isEmpty()) {
        if (batches.isEmpty()) {
          if (!given.hasNext()) {
            throw new NoSuchElementException("every row has its result");
          }
          read();
        } else {
          done.addAll(BulkVocoder.this.make(batches.remove()));
        }
      }
      return done.remove();
    }

    /** Reads some batches of rows of like length; the bad ones are done. */
    private void read() {
      List<Read<T>> read = new ArrayList<>();
      long samples = 0;
      while (given.hasNext() && read.size() < AHEAD * rows && samples < MOST_SAMPLES) {
        BulkRow<T> row = given.next();
        GenerateOptions own =
            new GenerateOptions(
                RowSeed.of(options.seed(), row.key()),
                options.temperature(),
                options.chunkFrames(),
                row.speaker());
        try {
          Features features = row.features().get();
          read.add(new Read<>(row, features, own));
          samples += (long) features.frames() * vocoder.manifest().features().hop();
        } catch (InputException e) {
          done.add(
              new BulkResult<>(row, own.seed(), Optional.empty(), String.valueOf(e.getMessage())));
        }
      }
      read.sort(Comparator.comparingInt(each -> each.features().frames()));
      for (int from = 0; from < read.size(); from += rows) {
        batches.add(List.copyOf(read.subList(from, Math.min(read.size(), from + rows))));
      }
    }
  }

  /** Makes a batch; where a row of it cannot be made, each alone. */
  private <T> List<BulkResult<T>> make(List<Read<T>> batch) {
    try {
      List<Waveform> made =
          vocoder.generateAll(
              batch.stream().map(Read::features).toList(),
              batch.stream().map(Read::options).toList(),
              Progress.NONE);
      List<BulkResult<T>> results = new ArrayList<>();
      for (int i = 0; i < made.size(); i++) {
        results.add(batch.get(i).made(made.get(i)));
      }
      return results;
    } catch (InputException e) {
      return batch.size() == 1
          ? List.of(batch.get(0).bad(String.valueOf(e.getMessage())))
          : batch.stream().flatMap(row -> make(List.of(row)).stream()).toList();
    }
  }
}
