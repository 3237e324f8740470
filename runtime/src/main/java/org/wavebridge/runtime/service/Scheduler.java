package org.wavebridge.runtime.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wavebridge.runtime.service.CallPlanner.Candidate;
import org.wavebridge.runtime.service.CallPlanner.Plan;
import org.wavebridge.runtime.service.Engine.Format;
import org.wavebridge.runtime.service.ServiceStream.Feed;
import org.wavebridge.runtime.service.StreamException.Reason;

/**
 * The streams of a service and the calls that are made of them. It has no threads: workers run
 * {@link #work}, and an executor tells listeners. One lock guards all streams; it is never held
 * while the engine or a listener runs.
 */
final class Scheduler {
  private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

  /** Calls that may fail one after the other before the service is broken. */
  private static final int MOST_FAILURES = 3;

  /** How often deadlines are looked at. */
  private static final long TICK = 50_000_000;

  private final Engine engine;
  private final Format format;
  private final ServiceOptions options;
  private final CallCosts costs;
  private final Executor delivery;
  private final CallPlanner planner;
  private final Capacity capacity;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition gone = lock.newCondition();
  private final Set<ServiceStream> streams = new LinkedHashSet<>();
  private final Counters counters = new Counters();
  private boolean draining;
  private boolean closed;
  private @Nullable String broken;
  private int failures;
  private int busyWorkers;
  private int busyRows;
  private long nextTick;

  /**
   * A scheduler.
   *
   * @param costs with the number of workers
   * @param delivery runs calls of listeners
   */
  Scheduler(Engine engine, ServiceOptions options, CallCosts costs, Executor delivery) {
    this.engine = engine;
    this.format = engine.format();
    this.options = options;
    this.costs = costs;
    this.delivery = delivery;
    this.capacity = new Capacity(format, options, costs);
    this.planner = new CallPlanner(format, costs, options.firstSample().toNanos() / 4);
    this.nextTick = now();
  }

  Format format() {
    return format;
  }

  ServiceOptions options() {
    return options;
  }

  /** Within which a stream is served that has become ready, in nanoseconds. */
  long grace() {
    return options.firstSample().toNanos() / 3;
  }

  /** Samples of a stream that may be made and not taken. */
  long mostHeld() {
    return Math.max(1, (long) (options.mostAhead().toNanos() * 1e-9 * format.rate()));
  }

  private long now() {
    return options.clock().getAsLong();
  }

  <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  // Streams.

  LiveStream stream(StreamOptions stream, LiveStream.Listener listener) throws OverloadedException {
    lock.lock();
    try {
      requireAdmitted(stream);
      ServiceStream made = new ServiceStream(this, engine.voice(stream), stream, listener, now());
      streams.add(made);
      counters.started++;
      return made;
    } finally {
      lock.unlock();
    }
  }

  private void requireAdmitted(StreamOptions stream) throws OverloadedException {
    if (broken != null) {
      throw new StreamException(Reason.BACKEND, "the service is broken: " + broken, null);
    }
    if (closed || draining) {
      throw new StreamException(
          Reason.CLOSED, closed ? "the service is closed" : "the service drains", null);
    }
    try {
      capacity.requireRoom(streams, stream, now());
    } catch (OverloadedException e) {
      counters.refused++;
      throw e;
    }
  }

  /** Something of a stream has changed; with the lock. */
  void changed(ServiceStream stream) {
    long now = now();
    stream.active(now);
    stream.settle(now);
    if (stream.canMake()) {
      work.signal();
    }
    post(stream);
  }

  void cancel(ServiceStream stream) {
    lock.lock();
    try {
      if (!stream.isOver()) {
        counters.cancelled++;
        left(stream);
        stream.drop();
        stream.silence();
        remove(stream);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends a stream by a failure, if it has not ended; with the lock. */
  void fail(ServiceStream stream, StreamException reason) {
    if (!stream.isOver()) {
      counters.failed++;
      left(stream);
      stream.fail(reason);
      post(stream);
    }
  }

  private void left(ServiceStream stream) {
    counters.continuous += stream.ranDry() ? 0 : 1;
    capacity.left((now() - stream.startedAt()) * 1e-9);
  }

  private void remove(ServiceStream stream) {
    streams.remove(stream);
    gone.signalAll();
  }

  // Listeners.

  /** A stream's listener is given samples next; with the lock. */
  void gives(ServiceStream stream) {
    long now = now();
    long first = stream.first(now);
    if (first >= 0) {
      counters.firstSample.add(first * 1e-9);
    }
    stream.active(now);
  }

  /** A stream's listener is told that it is finished; with the lock. */
  void finishes(ServiceStream stream) {
    counters.finished++;
    left(stream);
  }

  /** Has a stream's listener told what there is to tell; with the lock. */
  private void post(ServiceStream stream) {
    if (!stream.isDelivering()) {
      Runnable event = stream.next();
      if (event != null) {
        delivery.execute(() -> deliver(stream, event));
      }
    }
  }

  private void deliver(ServiceStream stream, Runnable first) {
    for (Runnable event = first; event != null; event = after(stream)) {
      try {
        event.run();
      } catch (RuntimeException | Error e) {
        LOG.warn("a listener failed", e);
        locked(
            () -> {
              fail(stream, new StreamException(Reason.LISTENER, "the listener failed: " + e, e));
              return 0;
            });
      }
    }
  }

  /** After an event, the next. */
  private @Nullable Runnable after(ServiceStream stream) {
    lock.lock();
    try {
      if (stream.isTold()) {
        remove(stream);
      }
      Runnable event = stream.next();
      if (stream.canMake()) {
        stream.settle(now());
        work.signal();
      }
      return event;
    } finally {
      lock.unlock();
    }
  }

  // Calls.

  /** A call that is planned. */
  private record Call(Plan plan, List<Feed> feeds, long start) {}

  /** Makes calls until the scheduler is closed. */
  void work() {
    while (true) {
      Call call;
      lock.lock();
      try {
        call = next();
        while (call == null) {
          if (closed) {
            return;
          }
          if (streams.isEmpty()) {
            work.await();
          } else {
            work.awaitNanos(TICK);
          }
          call = next();
        }
      } catch (InterruptedException e) {
        LOG.warn("a worker was interrupted; the service goes on", e);
        continue;
      } finally {
        lock.unlock();
      }
      run(call);
    }
  }

  /** Makes one call; false if there is nothing to do. */
  boolean turn() {
    Call call = locked(this::next);
    if (call != null) {
      run(call);
    }
    return call != null;
  }

  private @Nullable Call next() {
    long now = now();
    if (closed) {
      return null;
    }
    if (now - nextTick >= 0) {
      List.copyOf(streams).forEach(stream -> stream.expire(now));
      nextTick = now + TICK;
    }
    List<Candidate> candidates = candidates(now);
    Optional<Plan> plan = planner.plan(candidates, busyRows, capacity.slowness());
    if (plan.isEmpty()) {
      return null;
    }
    List<Feed> feeds = new ArrayList<>();
    List<Candidate> rows = plan.get().rows();
    for (Candidate row : rows) {
      feeds.add(row.stream().begin(plan.get().frames(), rows.size(), now));
    }
    busyWorkers++;
    busyRows += feeds.size();
    if (feeds.size() < candidates.size()) {
      work.signal();
    }
    return new Call(plan.get(), feeds, now);
  }

  private List<Candidate> candidates(long now) {
    List<Candidate> candidates = new ArrayList<>();
    for (ServiceStream stream : streams) {
      if (stream.canMake()) {
        // What nobody waits for is made when there is nothing else to do.
        long slack = stream.wanted() ? stream.playback.due() - now : options.idle().toNanos();
        candidates.add(new Candidate(stream, slack, stream.ready(), stream.playback.begun()));
      }
    }
    candidates.sort(Comparator.comparingLong(Candidate::slack));
    return candidates;
  }

  private void run(Call call) {
    List<float[]> made = List.of();
    Throwable failed = null;
    try {
      call.feeds.forEach(Feed::give);
      made =
          engine.advance(
              call.feeds.stream().map(feed -> feed.stream().voice).toList(), call.plan.frames());
    } catch (RuntimeException | Error e) {
      failed = e;
    }
    lock.lock();
    try {
      end(call, made, failed);
    } finally {
      lock.unlock();
    }
  }

  private void end(Call call, List<float[]> made, @Nullable Throwable failed) {
    long now = now();
    int rows = call.feeds.size();
    counters.calls++;
    counters.rows.add(rows);
    counters.callSeconds.add((now - call.start) * 1e-9);
    for (int n = 0; n < rows; n++) {
      ServiceStream stream = call.feeds.get(n).stream();
      float[] samples = failed == null ? made.get(n) : new float[0];
      long late = stream.end(samples, now);
      counters.samples += samples.length;
      if (late > 0) {
        counters.underruns.add(late * 1e-9);
      }
      if (failed != null) {
        fail(
            stream,
            new StreamException(
                Reason.BACKEND, "the backend failed: " + failed.getMessage(), failed));
      }
      stream.settle(now);
      post(stream);
    }
    if (failed == null) {
      failures = 0;
      double seconds = (now - call.start) * 1e-9;
      capacity.learn(rows, call.plan.frames(), seconds, busyWorkers == costs.workers());
    } else {
      LOG.warn("a call of {} rows failed", rows, failed);
      failures++;
      if (failures >= MOST_FAILURES) {
        breakDown(String.valueOf(failed.getMessage()));
      }
    }
    busyWorkers--;
    busyRows -= rows;
  }

  private void breakDown(String reason) {
    broken = reason;
    LOG.error("the service is broken, since {} calls failed in a row: {}", failures, reason);
    for (ServiceStream stream : List.copyOf(streams)) {
      fail(stream, new StreamException(Reason.BACKEND, "the service is broken: " + reason, null));
    }
  }

  // The whole.

  boolean drain(Duration most) throws InterruptedException {
    lock.lock();
    try {
      draining = true;
      long left = most.toNanos();
      while (!streams.isEmpty() && left > 0) {
        left = gone.awaitNanos(left);
      }
      return streams.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Fails all streams; workers end after their calls. */
  void close() {
    lock.lock();
    try {
      closed = true;
      for (ServiceStream stream : List.copyOf(streams)) {
        fail(stream, new StreamException(Reason.CLOSED, "the service is closed", null));
      }
      work.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all listeners know of their streams' ends; whether they do. */
  boolean awaitTold(long nanos) throws InterruptedException {
    return drain(Duration.ofNanos(nanos));
  }

  ServiceFigures figures() {
    lock.lock();
    try {
      int ready = 0;
      int paused = 0;
      long waiting = 0;
      long held = 0;
      for (ServiceStream stream : streams) {
        ready += stream.canMake() && stream.wanted() ? 1 : 0;
        paused += stream.wanted() || stream.isOver() ? 0 : 1;
        waiting += stream.waiting();
        held += stream.held();
      }
      double most = capacity.streams(Integer.MAX_VALUE / 2);
      return new ServiceFigures(
          counters.started,
          counters.finished,
          counters.failed,
          counters.cancelled,
          counters.refused,
          counters.continuous,
          streams.size(),
          ready,
          paused,
          counters.calls,
          counters.samples,
          waiting,
          held,
          most,
          capacity.needs(streams, now()).size() / most,
          counters.firstSample.snapshot(),
          counters.underruns.snapshot(),
          counters.rows.snapshot(),
          counters.callSeconds.snapshot(),
          Optional.ofNullable(broken));
    } finally {
      lock.unlock();
    }
  }
}
