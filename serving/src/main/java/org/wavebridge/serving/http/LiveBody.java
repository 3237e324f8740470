package org.wavebridge.serving.http;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.wavebridge.serving.engine.Refusal;
import org.wavebridge.serving.engine.Refusal.Kind;
import org.wavebridge.serving.engine.ServedStream;

/** A body of float32 frames that is pushed into a stream as it comes, one piece at a time. */
final class LiveBody implements Subscriber<HttpObject> {
  private final ServedStream stream;
  private final ServedStream.Sink sink;
  private byte[] rest = {};
  private boolean begun;
  private @Nullable Subscription subscription;

  LiveBody(ServedStream stream, ServedStream.Sink sink) {
    this.stream = stream;
    this.sink = sink;
  }

  @Override
  public void onSubscribe(Subscription given) {
    subscription = given;
    given.request(1);
  }

  @Override
  public void onNext(HttpObject object) {
    if (!(object instanceof HttpData data)) {
      next();
      return;
    }
    byte[] bytes = joined(rest, data.array());
    if (!begun && FeatureBody.isNpy(bytes)) {
      fail(
          new Refusal(
              Kind.UNSUPPORTED,
              "Content-Type: expected application/x-npy for a .npy file without a length"));
      return;
    }
    begun |= bytes.length > 1;
    int frame = 4 * stream.mels();
    int whole = bytes.length / frame * frame;
    rest = Arrays.copyOfRange(bytes, whole, bytes.length);
    if (whole == 0) {
      next();
    } else {
      stream.push(FeatureBody.floats(bytes, whole), this::next);
    }
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  private void next() {
    if (subscription != null) {
      subscription.request(1);
    }
  }

  private void fail(Refusal reason) {
    stream.cancel();
    if (subscription != null) {
      subscription.cancel();
    }
    sink.failed(reason);
  }

  @Override
  public void onError(Throwable error) {
    stream.cancel();
    sink.failed(HttpErrors.refusal(error));
  }

  @Override
  public void onComplete() {
    if (rest.length > 0) {
      fail(
          new Refusal(
              Kind.BAD_REQUEST,
              "body: expected whole frames of %d float32 values, found %d bytes after the last one"
                  .formatted(stream.mels(), rest.length)));
    } else {
      stream.finish();
    }
  }
}
