package org.wavebridge.conformance.ending;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.io.Features;

/** A program that ends in the middle of long calls of its threads, and takes its time to end. */
final class EndedWhileRunning {
  private static final int FRAMES = 100;
  private static final int MELS = 80;

  private EndedWhileRunning() {}

  /** Arguments: a folder to write to, a backend. */
  public static void main(String[] arguments) throws InterruptedException {
    VocoderModel model =
        RandomModels.residualGru(1, 64, MELS, List.of(5, 5, 11), new Head.Categorical(512));
    Path bundle = Path.of(arguments[0], "voice");
    BundleManifest.Source source = new BundleManifest.Source("random", "0".repeat(64));
    StagedBundle.write(model, Optional.empty(), source, "test", bundle).publish();
    Vocoder vocoder = Vocoder.open(bundle, new VocoderOptions(arguments[1], "f32", 1));
    vocoder.generate(
        new Features(MELS, 2, new float[2 * MELS]), GenerateOptions.seed(1), Progress.NONE);
    Features features = new Features(MELS, FRAMES, new float[MELS * FRAMES]);
    CountDownLatch running = new CountDownLatch(2);
    CountDownLatch after = new CountDownLatch(2);
    Thread ending = new Thread(() -> await(after));
    Runtime.getRuntime().addShutdownHook(ending);
    for (int seed = 0; seed < 2; seed++) {
      GenerateOptions options = GenerateOptions.seed(seed);
      Thread thread =
          new Thread(() -> generate(vocoder, features, options, running, ending, after));
      thread.setDaemon(true);
      thread.start();
    }
    running.await();
    // Into the first long calls, which allocate, and so have something to log.
    Thread.sleep(300);
    System.exit(0);
  }

  private static void generate(
      Vocoder vocoder,
      Features features,
      GenerateOptions options,
      CountDownLatch running,
      Thread ending,
      CountDownLatch after) {
    while (true) {
      running.countDown();
      vocoder.generate(features, options, Progress.NONE);
      if (ending.isAlive()) {
        after.countDown();
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      if (latch.await(20, TimeUnit.SECONDS)) {
        System.out.println("ran on while the program ended");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
