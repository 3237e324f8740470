package org.wavebridge.runtime.internal.lifetime;

import org.wavebridge.runtime.spi.Backend;
import org.wavebridge.runtime.spi.GraphSession;

/**
 * A backend whose sessions and chains are guarded: their close waits for calls that run, later
 * calls are refused with an {@link IllegalStateException}, and those that are dropped are freed.
 * What the sessions share is freed after the last of them.
 */
public final class GuardedBackend implements Backend {
  private final Backend inner;
  private final Guard guard;

  private GuardedBackend(Backend inner) {
    this.inner = inner;
    this.guard = new Guard("backend '" + inner.name() + "'", inner::close);
  }

  /** The backend, guarded if it is not. */
  public static Backend of(Backend backend) {
    return backend instanceof GuardedBackend ? backend : new GuardedBackend(backend);
  }

  @Override
  public String name() {
    return inner.name();
  }

  @Override
  public boolean hasKernels() {
    return inner.hasKernels();
  }

  @Override
  public GraphSession open(byte[] graph, String label) {
    Guard.Use use = guard.enter();
    try {
      return new GuardedSession(inner.open(graph, label), label, use);
    } catch (RuntimeException | Error e) {
      use.close();
      throw e;
    }
  }

  @Override
  public void close() {
    guard.retire();
  }
}
