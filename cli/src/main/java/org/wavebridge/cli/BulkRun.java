package org.wavebridge.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.files.OutputFile;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.bulk.BulkResult;
import org.wavebridge.runtime.bulk.BulkRow;
import org.wavebridge.runtime.bulk.BulkSettings;
import org.wavebridge.runtime.bulk.BulkVocoder;
import org.wavebridge.runtime.io.WavFile;
import org.wavebridge.runtime.io.Waveform;

/** A run of {@code bulk}: workers take files, make them in batches, and write what they made. */
final class BulkRun {
  private final BulkFolders folders;
  private final GenerateOptions options;
  private final MelOptions mel;
  private final Report report;
  private final SortedMap<String, String> bad = new TreeMap<>();
  private int made;
  private double audio;

  BulkRun(BulkFolders folders, GenerateOptions options, MelOptions mel, Report report) {
    this.folders = folders;
    this.options = options;
    this.mel = mel;
    this.report = report;
  }

  /**
   * Makes what is not there yet.
   *
   * @param workers batches at the same time
   * @param rows the most files of a batch
   * @throws InputException if a folder cannot be used or, at the end, if a file could not be made
   */
  void run(Path bundle, VocoderOptions opening, int workers, int rows) {
    SortedMap<String, Path> inputs = folders.inputs();
    folders.requireUsable(inputs);
    long start = System.nanoTime();
    String backend;
    List<Map.Entry<String, Path>> left;
    try (Vocoder vocoder = Vocoder.open(bundle, opening)) {
      backend = vocoder.backend();
      folders.begin(
          BulkSettings.of(vocoder.manifest(), opening.withBackend(backend), options, mel.scale()));
      left =
          inputs.entrySet().stream()
              .filter(input -> !Files.exists(folders.target(input.getKey())))
              .toList();
      report.withProgress(
          "bulk",
          progress -> {
            makeAll(new Slices(left, workers, rows), vocoder, workers, rows, progress);
            return left;
          });
    }
    double seconds = (System.nanoTime() - start) * 1e-9;
    report.message(
        "%s: %d made, %d were there, %d bad; %.2f s of audio in %.2f s (%.1f x real time) on %s",
        folders.out(),
        made,
        inputs.size() - left.size(),
        bad.size(),
        audio,
        seconds,
        audio / seconds,
        backend);
    StringBuilder lines = new StringBuilder();
    bad.forEach((key, reason) -> lines.append(BulkSettings.badRow(key, reason)));
    OutputFile.write(
        folders.bad(), out -> out.write(lines.toString().getBytes(StandardCharsets.UTF_8)));
    if (!bad.isEmpty()) {
      throw new InputException(
          "%s: %d of %d files could not be made, see %s"
              .formatted(folders.out(), bad.size(), inputs.size(), folders.bad()));
    }
  }

  /** What is left to make, handed out in slices that get smaller, so that workers end together. */
  private static final class Slices {
    private final Queue<Map.Entry<String, Path>> left;
    private final int workers;
    private final int rows;

    Slices(List<Map.Entry<String, Path>> left, int workers, int rows) {
      this.left = new ArrayDeque<>(left);
      this.workers = workers;
      this.rows = rows;
    }

    synchronized List<Map.Entry<String, Path>> next() {
      int fair = (left.size() + workers - 1) / workers;
      int size = Math.min(fair, Math.max(rows, Math.min(4 * rows, fair / 2)));
      List<Map.Entry<String, Path>> slice = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        slice.add(left.remove());
      }
      return slice;
    }
  }

  private void makeAll(Slices slices, Vocoder vocoder, int workers, int rows, Progress progress) {
    ExecutorService threads = Executors.newFixedThreadPool(workers);
    int total = slices.left.size();
    try {
      ExecutorCompletionService<Boolean> running = new ExecutorCompletionService<>(threads);
      for (int worker = 0; worker < workers; worker++) {
        running.submit(
            () -> {
              BulkVocoder maker = new BulkVocoder(vocoder, options, rows);
              for (var slice = slices.next(); !slice.isEmpty(); slice = slices.next()) {
                Iterator<BulkResult<Path>> results =
                    maker.make(slice.stream().map(input -> row(vocoder, input)).iterator());
                while (results.hasNext()) {
                  finished(results.next(), total, progress);
                }
              }
              return true;
            });
      }
      for (int worker = 0; worker < workers; worker++) {
        running.take().get();
      }
    } catch (ExecutionException e) {
      throw new CompletionException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CompletionException(e);
    } finally {
      threads.shutdownNow();
    }
  }

  private BulkRow<Path> row(Vocoder vocoder, Map.Entry<String, Path> input) {
    Path file = input.getValue();
    int mels = vocoder.manifest().features().mels();
    return new BulkRow<>(
        file,
        input.getKey(),
        () -> mel.apply(vocoder, file, InputFiles.features(file, mels), report),
        options.speaker());
  }

  /** Writes a waveform, or notes why there is none. */
  private void finished(BulkResult<Path> result, int total, Progress progress) {
    String key = result.row().key();
    String reason = result.reason();
    double seconds = 0;
    if (result.waveform().isPresent()) {
      Waveform waveform = result.waveform().get();
      try {
        Path target = folders.target(key);
        OutputFile.createFolder(Objects.requireNonNull(target.getParent()));
        WavFile.write(target, waveform);
        seconds = waveform.seconds();
      } catch (InputException e) {
        reason = String.valueOf(e.getMessage());
      }
    } else {
      String file = result.row().origin().toString();
      reason = reason.startsWith(file) ? reason : file + ": " + reason;
    }
    synchronized (this) {
      if (reason.isEmpty()) {
        made++;
        audio += seconds;
      } else {
        bad.put(key, reason);
        report.message("wavebridge: %s", reason);
      }
      progress.at(made + (long) bad.size(), total);
    }
  }
}
