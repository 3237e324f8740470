package org.wavebridge.conformance.ending;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.InterruptedVocodingException;
import org.wavebridge.runtime.LogitsConsumer;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.io.Features;

/**
 * A program whose threads use vocoders that another one closes, drops or interrupts at random
 * moments. What is left of a bug is a crash, a hang or an exception that is not the documented one.
 */
final class Lifetimes {
  private static final int MELS = 80;
  private static final int FRAMES = 12;
  private static final int THREADS = 3;
  private static final int LONGEST_WAIT = 60_000_000;

  private final Path bundle;
  private final VocoderOptions options;
  private final String what;
  private final List<Throwable> wrong = new ArrayList<>();
  private final Features features = new Features(MELS, FRAMES, new float[MELS * FRAMES]);

  private Lifetimes(Path bundle, String backend, String what) {
    this.bundle = bundle;
    this.options = new VocoderOptions(backend, "f32", 1);
    this.what = what;
  }

  /** Arguments: a bundle, a backend, what the threads do, trials. */
  public static void main(String[] arguments) throws InterruptedException {
    Lifetimes program = new Lifetimes(Path.of(arguments[0]), arguments[1], arguments[2]);
    int trials = Integer.parseInt(arguments[3]);
    Random random = new Random(trials);
    System.out.println("ready");
    for (int i = 0; i < trials; i++) {
      program.trial(random.nextInt(LONGEST_WAIT), i % 2 == 0);
    }
    program.wrong.forEach(error -> System.out.println("wrong: " + error));
    System.out.println(trials + " trials done");
  }

  /** The bundle for the program. */
  static Path bundle(Path folder) {
    VocoderModel model =
        RandomModels.residualGru(1, 64, MELS, List.of(5, 5, 11), new Head.Categorical(512));
    BundleManifest.Source source = new BundleManifest.Source("random", "0".repeat(64));
    Path bundle = folder.resolve("voice");
    StagedBundle.write(model, Optional.empty(), source, "test", bundle).publish();
    return bundle;
  }

  /** Ends what runs, some time after all threads run, or after they were started. */
  private void trial(long nanos, boolean running) throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(running ? THREADS : 0);
    Vocoder vocoder = Vocoder.open(bundle, options);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int seed = i;
      Thread thread = new Thread(() -> work(vocoder, seed, begun));
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
    begun.await();
    Thread.sleep(nanos / 1_000_000, (int) (nanos % 1_000_000));
    switch (what) {
      case "interrupt" -> threads.forEach(Thread::interrupt);
      case "drop" -> System.gc();
      default -> vocoder.close();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    if (what.equals("interrupt")) {
      vocoder.close();
    }
  }

  private void work(Vocoder vocoder, int seed, CountDownLatch begun) {
    try {
      do {
        use(vocoder, seed);
        begun.countDown();
      } while (!what.equals("drop"));
    } catch (InterruptedVocodingException e) {
      note(what.equals("interrupt") && Thread.currentThread().isInterrupted(), e);
    } catch (IllegalStateException e) {
      note(!what.equals("interrupt"), e);
    } catch (RuntimeException | Error e) {
      note(false, e);
      begun.countDown();
    }
  }

  private void note(boolean right, Throwable error) {
    if (!right) {
      synchronized (wrong) {
        wrong.add(error);
      }
    }
  }

  private void use(Vocoder vocoder, int seed) {
    switch (what) {
      case "score" ->
          vocoder.score(features, new float[FRAMES * 275], LogitsConsumer.NONE, Progress.NONE);
      case "open" -> {
        vocoder.graph(seed % 2 == 0 ? GraphKind.CONDITIONER : GraphKind.SCORE);
        vocoder.graph(GraphKind.GENERATE);
        try (Vocoder own = Vocoder.open(bundle, options)) {
          own.graph(GraphKind.GENERATE);
        }
      }
      case "close" -> {
        try (Vocoder own = Vocoder.open(bundle, options)) {
          own.generate(
              new Features(MELS, 2, new float[2 * MELS]),
              GenerateOptions.seed(seed),
              Progress.NONE);
        }
      }
      default ->
          vocoder.generate(features, GenerateOptions.seed(seed).withChunkFrames(4), Progress.NONE);
    }
  }
}
