package org.wavebridge.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.runtime.io.Features;

/** Streams that begin and end at any moment beside many others each get their own samples. */
final class ManyStreamsTest {
  private static final int STREAMS = 64;
  private static final int THREADS = 4;
  private static final int FRAMES = 120;
  private static final int SEEDS = 8;

  @TempDir Path folder;

  @Test
  void streamsJoinAndLeave() throws InterruptedException, ExecutionException {
    joinAndLeave(3);
  }

  @Test
  @Tag("slow")
  void streamsJoinAndLeaveForFiveMinutes() throws InterruptedException, ExecutionException {
    joinAndLeave(300);
  }

  /** Each thread takes turns among its streams; an ended or dropped one makes room for the next. */
  private void joinAndLeave(int seconds) throws InterruptedException, ExecutionException {
    VocoderModel model = RandomModels.dualSoftmax(1, 32, 6, 7, 0.3, new BlockShape(16, 1));
    Features features = TestVoices.features(model, FRAMES);
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try (Vocoder vocoder = TestVoices.open(folder, model, "cpu")) {
      float[][] expected = new float[SEEDS][];
      for (int seed = 0; seed < SEEDS; seed++) {
        expected[seed] =
            vocoder.generate(features, GenerateOptions.seed(seed), Progress.NONE).samples();
      }
      long end = System.nanoTime() + seconds * 1_000_000_000L;
      AtomicLong finished = new AtomicLong();
      List<Future<?>> work = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        Random random = new Random(thread);
        work.add(
            pool.submit(
                () -> {
                  Speaker[] speakers = new Speaker[STREAMS / THREADS];
                  while (System.nanoTime() < end || finished.get() < STREAMS) {
                    int turn = random.nextInt(speakers.length);
                    if (speakers[turn] == null || random.nextInt(50) == 0) {
                      speakers[turn] = new Speaker(vocoder, features, random.nextInt(SEEDS));
                    }
                    if (speakers[turn].push(1 + random.nextInt(20))) {
                      assertArrayEquals(expected[speakers[turn].seed], speakers[turn].samples());
                      speakers[turn] = null;
                      finished.incrementAndGet();
                    }
                  }
                }));
      }
      for (Future<?> each : work) {
        each.get();
      }
      assertTrue(finished.get() >= STREAMS, finished + " streams ended");
    } finally {
      pool.shutdownNow();
    }
  }

  /** One stream and what it has made so far. */
  private static final class Speaker {
    private final VocoderStream stream;
    private final Features features;
    private final int seed;
    private final List<float[]> made = new ArrayList<>();
    private int at;

    Speaker(Vocoder vocoder, Features features, int seed) {
      this.stream = vocoder.stream(GenerateOptions.seed(seed));
      this.features = features;
      this.seed = seed;
    }

    /** Pushes frames; true when the stream has ended. */
    boolean push(int frames) {
      int end = Math.min(features.frames(), at + frames);
      float[] values = new float[features.mels() * (end - at)];
      for (int mel = 0; mel < features.mels(); mel++) {
        for (int frame = at; frame < end; frame++) {
          values[mel * (end - at) + frame - at] = features.at(mel, frame);
        }
      }
      made.add(stream.push(new Features(features.mels(), end - at, values)));
      at = end;
      if (at == features.frames()) {
        made.add(stream.finish());
      }
      return at == features.frames();
    }

    float[] samples() {
      return TestVoices.joined(made);
    }
  }
}
