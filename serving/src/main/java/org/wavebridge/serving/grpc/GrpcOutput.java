package org.wavebridge.serving.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import org.wavebridge.serving.engine.ServedStream;

/**
 * The responses of a call that has one stream or several: written one at a time, and asking for
 * more samples only while the client reads. Safe for use by several threads.
 *
 * @param <T> the responses
 */
public final class GrpcOutput<T> {
  /** Samples that wait until the client has read. */
  private record Debt(ServedStream stream, long samples) {}

  private final ServerCallStreamObserver<T> observer;
  private final ArrayDeque<Debt> debts = new ArrayDeque<>();
  private boolean over;

  /** Output to a call; to be made before the call's method returns. */
  public GrpcOutput(ServerCallStreamObserver<T> observer) {
    this.observer = observer;
    observer.setOnReadyHandler(this::settle);
  }

  /** Writes a response, after which a stream may make so many samples more. */
  public void write(T response, ServedStream stream, long samples) {
    synchronized (this) {
      if (over) {
        return;
      }
      observer.onNext(response);
      debts.add(new Debt(stream, samples));
    }
    settle();
  }

  /** Writes a response. */
  public synchronized void write(T response) {
    if (!over) {
      observer.onNext(response);
    }
  }

  private void settle() {
    while (true) {
      Debt debt;
      synchronized (this) {
        debt = observer.isReady() ? debts.poll() : null;
      }
      if (debt == null) {
        return;
      }
      debt.stream.request(debt.samples);
    }
  }

  /** Ends the call. */
  public synchronized void finish() {
    if (!over) {
      over = true;
      observer.onCompleted();
    }
  }

  /** Ends the call with an error. */
  public synchronized void fail(Throwable error) {
    if (!over) {
      over = true;
      observer.onError(GrpcErrors.status(error));
    }
  }

  /** Says that the client is gone. */
  public synchronized void cancelled() {
    over = true;
    debts.clear();
  }
}
