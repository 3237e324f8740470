package org.wavebridge.runtime.service;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.InputException;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.VocoderStream;
import org.wavebridge.runtime.WaveformDecoder;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.service.ServiceFigures.Histogram;
import org.wavebridge.runtime.service.StreamException.Reason;

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
  private final Vocoder vocoder;
  private final boolean owned;
  private final ServiceOptions options;
  private final List<Simple> streams = new ArrayList<>();
  private final Thread worker;
  private boolean draining;
  private boolean closed;
  private long started;
  private long finished;
  private long failed;
  private long cancelled;
  private long refused;

  private VocoderService(Vocoder vocoder, boolean owned, ServiceOptions options) {
    this.vocoder = vocoder;
    this.owned = owned;
    this.options = options;
    this.worker = new Thread(this::work, "wavebridge-service");
    worker.setDaemon(true);
    worker.start();
  }

  /**
   * Opens a bundle and starts a service on it, with as many threads a call and rows a call as are
   * the fastest here; that is measured once and kept. Closing the service closes the vocoder.
   *
   * @param opening how the bundle is opened; its threads are the most that the service uses
   */
  public static VocoderService open(Path bundle, VocoderOptions opening, ServiceOptions options) {
    return new VocoderService(Vocoder.open(bundle, opening), true, options);
  }

  /** Starts a service on an open vocoder, which stays open when the service is closed. */
  public static VocoderService start(Vocoder vocoder, ServiceOptions options) {
    return new VocoderService(vocoder, false, options);
  }

  /** The vocoder that the service runs. */
  public Vocoder vocoder() {
    return vocoder;
  }

  /**
   * Begins a stream.
   *
   * @throws OverloadedException if there are too many, or the machine could not keep up
   * @throws StreamException if the service is closed, drains or is broken
   */
  public synchronized LiveStream stream(StreamOptions stream, LiveStream.Listener listener)
      throws OverloadedException {
    if (closed || draining) {
      throw new StreamException(Reason.CLOSED, "the service takes no more streams", null);
    }
    if (streams.size() >= options.mostStreams()) {
      refused++;
      throw new OverloadedException(
          "%d streams are the most of this service".formatted(options.mostStreams()),
          Duration.ofSeconds(1));
    }
    started++;
    Simple made = new Simple(stream, listener);
    streams.add(made);
    return made;
  }

  /** What the service does. */
  public synchronized ServiceFigures figures() {
    Histogram none = new Histogram(List.of(), List.of(0L), 0, 0);
    return new ServiceFigures(
        started,
        finished,
        failed,
        cancelled,
        refused,
        finished,
        streams.size(),
        0,
        0,
        0,
        0,
        0,
        0,
        1,
        streams.size(),
        none,
        none,
        none,
        none,
        Optional.empty());
  }

  /**
   * Takes no more streams and waits until the live ones have ended.
   *
   * @param most time to wait
   * @return whether all have ended
   * @throws InterruptedException if the thread is interrupted; the service still drains
   */
  public synchronized boolean drain(Duration most) throws InterruptedException {
    draining = true;
    long end = System.nanoTime() + most.toNanos();
    while (!streams.isEmpty() && end - System.nanoTime() > 0) {
      wait(1 + (end - System.nanoTime()) / 1_000_000);
    }
    return streams.isEmpty();
  }

  /** Ends all streams, which fail, and all threads of the service; again does nothing. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    boolean interrupted = false;
    while (worker.isAlive() && Thread.currentThread() != worker) {
      try {
        worker.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (owned) {
      vocoder.close();
    }
  }

  private void work() {
    while (true) {
      List<Simple> turn;
      synchronized (this) {
        while (!closed && streams.stream().noneMatch(Simple::wants)) {
          try {
            wait();
          } catch (InterruptedException e) {
            closed = true;
          }
        }
        turn = new ArrayList<>(streams);
        if (closed) {
          streams.clear();
        }
      }
      for (Simple stream : turn) {
        if (closed) {
          stream.listener.failed(new StreamException(Reason.CLOSED, "the service is closed", null));
        } else {
          stream.turn();
        }
      }
      if (closed) {
        return;
      }
    }
  }

  private synchronized void remove(Simple stream) {
    streams.remove(stream);
    notifyAll();
  }

  /** One stream. */
  private final class Simple implements LiveStream {
    private final VocoderStream stream;
    private final Listener listener;
    private final boolean fade;
    private final ArrayDeque<float[]> waiting = new ArrayDeque<>();
    private float[] held = {};
    private long demand;
    private boolean full;
    private boolean ended;
    private boolean made;
    private boolean over;

    Simple(StreamOptions options, Listener listener) {
      this.stream =
          vocoder.stream(
              GenerateOptions.seed(options.seed()).withTemperature(options.temperature()));
      this.listener = listener;
      this.fade = options.fade();
    }

    @Override
    public int offer(float[] frames, int from, int count) {
      int mels = vocoder.manifest().features().mels();
      for (int i = from * mels; i < (from + count) * mels; i++) {
        if (!Float.isFinite(frames[i])) {
          throw new InputException("expected finite features, found " + frames[i]);
        }
      }
      synchronized (VocoderService.this) {
        if (ended) {
          throw new IllegalStateException("the stream has no more frames");
        }
        if (over) {
          return count;
        }
        int taken = Math.min(count, options.mostFrames() - waiting.size());
        for (int i = from; i < from + taken; i++) {
          waiting.add(Arrays.copyOfRange(frames, i * mels, (i + 1) * mels));
        }
        full = taken < count;
        VocoderService.this.notifyAll();
        return taken;
      }
    }

    @Override
    public int offer(Features features, int from) {
      int mels = features.mels();
      float[] frames = new float[(features.frames() - from) * mels];
      for (int i = 0; i < frames.length; i++) {
        frames[i] = features.at(i % mels, from + i / mels);
      }
      return offer(frames, 0, features.frames() - from);
    }

    @Override
    public void finish() {
      synchronized (VocoderService.this) {
        ended = true;
        VocoderService.this.notifyAll();
      }
    }

    @Override
    public void request(long samples) {
      synchronized (VocoderService.this) {
        demand = demand + samples < 0 ? Long.MAX_VALUE : demand + samples;
        VocoderService.this.notifyAll();
      }
    }

    @Override
    public void cancel() {
      synchronized (VocoderService.this) {
        if (!over) {
          over = true;
          cancelled++;
          remove(this);
        }
      }
    }

    boolean wants() {
      return (made && held.length == 0)
          || (demand > 0 && (held.length > 0 || !waiting.isEmpty() || ended));
    }

    void turn() {
      float[] frame;
      boolean last;
      synchronized (VocoderService.this) {
        if (over || !wants()) {
          return;
        }
        frame = made ? null : waiting.poll();
        last = !made && frame == null && ended;
      }
      try {
        if (frame != null) {
          append(stream.push(new Features(frame.length, 1, frame)));
        } else if (last) {
          append(stream.finish());
          if (fade) {
            WaveformDecoder.fadeOut(held, vocoder.manifest());
          }
          made = true;
        }
        give(frame != null);
      } catch (RuntimeException e) {
        synchronized (VocoderService.this) {
          over = true;
          failed++;
          remove(this);
        }
        listener.failed(new StreamException(Reason.BACKEND, String.valueOf(e.getMessage()), e));
      }
    }

    private void append(float[] more) {
      float[] all = Arrays.copyOf(held, held.length + more.length);
      System.arraycopy(more, 0, all, held.length, more.length);
      held = all;
    }

    private void give(boolean taken) {
      int room;
      int count;
      synchronized (VocoderService.this) {
        room = taken && full ? options.mostFrames() - waiting.size() : 0;
        full = full && room == 0;
        count = (int) Math.min(demand, held.length);
        demand -= demand == Long.MAX_VALUE ? 0 : count;
      }
      if (count > 0) {
        float[] given = Arrays.copyOf(held, count);
        held = Arrays.copyOfRange(held, count, held.length);
        listener.samples(given);
      }
      if (room > 0) {
        listener.capacity(room);
      }
      if (made && held.length == 0) {
        synchronized (VocoderService.this) {
          over = true;
          finished++;
          remove(this);
        }
        listener.finished();
      }
    }
  }
}
