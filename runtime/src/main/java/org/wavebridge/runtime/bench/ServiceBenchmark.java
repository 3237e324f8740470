package org.wavebridge.runtime.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.wavebridge.runtime.Uniforms;
import org.wavebridge.runtime.io.SpeakerEmbedding;
import org.wavebridge.runtime.service.LiveStream;
import org.wavebridge.runtime.service.OverloadedException;
import org.wavebridge.runtime.service.ServiceFigures;
import org.wavebridge.runtime.service.StreamException;
import org.wavebridge.runtime.service.StreamOptions;
import org.wavebridge.runtime.service.VocoderService;

/**
 * Loads a service with streams that arrive whether or not it keeps up: at times of a Poisson
 * process, of random lengths, their frames at once, as after an acoustic model. Each listener plays
 * from its first samples on and notices when it runs dry. A stream that is refused is not tried
 * again.
 */
public final class ServiceBenchmark {
  private static final double SHORTEST_SECONDS = 1;
  private static final double LONGEST_SECONDS = 5;

  private final VocoderService service;
  private final Optional<SpeakerEmbedding> speaker;
  private final int hop;
  private final int rate;
  private final int mels;
  private final float[] frames;
  private long seed;

  /**
   * A benchmark of a service, which stays open as long as it is used.
   *
   * @param speaker of a bundle that takes one
   */
  public ServiceBenchmark(VocoderService service, Optional<SpeakerEmbedding> speaker) {
    this.service = service;
    this.speaker = speaker;
    this.hop = service.vocoder().manifest().features().hop();
    this.rate = service.vocoder().manifest().audio().sampleRate();
    this.mels = service.vocoder().manifest().features().mels();
    int most = (int) Math.ceil(LONGEST_SECONDS * rate / hop) + 1;
    this.frames = new float[most * mels];
    new Uniforms(1).fill(frames, 0, 0, 0, most, mels);
  }

  /**
   * Lets streams arrive, and waits until they have ended.
   *
   * @param load streams that play at the same time on average, if none is refused
   * @param seconds in which they arrive
   * @throws InterruptedException if the thread is interrupted
   */
  public Timing run(double load, double seconds) throws InterruptedException {
    Random random = new Random(++seed);
    double mean = (SHORTEST_SECONDS + LONGEST_SECONDS) / 2;
    ServiceFigures before = service.figures();
    long computedBefore = computed();
    List<Player> players = new ArrayList<>();
    int refused = 0;
    long start = System.nanoTime();
    double next = 0;
    while (next < seconds) {
      sleepUntil(start + (long) (next * 1e9));
      double length = SHORTEST_SECONDS + random.nextDouble() * (LONGEST_SECONDS - SHORTEST_SECONDS);
      Player player = new Player(frames, (int) Math.ceil(length * rate / hop), mels, rate);
      if (player.begin(service, speaker)) {
        players.add(player);
      } else {
        refused++;
      }
      next -= StrictMath.log(1 - random.nextDouble()) * mean / load;
    }
    ServiceFigures after = service.figures();
    double passed = (System.nanoTime() - start) * 1e-9;
    double processors = (computed() - computedBefore) * 1e-9 / passed;
    for (Player player : players) {
      player.await();
    }
    double[] first = players.stream().mapToDouble(Player::first).sorted().toArray();
    return new Timing(
        load,
        players.size(),
        refused,
        players.stream().filter(player -> player.worst() <= 0).count()
            / Math.max(1.0, players.size()),
        Math.max(0, players.stream().mapToDouble(Player::worst).max().orElse(0)) * 1e3,
        quantile(first, 0.5) * 1e3,
        quantile(first, 0.99) * 1e3,
        (after.samples() - before.samples()) / passed / rate,
        (after.rows().sum() - before.rows().sum()) / Math.max(1, after.calls() - before.calls()),
        (after.callSeconds().sum() - before.callSeconds().sum()) / passed,
        processors);
  }

  /** Nanoseconds that all processors have worked for this process. */
  private static long computed() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean known
        ? known.getProcessCpuTime()
        : 0;
  }

  private static void sleepUntil(long time) throws InterruptedException {
    for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
      TimeUnit.NANOSECONDS.sleep(left);
    }
  }

  private static double quantile(double[] sorted, double share) {
    return sorted.length == 0 ? 0 : sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }

  /**
   * What a load gave.
   *
   * @param load streams that would play at the same time
   * @param streams that were admitted
   * @param refused streams that were not
   * @param continuity share of the admitted streams that never ran dry
   * @param worstMilliseconds that a stream ran dry for
   * @param firstP50Milliseconds from the beginning of a stream to its first samples, median
   * @param firstP99Milliseconds the same, 99th percentile
   * @param realTimeStreams seconds of sound made in a second, while streams arrived
   * @param rowsPerCall on average
   * @param callsAtATime on average
   * @param processors that worked for this process on average: for the calls, and for all else,
   *     such as these streams' listeners
   */
  public record Timing(
      double load,
      int streams,
      int refused,
      double continuity,
      double worstMilliseconds,
      double firstP50Milliseconds,
      double firstP99Milliseconds,
      double realTimeStreams,
      double rowsPerCall,
      double callsAtATime,
      double processors) {}

  /** One stream, and somebody who hears it. */
  private static final class Player implements LiveStream.Listener {
    private final float[] frames;
    private final int count;
    private final double nanosPerSample;
    private final Thread waiting = Thread.currentThread();
    private @Nullable LiveStream stream;
    private int offered;
    private long begin;
    private long first;
    private long playing;
    private long worst = Long.MIN_VALUE;
    private volatile boolean over;
    private volatile @Nullable StreamException failure;

    Player(float[] frames, int count, int mels, int rate) {
      this.frames = frames;
      this.count = Math.min(count, frames.length / mels);
      this.nanosPerSample = 1e9 / rate;
    }

    /** Begins the stream; false if it is refused. */
    boolean begin(VocoderService service, Optional<SpeakerEmbedding> speaker) {
      begin = System.nanoTime();
      try {
        StreamOptions options = StreamOptions.seed(begin).withFrames(count).with(speaker);
        LiveStream made = service.stream(options, this);
        made.request(Long.MAX_VALUE);
        offer(made);
        return true;
      } catch (OverloadedException e) {
        return false;
      }
    }

    private synchronized void offer(LiveStream to) {
      stream = to;
      if (offered < count) {
        offered += to.offer(frames, offered, count - offered);
        if (offered == count) {
          to.finish();
        }
      }
    }

    @Override
    public void samples(float[] samples) {
      long now = System.nanoTime();
      if (first == 0) {
        first = now;
        playing = now;
      } else {
        worst = Math.max(worst, now - playing);
      }
      playing = Math.max(playing, now) + (long) (samples.length * nanosPerSample);
    }

    @Override
    public synchronized void capacity(int room) {
      if (stream != null) {
        offer(stream);
      }
    }

    @Override
    public void finished() {
      over = true;
      LockSupport.unpark(waiting);
    }

    @Override
    public void failed(StreamException reason) {
      failure = reason;
      finished();
    }

    /** Waits for the end. */
    void await() throws InterruptedException {
      while (!over) {
        if (Thread.interrupted()) {
          throw new InterruptedException("a stream had not ended");
        }
        LockSupport.parkNanos(100_000_000);
      }
      StreamException reason = failure;
      if (reason != null) {
        throw reason;
      }
    }

    /** Seconds until the first samples came. */
    double first() {
      return (first - begin) * 1e-9;
    }

    /** Seconds that the sound had run dry for at worst; 0 or less if it never did. */
    double worst() {
      return worst * 1e-9;
    }
  }
}
