package org.wavebridge.serving.http;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.wavebridge.serving.engine.Refusal;
import org.wavebridge.serving.engine.ServedStream;

/**
 * A stream's sound as a response that grows as it is made, no faster than the client reads. What
 * goes wrong before the first sample has a status of its own; later the connection breaks off.
 */
final class SoundResponse implements ServedStream.Sink {
  private final HttpResponseWriter writer = HttpResponse.streaming();
  private final SoundForm form;
  private final int sampleRate;
  private final OptionalLong samples;
  private boolean begun;
  private @Nullable ServedStream stream;

  /**
   * A response.
   *
   * @param samples that it will have, if that is known
   */
  SoundResponse(SoundForm form, int sampleRate, OptionalLong samples) {
    this.form = form;
    this.sampleRate = sampleRate;
    this.samples = samples;
  }

  /** Starts to take samples; a client that goes ends the stream. */
  HttpResponse take(ServedStream source) {
    stream = source;
    CompletableFuture<?> unused =
        writer.whenComplete().whenComplete((nothing, error) -> source.cancel());
    source.request(sampleRate);
    return writer;
  }

  private void begin() {
    if (begun) {
      return;
    }
    begun = true;
    ResponseHeadersBuilder headers =
        ResponseHeaders.builder(HttpStatus.OK)
            .contentType(form.type(sampleRate))
            .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
            .set("x-sample-rate", String.valueOf(sampleRate));
    if (samples.isPresent()) {
      headers.contentLength(form.headerBytes() + samples.getAsLong() * form.encoding().bytes());
    }
    writer.write(headers.build());
    byte[] header = form.header(sampleRate, samples);
    if (header.length > 0) {
      writer.write(HttpData.wrap(header));
    }
  }

  @Override
  public void audio(long first, byte[] audio) {
    begin();
    if (writer.tryWrite(HttpData.wrap(audio))) {
      int count = audio.length / form.encoding().bytes();
      CompletableFuture<?> unused = writer.whenConsumed().thenRun(() -> more(count));
    }
  }

  private void more(int count) {
    if (stream != null) {
      stream.request(count);
    }
  }

  @Override
  public void finished() {
    begin();
    writer.close();
  }

  @Override
  public void failed(Refusal reason) {
    if (begun) {
      writer.close(reason);
    } else {
      CompletableFuture<?> unused =
          HttpErrors.response(reason).aggregate().thenAccept(writer::close);
    }
  }
}
