package org.wavebridge.serving.grpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.wavebridge.serving.engine.ModelRepository;
import org.wavebridge.serving.engine.PcmEncoding;
import org.wavebridge.serving.engine.Refusal;
import org.wavebridge.serving.engine.Refusal.Kind;
import org.wavebridge.serving.engine.ServedModel;
import org.wavebridge.serving.engine.ServedStream;
import org.wavebridge.serving.engine.SpeakerBytes;
import org.wavebridge.serving.engine.VocodeSettings;
import org.wavebridge.serving.wire.Frames;
import org.wavebridge.serving.wire.Pcm;
import org.wavebridge.serving.wire.Settings;
import org.wavebridge.serving.wire.VocoderGrpc;

/** The call {@code wavebridge.v1.Vocoder/Vocode}: one utterance, both ways in pieces. */
public final class VocoderGrpcService extends VocoderGrpc.VocoderImplBase {
  private final ModelRepository models;

  /** A service of some models. */
  public VocoderGrpcService(ModelRepository models) {
    this.models = models;
  }

  @Override
  public StreamObserver<Frames> vocode(StreamObserver<Pcm> responses) {
    return new Call((ServerCallStreamObserver<Pcm>) responses);
  }

  /** One call. */
  private final class Call implements StreamObserver<Frames>, ServedStream.Sink {
    private final ServerCallStreamObserver<Pcm> observer;
    private final GrpcOutput<Pcm> output;
    private PcmEncoding encoding = PcmEncoding.S16LE;
    private int sampleRate;
    private boolean begun;
    private volatile @Nullable ServedStream stream;

    Call(ServerCallStreamObserver<Pcm> observer) {
      this.observer = observer;
      this.output = new GrpcOutput<>(observer);
      observer.setOnCancelHandler(this::stop);
      observer.disableAutoRequest();
      observer.request(1);
    }

    private void stop() {
      output.cancelled();
      ServedStream current = stream;
      if (current != null) {
        current.cancel();
      }
    }

    @Override
    public void onNext(Frames frames) {
      try {
        ServedStream current = stream;
        if (current == null) {
          current = start(frames.getSettings());
        } else if (frames.hasSettings()) {
          throw new Refusal(Kind.BAD_REQUEST, "settings: expected only in the first message");
        }
        push(current, frames.getFeatures());
      } catch (RuntimeException e) {
        end(e);
      }
    }

    private ServedStream start(Settings settings) {
      encoding =
          switch (settings.getEncoding()) {
            case PCM_S16LE -> PcmEncoding.S16LE;
            case PCM_F32LE -> PcmEncoding.F32LE;
            case UNRECOGNIZED ->
                throw new Refusal(
                    Kind.BAD_REQUEST,
                    "encoding: expected PCM_S16LE or PCM_F32LE, found "
                        + settings.getEncodingValue());
          };
      ServedModel model = models.model(settings.getModel(), settings.getVersion());
      sampleRate = model.manifest().audio().sampleRate();
      ServedStream started =
          model.stream(
              new VocodeSettings(
                  settings.getModel(),
                  settings.getVersion(),
                  settings.getSeed(),
                  settings.hasTemperature() ? settings.getTemperature() : 1,
                  settings.getPrecision(),
                  settings.getFromSample(),
                  encoding,
                  settings.getSpeaker().isEmpty()
                      ? Optional.empty()
                      : Optional.of(SpeakerBytes.of(settings.getSpeaker().toByteArray()))),
              OptionalLong.empty(),
              this);
      stream = started;
      started.request(sampleRate);
      return started;
    }

    private void push(ServedStream current, ByteString features) {
      int frame = 4 * current.mels();
      if (features.size() % frame != 0) {
        throw new Refusal(
            Kind.BAD_REQUEST,
            "features: expected whole frames of %d float32 values (%d bytes each), found %d bytes"
                .formatted(current.mels(), frame, features.size()));
      }
      if (features.isEmpty()) {
        observer.request(1);
        return;
      }
      float[] values = new float[features.size() / 4];
      features.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
      current.push(values, () -> observer.request(1));
    }

    private void end(Throwable error) {
      ServedStream current = stream;
      if (current != null) {
        current.cancel();
      }
      output.fail(error);
    }

    @Override
    public void onError(Throwable error) {
      stop();
    }

    @Override
    public void onCompleted() {
      try {
        ServedStream current = stream;
        if (current == null) {
          throw new Refusal(Kind.BAD_REQUEST, "expected at least one message with features");
        }
        current.finish();
      } catch (RuntimeException e) {
        end(e);
      }
    }

    @Override
    public void audio(long first, byte[] audio) {
      Pcm.Builder pcm = Pcm.newBuilder().setFirstSample(first).setAudio(ByteString.copyFrom(audio));
      if (!begun) {
        begun = true;
        pcm.setSampleRate(sampleRate);
      }
      ServedStream current = stream;
      if (current != null) {
        output.write(pcm.build(), current, audio.length / encoding.bytes());
      }
    }

    @Override
    public void finished() {
      output.finish();
    }

    @Override
    public void failed(Refusal reason) {
      output.fail(reason);
    }
  }
}
