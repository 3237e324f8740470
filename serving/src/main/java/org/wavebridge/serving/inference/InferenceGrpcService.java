package org.wavebridge.serving.inference;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.wavebridge.serving.engine.ModelRepository;
import org.wavebridge.serving.engine.Refusal;
import org.wavebridge.serving.engine.Refusal.Kind;
import org.wavebridge.serving.engine.ServedModel;
import org.wavebridge.serving.grpc.GrpcErrors;
import org.wavebridge.serving.wire.GRPCInferenceServiceGrpc;
import org.wavebridge.serving.wire.ModelInferRequest;
import org.wavebridge.serving.wire.ModelInferResponse;
import org.wavebridge.serving.wire.ModelMetadataRequest;
import org.wavebridge.serving.wire.ModelMetadataResponse;
import org.wavebridge.serving.wire.ModelReadyRequest;
import org.wavebridge.serving.wire.ModelReadyResponse;
import org.wavebridge.serving.wire.ModelStreamInferResponse;
import org.wavebridge.serving.wire.RepositoryIndexRequest;
import org.wavebridge.serving.wire.RepositoryIndexResponse;
import org.wavebridge.serving.wire.RepositoryModelLoadRequest;
import org.wavebridge.serving.wire.RepositoryModelLoadResponse;
import org.wavebridge.serving.wire.RepositoryModelUnloadRequest;
import org.wavebridge.serving.wire.RepositoryModelUnloadResponse;
import org.wavebridge.serving.wire.ServerLiveRequest;
import org.wavebridge.serving.wire.ServerLiveResponse;
import org.wavebridge.serving.wire.ServerMetadataRequest;
import org.wavebridge.serving.wire.ServerMetadataResponse;
import org.wavebridge.serving.wire.ServerReadyRequest;
import org.wavebridge.serving.wire.ServerReadyResponse;

/** The protocol over gRPC. */
public final class InferenceGrpcService
    extends GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase {
  private final ModelRepository models;
  private final long mostBytes;

  /**
   * A service of some models.
   *
   * @param mostBytes of audio in a response
   */
  public InferenceGrpcService(ModelRepository models, long mostBytes) {
    this.models = models;
    this.mostBytes = mostBytes;
  }

  private static <T> void answer(StreamObserver<T> responses, Supplier<T> work) {
    T response;
    try {
      response = work.get();
    } catch (RuntimeException e) {
      responses.onError(GrpcErrors.status(e));
      return;
    }
    responses.onNext(response);
    responses.onCompleted();
  }

  @Override
  public void serverLive(ServerLiveRequest request, StreamObserver<ServerLiveResponse> responses) {
    answer(responses, () -> ServerLiveResponse.newBuilder().setLive(true).build());
  }

  @Override
  public void serverReady(
      ServerReadyRequest request, StreamObserver<ServerReadyResponse> responses) {
    answer(responses, () -> ServerReadyResponse.newBuilder().setReady(models.ready()).build());
  }

  @Override
  public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> responses) {
    answer(
        responses,
        () ->
            ModelReadyResponse.newBuilder()
                .setReady(isReady(request.getName(), request.getVersion()))
                .build());
  }

  private boolean isReady(String name, String version) {
    List<String> versions = models.versions(name);
    return version.isEmpty() ? !versions.isEmpty() : versions.contains(version);
  }

  @Override
  public void serverMetadata(
      ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> responses) {
    answer(
        responses,
        () ->
            ServerMetadataResponse.newBuilder()
                .setName(ModelDescription.SERVER)
                .setVersion(ModelDescription.version())
                .addAllExtensions(ModelDescription.EXTENSIONS)
                .build());
  }

  @Override
  public void modelMetadata(
      ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> responses) {
    answer(
        responses,
        () -> {
          ServedModel model = models.model(request.getName(), request.getVersion());
          return ModelMetadataResponse.newBuilder()
              .setName(model.name())
              .addAllVersions(models.versions(model.name()))
              .setPlatform(ModelDescription.platform(model))
              .addAllInputs(tensors(ModelDescription.inputs(model)))
              .addAllOutputs(tensors(ModelDescription.outputs()))
              .build();
        });
  }

  private static List<ModelMetadataResponse.TensorMetadata> tensors(
      List<ModelDescription.Tensor> tensors) {
    return tensors.stream()
        .map(
            tensor ->
                ModelMetadataResponse.TensorMetadata.newBuilder()
                    .setName(tensor.name())
                    .setDatatype(tensor.datatype())
                    .addAllShape(tensor.shape())
                    .build())
        .toList();
  }

  @Override
  public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> responses) {
    ServerCallStreamObserver<ModelInferResponse> observer =
        (ServerCallStreamObserver<ModelInferResponse>) responses;
    try {
      if (InferenceSequences.id(request).isPresent()) {
        throw new Refusal(
            Kind.BAD_REQUEST, "parameters: sequences are vocoded by ModelStreamInfer");
      }
      CompletableFuture<ModelInferResponse> run = infer(request);
      observer.setOnCancelHandler(() -> run.cancel(false));
      CompletableFuture<?> unused =
          run.whenComplete(
              (response, error) -> {
                if (error != null) {
                  responses.onError(GrpcErrors.status(error));
                } else {
                  responses.onNext(response);
                  responses.onCompleted();
                }
              });
    } catch (RuntimeException e) {
      responses.onError(GrpcErrors.status(e));
    }
  }

  /** The response to a request for whole utterances; to cancel it frees its rows. */
  CompletableFuture<ModelInferResponse> infer(ModelInferRequest request) {
    InferenceMessages.requireOutputs(request);
    ServedModel model = models.model(request.getModelName(), request.getModelVersion());
    InferenceCall call =
        InferenceCall.of(
            model,
            InferenceCall.settings(
                model.name(), model.version(), InferenceMessages.parameters(request)),
            InferenceMessages.inputs(request),
            mostBytes);
    CompletableFuture<List<InferenceTensor>> run = InferenceRun.start(call);
    CompletableFuture<ModelInferResponse> response =
        run.thenApply(made -> InferenceMessages.response(request, model, made).build());
    CompletableFuture<?> unused = response.whenComplete((nothing, error) -> run.cancel(false));
    return response;
  }

  @Override
  public StreamObserver<ModelInferRequest> modelStreamInfer(
      StreamObserver<ModelStreamInferResponse> responses) {
    return new InferenceSequences(
        models, this::infer, (ServerCallStreamObserver<ModelStreamInferResponse>) responses);
  }

  @Override
  public void repositoryIndex(
      RepositoryIndexRequest request, StreamObserver<RepositoryIndexResponse> responses) {
    answer(
        responses,
        () -> {
          RepositoryIndexResponse.Builder index = RepositoryIndexResponse.newBuilder();
          models.index().stream()
              .filter(each -> !request.getReady() || each.state() == ModelRepository.State.READY)
              .forEach(
                  each ->
                      index
                          .addModelsBuilder()
                          .setName(each.name())
                          .setVersion(each.version())
                          .setState(each.state().name())
                          .setReason(each.reason()));
          return index.build();
        });
  }

  @Override
  public void repositoryModelLoad(
      RepositoryModelLoadRequest request, StreamObserver<RepositoryModelLoadResponse> responses) {
    answer(
        responses,
        () -> {
          models.load(request.getModelName());
          return RepositoryModelLoadResponse.getDefaultInstance();
        });
  }

  @Override
  public void repositoryModelUnload(
      RepositoryModelUnloadRequest request,
      StreamObserver<RepositoryModelUnloadResponse> responses) {
    answer(
        responses,
        () -> {
          models.unload(request.getModelName());
          return RepositoryModelUnloadResponse.getDefaultInstance();
        });
  }
}
