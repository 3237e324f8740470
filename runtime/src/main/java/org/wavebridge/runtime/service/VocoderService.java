package org.wavebridge.runtime.service;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;

/**
 * Many live streams on one vocoder, as rows of common calls. Safe for use by several threads.
 *
 * <pre>{@code
 * try (VocoderService service =
 *     VocoderService.open(path, VocoderOptions.defaults(), ServiceOptions.defaults())) {
 *   LiveStream stream = service.stream(StreamOptions.seed(7), listener);
 *   stream.request(Long.MAX_VALUE);
 *   int taken = stream.offer(features, 0);
 *   stream.finish();
 * }
 * }</pre>
 */
public final class VocoderService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(VocoderService.class);

  /**
   * How long listeners may take to hear that the service is closed, before they are interrupted.
   */
  private static final Duration CLOSING = Duration.ofSeconds(2);

  private final Vocoder vocoder;
  private final boolean owned;
  private final CallCosts costs;
  private final Scheduler scheduler;
  private final ThreadPoolExecutor listeners;
  private final List<Thread> workers = new ArrayList<>();
  private final Set<Thread> own = ConcurrentHashMap.newKeySet();

  private VocoderService(
      Vocoder vocoder, boolean owned, ServiceOptions options, CallCosts measured) {
    this.vocoder = vocoder;
    this.owned = owned;
    this.costs =
        options.rows().isPresent() ? measured.limited(options.rows().getAsInt()) : measured;
    // A listener that blocks keeps its thread; there are at most as many as streams.
    this.listeners =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            5,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            threads("wavebridge-listener-"));
    this.scheduler = new Scheduler(new VocoderEngine(vocoder), options, costs, listeners);
    ThreadFactory factory = threads("wavebridge-worker-");
    for (int i = 0; i < costs.workers(); i++) {
      workers.add(factory.newThread(scheduler::work));
    }
    workers.forEach(Thread::start);
  }

  /** Threads that know their service; they do not keep the JVM from ending. */
  private ThreadFactory threads(String name) {
    AtomicInteger count = new AtomicInteger();
    return work -> {
      Thread thread =
          new Thread(
              () -> {
                own.add(Thread.currentThread());
                try {
                  work.run();
                } finally {
                  own.remove(Thread.currentThread());
                }
              },
              name + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /**
   * Opens a bundle and starts a service on it. Closing the service closes the vocoder.
   *
   * <p>How many rows a call has is measured, which takes about a second, and kept for the next
   * time; so is whether several calls of one thread each or one call of several threads is faster,
   * unless the options say more than one thread or how many calls.
   *
   * @param opening how the bundle is opened
   * @throws BundleException as {@link Vocoder#open}, and whatever else it throws
   */
  public static VocoderService open(Path bundle, VocoderOptions opening, ServiceOptions options) {
    CallChoice choice = CallChoice.open(bundle, opening, options);
    return new VocoderService(choice.vocoder(), true, options, choice.costs());
  }

  /**
   * Starts a service on an open vocoder, which stays open when the service is closed. How many rows
   * a call has is measured, as {@link #open} does.
   */
  public static VocoderService start(Vocoder vocoder, ServiceOptions options) {
    return new VocoderService(vocoder, false, options, CallChoice.costs(vocoder, options));
  }

  /** The vocoder that the service runs. */
  public Vocoder vocoder() {
    return vocoder;
  }

  /** The most rows of a call. */
  public int rows() {
    return costs.rows();
  }

  /** Calls that are made at the same time. */
  public int workers() {
    return costs.workers();
  }

  /**
   * Begins a stream.
   *
   * @throws OverloadedException if there are too many, or the machine could not keep up
   * @throws StreamException if the service is closed, drains or is broken
   */
  public LiveStream stream(StreamOptions stream, LiveStream.Listener listener)
      throws OverloadedException {
    return scheduler.stream(stream, listener);
  }

  /** What the service does. */
  public ServiceFigures figures() {
    return scheduler.figures();
  }

  /**
   * Takes no more streams and waits until the live ones have ended.
   *
   * @param most time to wait
   * @return whether all have ended
   * @throws InterruptedException if the thread is interrupted; the service still drains
   */
  public boolean drain(Duration most) throws InterruptedException {
    return scheduler.drain(most);
  }

  /**
   * Ends all streams, which fail, and all threads of the service; again does nothing. It waits for
   * calls that run and for listeners, which are interrupted if they take long. From within a
   * listener it does not wait for that one.
   */
  @Override
  public void close() {
    scheduler.close();
    boolean interrupted = false;
    boolean inside = own.contains(Thread.currentThread());
    for (Thread worker : workers) {
      interrupted |= join(worker);
    }
    try {
      if (!inside && !scheduler.drain(CLOSING)) {
        LOG.warn("listeners take longer than {}; they are interrupted", CLOSING);
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (inside) {
      listeners.shutdown();
    } else {
      listeners.shutdownNow();
      for (Thread thread : own) {
        interrupted |= join(thread);
      }
    }
    if (owned) {
      vocoder.close();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for a thread's end; whether this one was interrupted. */
  private static boolean join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive() && thread != Thread.currentThread()) {
      try {
        thread.join(CLOSING.toMillis());
        if (thread.isAlive()) {
          LOG.warn("still waiting for thread '{}'", thread.getName());
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    return interrupted;
  }
}
