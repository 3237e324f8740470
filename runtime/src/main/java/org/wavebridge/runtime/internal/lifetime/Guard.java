package org.wavebridge.runtime.internal.lifetime;

import java.lang.ref.Cleaner;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the uses of a resource and frees it once: when it is closed and the last use has ended, or
 * when its guard was dropped. Safe for use by several threads.
 */
public final class Guard implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();
  private static final AtomicInteger LIVE = new AtomicInteger();

  private final State state;
  private final Cleaner.Cleanable cleanable;

  /**
   * Guards a resource.
   *
   * @param what it is, for messages
   * @param free frees it; must not refer to the guard, or to what refers to the guard
   */
  public Guard(String what, Runnable free) {
    this.state = new State(what, free);
    LIVE.incrementAndGet();
    this.cleanable = CLEANER.register(this, state);
  }

  /** How many guarded resources of this process are not freed yet. */
  public static int live() {
    return LIVE.get();
  }

  /** A use of the resource; closed when it ends, by any thread. */
  public final class Use implements AutoCloseable {
    private final Thread thread = Thread.currentThread();
    private boolean ended;

    private Use() {
      state.enter(thread);
    }

    /** Ends the use; nothing if it has ended. */
    @Override
    public synchronized void close() {
      if (!ended) {
        ended = true;
        state.exit(thread);
      }
    }
  }

  /**
   * Begins a use.
   *
   * @throws IllegalStateException if the resource is closed
   */
  public Use enter() {
    return new Use();
  }

  /** Lets no use begin any more. The resource is freed when the last one ends; does not wait. */
  public void retire() {
    cleanable.clean();
  }

  /**
   * Lets no use begin any more and waits until the resource is freed, through interrupts too. From
   * within a use of this thread it does not wait, since that would be for ever.
   */
  @Override
  public void close() {
    retire();
    state.awaitFreed();
  }

  /** The state that outlives a dropped guard. */
  private static final class State implements Runnable {
    private final String what;
    private final Runnable free;
    private final Map<Thread, Integer> uses = new HashMap<>();
    private boolean closed;
    private boolean freeing;
    private boolean freed;

    State(String what, Runnable free) {
      this.what = what;
      this.free = free;
    }

    synchronized void enter(Thread thread) {
      if (closed) {
        throw new IllegalStateException(what + " is closed");
      }
      uses.merge(thread, 1, Integer::sum);
    }

    void exit(Thread thread) {
      synchronized (this) {
        uses.computeIfPresent(thread, (key, count) -> count == 1 ? null : count - 1);
      }
      freeIfUnused();
    }

    @Override
    public void run() {
      synchronized (this) {
        closed = true;
      }
      freeIfUnused();
    }

    private void freeIfUnused() {
      synchronized (this) {
        if (!closed || freeing || !uses.isEmpty()) {
          return;
        }
        freeing = true;
      }
      try {
        free.run();
      } finally {
        LIVE.decrementAndGet();
        synchronized (this) {
          freed = true;
          notifyAll();
        }
      }
    }

    synchronized void awaitFreed() {
      boolean interrupted = false;
      while (!freed && !uses.containsKey(Thread.currentThread())) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
