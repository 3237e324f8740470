package org.wavebridge.serving.engine;

import java.util.ArrayDeque;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.InputException;
import org.wavebridge.runtime.service.LiveStream;
import org.wavebridge.runtime.service.OverloadedException;
import org.wavebridge.runtime.service.StreamException;
import org.wavebridge.runtime.service.StreamOptions;
import org.wavebridge.runtime.service.VocoderService;
import org.wavebridge.serving.trace.StreamSpans;

/**
 * One utterance between a protocol and a service: pieces of features in, encoded samples out, with
 * both held back where the other side is slow. All methods may be called by any thread and return
 * at once.
 */
public final class ServedStream {
  /** Receives what a stream makes; calls come one after the other. */
  public interface Sink {
    /**
     * Next samples.
     *
     * @param first index of the first one in the utterance
     * @param audio encoded as the settings say
     */
    void audio(long first, byte[] audio);

    /** All samples have been given; the last call. */
    void finished();

    /** The stream has ended before its end; the last call. */
    void failed(Refusal reason);
  }

  /** A piece of features on its way into the service. */
  private record Piece(float[] frames, int count, int[] taken, Runnable done) {}

  private final int mels;
  private final VocodeSettings settings;
  private final Sink sink;
  private final StreamSpans spans;
  private final ArrayDeque<Piece> pieces = new ArrayDeque<>();
  private long made;
  private boolean offering;
  private boolean again;
  private boolean last;
  private boolean over;
  private @Nullable LiveStream stream;

  private ServedStream(int mels, VocodeSettings settings, Sink sink, StreamSpans spans) {
    this.mels = mels;
    this.settings = settings;
    this.sink = sink;
    this.spans = spans;
  }

  /**
   * Begins a stream on a service of the model that the settings name.
   *
   * @param frames how many the stream will have, if that is known
   * @param spans are told what becomes of it
   * @throws Refusal if the model takes another speaker, or the machine has no room
   */
  static ServedStream start(
      VocoderService service,
      VocodeSettings settings,
      OptionalLong frames,
      Sink sink,
      StreamSpans spans) {
    StreamOptions options =
        StreamOptions.seed(settings.seed())
            .withTemperature(settings.temperature())
            .with(settings.speaker());
    if (frames.isPresent()) {
      options = options.withFrames(frames.getAsLong());
    }
    ServedStream served =
        new ServedStream(service.vocoder().manifest().features().mels(), settings, sink, spans);
    try {
      LiveStream stream = service.stream(options, served.new Samples());
      synchronized (served) {
        served.stream = stream;
      }
      if (settings.fromSample() > 0) {
        stream.request(settings.fromSample());
      }
      return served;
    } catch (OverloadedException | StreamException | InputException e) {
      Refusal refusal = Refusal.of(e);
      spans.refused(refusal.kind().name().toLowerCase(Locale.ROOT), refusal.retryAfter());
      throw refusal;
    }
  }

  /** Values of a frame. */
  public int mels() {
    return mels;
  }

  /**
   * Adds frames.
   *
   * @param frames {@code [frames, mels]}, frame after frame
   * @param done run when the service has taken them all, or the stream has ended
   */
  public void push(float[] frames, Runnable done) {
    Piece piece = new Piece(frames, frames.length / mels, new int[1], done);
    boolean ended;
    synchronized (this) {
      ended = over;
      if (!ended) {
        pieces.add(piece);
      }
    }
    if (ended) {
      done.run();
    } else {
      offer();
    }
  }

  /** Says that there are no more frames. */
  public void finish() {
    synchronized (this) {
      last = true;
    }
    offer();
  }

  /** Asks for more samples, at least 1. */
  public void request(long samples) {
    LiveStream current = current();
    if (current != null) {
      current.request(samples);
    }
  }

  /** Ends the stream; no call of the sink begins after this has returned. */
  public void cancel() {
    LiveStream current = current();
    if (current != null) {
      current.cancel();
      spans.cancelled(current);
    }
    end();
  }

  private synchronized @Nullable LiveStream current() {
    return stream;
  }

  private void end() {
    ArrayDeque<Piece> left;
    synchronized (this) {
      over = true;
      left = new ArrayDeque<>(pieces);
      pieces.clear();
    }
    left.forEach(piece -> piece.done.run());
  }

  /** Offers what is there; where another thread does so already it will look again. */
  private void offer() {
    synchronized (this) {
      again = true;
      if (offering || stream == null) {
        return;
      }
      offering = true;
    }
    while (true) {
      Piece piece;
      boolean finish;
      synchronized (this) {
        if (!again || over) {
          offering = false;
          return;
        }
        again = false;
        piece = pieces.peek();
        finish = piece == null && last;
      }
      if (piece != null) {
        offer(piece);
      } else if (finish) {
        end(current());
      }
    }
  }

  private static void end(@Nullable LiveStream stream) {
    if (stream != null) {
      stream.finish();
    }
  }

  private void offer(Piece piece) {
    LiveStream current = current();
    int from = piece.taken[0];
    if (current != null && from < piece.count) {
      try {
        piece.taken[0] += current.offer(piece.frames, from, piece.count - from);
      } catch (RuntimeException e) {
        current.cancel();
        failed(Refusal.of(e));
        return;
      }
    }
    if (piece.taken[0] == piece.count) {
      synchronized (this) {
        pieces.poll();
        again = true;
      }
      piece.done.run();
    }
  }

  private void failed(Refusal reason) {
    LiveStream current = current();
    if (current != null) {
      spans.failed(reason.kind().name().toLowerCase(Locale.ROOT), reason.message(), current);
    }
    end();
    sink.failed(reason);
  }

  /** What the service says. */
  private final class Samples implements LiveStream.Listener {
    @Override
    public void samples(float[] samples) {
      LiveStream current = current();
      if (current != null) {
        spans.first(current);
      }
      long first = made;
      made += samples.length;
      int skip = (int) Math.min(samples.length, Math.max(0, settings.fromSample() - first));
      if (skip < samples.length) {
        sink.audio(first + skip, settings.encoding().encode(samples, skip));
      }
    }

    @Override
    public void capacity(int frames) {
      offer();
    }

    @Override
    public void finished() {
      LiveStream current = current();
      if (current != null) {
        spans.finished(current);
      }
      end();
      sink.finished();
    }

    @Override
    public void failed(StreamException failure) {
      ServedStream.this.failed(Refusal.of(failure));
    }
  }
}
