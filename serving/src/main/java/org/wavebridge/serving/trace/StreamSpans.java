package org.wavebridge.serving.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.wavebridge.runtime.service.LiveStream;
import org.wavebridge.runtime.service.StreamFigures;

/**
 * The spans of one stream, within that of its request: one for the whole, and in it where the time
 * went: {@code wavebridge.queue} until a call of the graph began with it, {@code
 * wavebridge.first_sample} until its first samples were there, {@code wavebridge.generation} until
 * the last. Does nothing where requests are not traced. Safe for use by several threads.
 */
public final class StreamSpans {
  /** What makes spans, in the context of a request that is traced. */
  static final ContextKey<Tracer> TRACER = ContextKey.named("wavebridge-tracer");

  private final @Nullable Tracer tracer;
  private final Span whole;
  private final Context within;
  private @Nullable Instant sounding;
  private boolean over;

  private StreamSpans(@Nullable Tracer tracer, Span whole, Context around) {
    this.tracer = tracer;
    this.whole = whole;
    this.within = around.with(whole);
  }

  /**
   * Begins, within the request of this thread.
   *
   * @param frames that the stream will have, if that is known
   */
  public static StreamSpans begin(
      String model, String version, String precision, OptionalLong frames) {
    Context around = Context.current();
    Tracer tracer = around.get(TRACER);
    if (tracer == null) {
      return new StreamSpans(null, Span.getInvalid(), around);
    }
    Span whole =
        tracer
            .spanBuilder("wavebridge.stream")
            .setParent(around)
            .setAttribute("wavebridge.model.name", model)
            .setAttribute("wavebridge.model.version", version)
            .setAttribute("wavebridge.precision", precision)
            .startSpan();
    frames.ifPresent(count -> whole.setAttribute("wavebridge.frames", count));
    return new StreamSpans(tracer, whole, around);
  }

  /** The stream is not admitted, which is no error of the server. */
  public synchronized void refused(String kind, Optional<Duration> retryAfter) {
    whole.setAttribute("wavebridge.outcome", "refused");
    whole.setAttribute("wavebridge.refused", kind);
    retryAfter.ifPresent(
        time -> whole.setAttribute("wavebridge.retry_after_seconds", time.toMillis() / 1e3));
    over = true;
    whole.end();
  }

  /** The first samples are there. */
  public synchronized void first(LiveStream stream) {
    if (tracer == null || over || sounding != null) {
      return;
    }
    StreamFigures figures = stream.figures();
    Instant now = Instant.now();
    Instant asked = now.minus(figures.firstSample());
    Instant called = asked.plus(figures.queued());
    span(tracer, "wavebridge.queue", asked).end(called);
    span(tracer, "wavebridge.first_sample", called).end(now);
    sounding = now;
  }

  /** The stream has come to its end. */
  public void finished(LiveStream stream) {
    end("finished", stream);
  }

  /** Its client has ended it. */
  public void cancelled(LiveStream stream) {
    end("cancelled", stream);
  }

  /** It has failed. */
  public synchronized void failed(String kind, String reason, LiveStream stream) {
    if (!over) {
      whole.setAttribute("wavebridge.failure", kind);
      whole.setStatus(StatusCode.ERROR, reason);
      end("failed", stream);
    }
  }

  private synchronized void end(String outcome, LiveStream stream) {
    if (tracer == null || over) {
      return;
    }
    over = true;
    StreamFigures figures = stream.figures();
    Instant now = Instant.now();
    if (sounding != null) {
      span(tracer, "wavebridge.generation", sounding)
          .setAttribute("wavebridge.calls", figures.calls())
          .setAttribute("wavebridge.rows_per_call", figures.rows() / (double) figures.calls())
          .setAttribute("wavebridge.calls_seconds", figures.computed().toNanos() * 1e-9)
          .end(now);
    }
    whole.setAttribute("wavebridge.outcome", outcome);
    whole.setAttribute("wavebridge.samples", figures.samples());
    whole.setAttribute("wavebridge.continuous", figures.continuous());
    whole.end(now);
  }

  private Span span(Tracer by, String name, Instant start) {
    return by.spanBuilder(name).setParent(within).setStartTimestamp(start).startSpan();
  }
}
