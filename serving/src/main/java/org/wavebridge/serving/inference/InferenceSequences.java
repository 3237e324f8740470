package org.wavebridge.serving.inference;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.wavebridge.runtime.io.SpeakerEmbedding;
import org.wavebridge.serving.engine.ModelRepository;
import org.wavebridge.serving.engine.PcmEncoding;
import org.wavebridge.serving.engine.Refusal;
import org.wavebridge.serving.engine.Refusal.Kind;
import org.wavebridge.serving.engine.ServedModel;
import org.wavebridge.serving.engine.ServedStream;
import org.wavebridge.serving.engine.VocodeSettings;
import org.wavebridge.serving.grpc.GrpcOutput;
import org.wavebridge.serving.wire.InferParameter;
import org.wavebridge.serving.wire.ModelInferRequest;
import org.wavebridge.serving.wire.ModelInferResponse;
import org.wavebridge.serving.wire.ModelStreamInferResponse;

/**
 * One call of {@code ModelStreamInfer}. Requests with the same {@code sequence_id} are one
 * utterance: the one with {@code sequence_start} has its parameters, each has frames, and the one
 * with {@code sequence_end} ends it. Its sound comes in as many responses as it takes; the last has
 * the parameter {@code triton_final_response}. A request without a sequence is a whole utterance
 * with one response. What goes wrong ends its own utterance, and the call goes on.
 */
final class InferenceSequences implements StreamObserver<ModelInferRequest> {
  private static final int MOST_SEQUENCES = 256;

  private final ModelRepository models;
  private final Function<ModelInferRequest, CompletableFuture<ModelInferResponse>> whole;
  private final ServerCallStreamObserver<ModelStreamInferResponse> observer;
  private final GrpcOutput<ModelStreamInferResponse> output;
  private final Map<String, Sequence> sequences = new HashMap<>();
  private final Map<Long, CompletableFuture<ModelInferResponse>> runs = new HashMap<>();
  private long begun;
  private boolean last;

  InferenceSequences(
      ModelRepository models,
      Function<ModelInferRequest, CompletableFuture<ModelInferResponse>> whole,
      ServerCallStreamObserver<ModelStreamInferResponse> observer) {
    this.models = models;
    this.whole = whole;
    this.observer = observer;
    this.output = new GrpcOutput<>(observer);
    observer.setOnCancelHandler(this::stop);
    observer.disableAutoRequest();
    observer.request(1);
  }

  /** The sequence that a request belongs to, if it belongs to one. */
  static Optional<String> id(ModelInferRequest request) {
    String id = InferenceMessages.parameters(request).getOrDefault("sequence_id", "");
    return id.isEmpty() || id.equals("0") ? Optional.empty() : Optional.of(id);
  }

  @Override
  public void onNext(ModelInferRequest request) {
    try {
      Optional<String> id = id(request);
      if (id.isPresent()) {
        sequence(id.get(), request);
      } else {
        single(request);
      }
    } catch (RuntimeException e) {
      error(request, Refusal.of(e));
      observer.request(1);
    }
  }

  private void single(ModelInferRequest request) {
    CompletableFuture<ModelInferResponse> run = whole.apply(request);
    long number;
    synchronized (this) {
      number = begun++;
      runs.put(number, run);
    }
    CompletableFuture<?> unused =
        run.whenComplete(
            (response, error) -> {
              if (error != null) {
                Throwable cause = error.getCause() == null ? error : error.getCause();
                error(request, Refusal.of(cause));
              } else {
                output.write(
                    ModelStreamInferResponse.newBuilder().setInferResponse(response).build());
              }
              synchronized (this) {
                runs.remove(number);
              }
              endIfDone();
              observer.request(1);
            });
  }

  private void sequence(String id, ModelInferRequest request) {
    Map<String, String> parameters = InferenceMessages.parameters(request);
    boolean starts = Boolean.parseBoolean(parameters.get("sequence_start"));
    Sequence sequence;
    synchronized (this) {
      sequence = sequences.get(id);
      if (starts && sequences.size() >= MOST_SEQUENCES) {
        throw new Refusal(
            Kind.BAD_REQUEST,
            "sequence_id: expected at most %d sequences in a call".formatted(MOST_SEQUENCES));
      }
    }
    if (starts == (sequence != null)) {
      throw new Refusal(
          Kind.BAD_REQUEST,
          "sequence_id '%s': %s"
              .formatted(
                  InferenceTensor.cut(id),
                  starts ? "has started already" : "expected sequence_start in its first request"));
    }
    ServedModel model =
        sequence == null
            ? models.model(request.getModelName(), request.getModelVersion())
            : sequence.model;
    try {
      List<InferenceTensor> inputs =
          request.getInputsCount() == 0 ? List.of() : InferenceMessages.inputs(request);
      List<float[]> rows = inputs.isEmpty() ? List.of() : InferenceCall.rows(model, inputs);
      if (rows.size() > 1) {
        throw new Refusal(
            Kind.BAD_REQUEST, "input 'features': expected a batch of 1 in a sequence");
      }
      Optional<SpeakerEmbedding> speaker = InferenceCall.speakers(inputs, 1).get(0);
      if (sequence != null) {
        sequence.requireSame(speaker);
      } else {
        VocodeSettings settings = InferenceCall.settings(model.name(), model.version(), parameters);
        sequence = new Sequence(id, model, settings.spokenBy(speaker));
        sequence.start();
        synchronized (this) {
          sequences.put(id, sequence);
        }
      }
      sequence.push(request, rows);
      if (Boolean.parseBoolean(parameters.get("sequence_end"))) {
        sequence.stream().finish();
      }
    } catch (Refusal e) {
      if (sequence != null) {
        sequence.cancel();
      }
      throw e;
    }
  }

  private void error(ModelInferRequest request, Refusal reason) {
    output.write(
        ModelStreamInferResponse.newBuilder()
            .setErrorMessage(reason.message())
            .setInferResponse(
                ModelInferResponse.newBuilder()
                    .setModelName(request.getModelName())
                    .setId(request.getId()))
            .build());
  }

  @Override
  public void onError(Throwable error) {
    stop();
  }

  @Override
  public void onCompleted() {
    List<Sequence> open;
    synchronized (this) {
      last = true;
      open = List.copyOf(sequences.values());
    }
    open.forEach(sequence -> sequence.stream().finish());
    endIfDone();
  }

  private void endIfDone() {
    boolean done;
    synchronized (this) {
      done = last && sequences.isEmpty() && runs.isEmpty();
    }
    if (done) {
      output.finish();
    }
  }

  private void stop() {
    output.cancelled();
    List<Sequence> open;
    List<CompletableFuture<ModelInferResponse>> running;
    synchronized (this) {
      open = List.copyOf(sequences.values());
      running = List.copyOf(runs.values());
      sequences.clear();
    }
    open.forEach(sequence -> sequence.stream().cancel());
    running.forEach(run -> run.cancel(false));
  }

  /** One utterance of the call. */
  private final class Sequence implements ServedStream.Sink {
    private final String id;
    private final ServedModel model;
    private final VocodeSettings settings;
    private volatile ModelInferRequest latest = ModelInferRequest.getDefaultInstance();
    private @Nullable ServedStream stream;

    Sequence(String id, ServedModel model, VocodeSettings settings) {
      this.id = id;
      this.model = model;
      this.settings = settings;
    }

    void start() {
      stream = model.stream(settings, OptionalLong.empty(), this);
      stream.request(model.manifest().audio().sampleRate());
    }

    /** Later requests may say again who speaks. */
    void requireSame(Optional<SpeakerEmbedding> speaker) {
      float[] first = settings.speaker().map(SpeakerEmbedding::values).orElse(new float[0]);
      if (speaker.isPresent() && !Arrays.equals(first, speaker.get().values())) {
        throw new Refusal(
            Kind.BAD_REQUEST,
            "input 'speaker': expected that of the sequence's first request, or none");
      }
    }

    ServedStream stream() {
      if (stream == null) {
        throw new IllegalStateException("not started");
      }
      return stream;
    }

    void push(ModelInferRequest request, List<float[]> rows) {
      latest = request;
      if (rows.isEmpty()) {
        observer.request(1);
      } else {
        stream().push(rows.get(0), () -> observer.request(1));
      }
    }

    void cancel() {
      if (stream != null) {
        stream.cancel();
      }
      gone();
    }

    private void gone() {
      synchronized (InferenceSequences.this) {
        sequences.remove(id);
      }
      endIfDone();
    }

    private ModelStreamInferResponse response(long first, byte[] audio, boolean finalOne) {
      PcmEncoding encoding = settings.encoding();
      long samples = audio.length / encoding.bytes();
      String type = encoding == PcmEncoding.F32LE ? InferenceTensor.FP32 : InferenceTensor.INT16;
      ModelInferResponse.Builder response =
          InferenceMessages.response(
              latest,
              model,
              List.of(
                  new InferenceTensor(InferenceCall.AUDIO, type, new long[] {1, samples}, audio)));
      response.putParameters("sequence_id", InferParameter.newBuilder().setStringParam(id).build());
      response.putParameters(
          "first_sample", InferParameter.newBuilder().setInt64Param(first).build());
      response.putParameters(
          "triton_final_response", InferParameter.newBuilder().setBoolParam(finalOne).build());
      return ModelStreamInferResponse.newBuilder().setInferResponse(response).build();
    }

    @Override
    public void audio(long first, byte[] audio) {
      output.write(
          response(first, audio, false), stream(), audio.length / settings.encoding().bytes());
    }

    @Override
    public void finished() {
      output.write(response(0, new byte[0], true));
      gone();
    }

    @Override
    public void failed(Refusal reason) {
      error(latest, reason);
      gone();
    }
  }
}
