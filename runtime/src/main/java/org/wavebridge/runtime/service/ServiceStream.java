package org.wavebridge.runtime.service;

import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.InputException;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.service.Engine.Format;
import org.wavebridge.runtime.service.StreamException.Reason;

/**
 * One stream of a {@link Scheduler}. Its state is guarded by the scheduler's lock, but for the
 * voice, which belongs to the worker that makes a call with it while the stream is busy.
 */
final class ServiceStream implements LiveStream {
  /** Frames that a stream's voice is given before they are needed. */
  private static final int AHEAD_FRAMES = 12;

  private final Scheduler scheduler;
  private final Format format;
  private final Listener listener;
  private final StreamOptions options;
  private final int mostFrames;
  private final Inbox inbox;
  private final Outbox outbox = new Outbox();
  private final long startedAt;

  final Voice voice;
  final Playback playback;

  private long offered;
  private long made;
  private boolean ended;
  private boolean busy;
  private boolean exhausted;
  private boolean over;
  private boolean told;
  private boolean refusedFrames;
  private boolean delivering;
  private boolean ranDry;
  private boolean given;
  private OptionalLong wantedAt = OptionalLong.empty();
  private long calls;
  private long rows;
  private long callAt;
  private long queued;
  private long firstSample;
  private long computed;
  private long activeAt;
  private @Nullable StreamException failure;

  ServiceStream(
      Scheduler scheduler, Voice voice, StreamOptions options, Listener listener, long now) {
    this.scheduler = scheduler;
    this.format = scheduler.format();
    this.voice = voice;
    this.options = options;
    this.listener = listener;
    this.mostFrames = scheduler.options().mostFrames();
    this.inbox = new Inbox(format.mels());
    this.playback = new Playback(format.rate(), scheduler.grace());
    this.startedAt = now;
    this.activeAt = now;
  }

  @Override
  public int offer(float[] frames, int from, int count) {
    int mels = format.mels();
    Objects.checkFromIndexSize(from, count, frames.length / mels);
    float[] copy = Arrays.copyOfRange(frames, from * mels, (from + count) * mels);
    for (int i = 0; i < copy.length; i++) {
      if (!Float.isFinite(copy[i])) {
        throw new InputException(
            "expected finite features, found %s at [%d, %d]"
                .formatted(copy[i], from + i / mels, i % mels));
      }
    }
    return scheduler.locked(() -> take(copy, count));
  }

  private int take(float[] frames, int count) {
    if (ended) {
      throw new IllegalStateException("the stream has no more frames");
    }
    if (over) {
      return count;
    }
    int taken = Math.min(count, Math.max(0, mostFrames - inbox.frames()));
    if (taken < count && format.whole()) {
      scheduler.fail(
          this,
          new StreamException(
              Reason.INPUT,
              "expected at most %d frames, since the sound of the first depends on the last"
                  .formatted(mostFrames),
              null));
      return count;
    }
    inbox.add(taken == count ? frames : Arrays.copyOf(frames, taken * format.mels()));
    offered += taken;
    refusedFrames = taken < count;
    scheduler.changed(this);
    return taken;
  }

  @Override
  public int offer(Features features, int from) {
    if (features.mels() != format.mels()) {
      throw new InputException(
          "expected features of %d mels, found %d".formatted(format.mels(), features.mels()));
    }
    Objects.checkIndex(from, features.frames() + 1);
    int mels = format.mels();
    float[] frames = new float[(features.frames() - from) * mels];
    for (int i = 0; i < frames.length; i++) {
      frames[i] = features.at(i % mels, from + i / mels);
    }
    return scheduler.locked(() -> take(frames, features.frames() - from));
  }

  @Override
  public void finish() {
    scheduler.locked(
        () -> {
          ended = true;
          scheduler.changed(this);
          return 0;
        });
  }

  @Override
  public void request(long samples) {
    if (samples < 1) {
      throw new IllegalArgumentException("expected at least 1 sample, found " + samples);
    }
    scheduler.locked(
        () -> {
          outbox.ask(samples);
          scheduler.changed(this);
          return 0;
        });
  }

  @Override
  public void cancel() {
    scheduler.cancel(this);
  }

  @Override
  public StreamFigures figures() {
    return scheduler.locked(
        () ->
            new StreamFigures(
                made,
                calls,
                rows,
                Duration.ofNanos(queued),
                Duration.ofNanos(firstSample),
                Duration.ofNanos(computed),
                !ranDry));
  }

  // All that follows is called with the scheduler's lock held.

  /** Whether it takes part no more. */
  boolean isOver() {
    return over;
  }

  boolean isBusy() {
    return busy;
  }

  /** Frames that can be made now. */
  int ready() {
    return exhausted || over ? 0 : voice.ready(inbox.frames(), ended);
  }

  /** Whether a call can make samples of it. */
  boolean canMake() {
    return !busy
        && !over
        && !exhausted
        && outbox.held() < scheduler.mostHeld()
        && (voice.ready(inbox.frames(), ended) > 0 || ended);
  }

  /** Whether its listener wants more than there is. */
  boolean wanted() {
    return outbox.wantsMore();
  }

  boolean isDelivering() {
    return delivering;
  }

  int waiting() {
    return inbox.frames();
  }

  long held() {
    return outbox.held();
  }

  boolean ranDry() {
    return ranDry;
  }

  long startedAt() {
    return startedAt;
  }

  void active(long now) {
    activeAt = now;
  }

  /** Fails it when its time is over. */
  void expire(long now) {
    Optional<Duration> deadline = options.deadline();
    if (deadline.isPresent() && now - startedAt >= deadline.get().toNanos()) {
      scheduler.fail(
          this,
          new StreamException(
              Reason.DEADLINE, "the stream did not end within " + deadline.get(), null));
    }
    boolean working = busy || (canMake() && wanted());
    Duration idle = scheduler.options().idle();
    if (!working && now - activeAt >= idle.toNanos()) {
      scheduler.fail(
          this,
          new StreamException(
              Reason.IDLE, "nobody offered frames or took samples for " + idle, null));
    }
  }

  /** Seconds of sound that are still to be made; infinite where the end is not known. */
  double length() {
    if (!ended && options.frames().isEmpty()) {
      return Double.POSITIVE_INFINITY;
    }
    long frames = ended ? offered : Math.max(offered, options.frames().orElse(0));
    return Math.max(0, frames * format.frameSeconds() - (double) made / format.rate());
  }

  /** Takes what a call of so many frames and rows needs. */
  Feed begin(int frames, int rowsOfCall, long now) {
    if (calls == 0 && wantedAt.isPresent()) {
      queued = now - wantedAt.getAsLong();
    }
    calls++;
    rows += rowsOfCall;
    callAt = now;
    boolean last = ended && frames == ready();
    long needed = last ? inbox.frames() : Math.min(inbox.frames(), voice.needed(frames));
    if (playback.begun()) {
      // Conditioning is cheaper for several frames at once.
      needed += AHEAD_FRAMES;
    }
    busy = true;
    float[] fed = inbox.take(needed);
    return new Feed(this, fed, ended && inbox.frames() == 0);
  }

  /** What a call takes of a stream. */
  record Feed(ServiceStream stream, float[] frames, boolean end) {
    /** Hands it to the voice; without the lock. */
    void give() {
      if (frames.length > 0) {
        stream.voice.add(frames);
      }
      if (end) {
        stream.voice.end();
      }
    }
  }

  /** Takes the samples of a call; how many nanoseconds it had run dry. */
  long end(float[] samples, long now) {
    busy = false;
    computed += now - callAt;
    if (over) {
      voice.close();
      return 0;
    }
    long late = playback.made(samples.length, now);
    ranDry |= late > 0;
    made += samples.length;
    outbox.add(samples);
    activeAt = now;
    return late;
  }

  /** Sees whether everything is made. */
  void settle(long now) {
    if (!over && !busy && !exhausted && ended && ready() == 0 && inbox.frames() == 0) {
      exhausted = voice.done();
      if (exhausted && made == 0) {
        scheduler.fail(
            this,
            new StreamException(
                Reason.INPUT,
                "expected features of more frames, found %d, which have no samples"
                    .formatted(offered),
                null));
      }
    }
    boolean can = canMake() && wanted();
    playback.ready(can || busy, now);
    if (can && wantedAt.isEmpty()) {
      wantedAt = OptionalLong.of(now);
    }
  }

  /** Ends it; what is not given is dropped. */
  void fail(StreamException reason) {
    failure = reason;
    drop();
  }

  /** Ends it; its listener is told nothing more. */
  void drop() {
    over = true;
    inbox.clear();
    outbox.clear();
    if (!busy) {
      voice.close();
    }
  }

  void silence() {
    told = true;
  }

  /** Whether its listener knows how it ended. */
  boolean isTold() {
    return told;
  }

  /** How long its first samples took, when they are given; below 0 if they were before. */
  long first(long now) {
    if (given) {
      return -1;
    }
    given = true;
    firstSample = wantedAt.isPresent() ? now - wantedAt.getAsLong() : 0;
    return firstSample;
  }

  /** What the listener is told next; null if nothing, and then nobody tells it any more. */
  @Nullable Runnable next() {
    Runnable event = told ? null : event();
    delivering = event != null;
    return event;
  }

  private @Nullable Runnable event() {
    StreamException reason = failure;
    if (reason != null) {
      told = true;
      return () -> listener.failed(reason);
    }
    float[] samples = outbox.take();
    if (samples != null) {
      scheduler.gives(this);
      return () -> listener.samples(samples);
    }
    int room = mostFrames - inbox.frames();
    if (refusedFrames && !ended && room > mostFrames / 2) {
      refusedFrames = false;
      return () -> listener.capacity(room);
    }
    if (exhausted && outbox.held() == 0) {
      told = true;
      over = true;
      scheduler.finishes(this);
      return listener::finished;
    }
    return null;
  }
}
