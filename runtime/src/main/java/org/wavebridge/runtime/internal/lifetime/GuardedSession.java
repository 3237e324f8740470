package org.wavebridge.runtime.internal.lifetime;

import java.util.Map;
import java.util.Optional;
import org.wavebridge.runtime.spi.GraphChain;
import org.wavebridge.runtime.spi.GraphSession;
import org.wavebridge.runtime.spi.Tensor;

/** A session that is freed when it is closed or dropped, and no call runs. */
final class GuardedSession implements GraphSession {
  private final GraphSession inner;
  private final String label;
  private final Guard guard;

  /**
   * Guards a session.
   *
   * @param backend ends when the session is freed
   */
  GuardedSession(GraphSession inner, String label, Guard.Use backend) {
    this.inner = inner;
    this.label = label;
    this.guard =
        new Guard(
            label,
            () -> {
              try {
                inner.close();
              } finally {
                backend.close();
              }
            });
  }

  @Override
  public Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, long[]> vectors) {
    Guard.Use use = guard.enter();
    try {
      return inner.run(inputs, vectors);
    } finally {
      use.close();
    }
  }

  @Override
  public Optional<GraphChain> chain(Map<String, Tensor> start) {
    Guard.Use use = guard.enter();
    try {
      return inner.chain(start).map(Chain::new);
    } finally {
      use.close();
    }
  }

  @Override
  public void close() {
    guard.close();
  }

  /** A chain of the session's calls, which keeps the session while it is not dropped. */
  private final class Chain implements GraphChain {
    private final GraphChain calls;
    private final Guard own;

    Chain(GraphChain calls) {
      this.calls = calls;
      this.own = new Guard(label + ": the chain of calls", calls::close);
    }

    @Override
    public Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, long[]> vectors) {
      Guard.Use session = guard.enter();
      try {
        Guard.Use use = own.enter();
        try {
          return calls.run(inputs, vectors);
        } finally {
          use.close();
        }
      } finally {
        session.close();
      }
    }

    @Override
    public void close() {
      own.close();
    }
  }
}
