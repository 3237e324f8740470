package org.wavebridge.serving.inference;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.wavebridge.serving.engine.ModelRepository;
import org.wavebridge.serving.engine.Refusal;
import org.wavebridge.serving.engine.Refusal.Kind;
import org.wavebridge.serving.engine.ServedModel;
import org.wavebridge.serving.http.Json;
import tools.jackson.databind.JsonNode;

/** The protocol over REST: health, metadata, inference, and the model repository. */
public final class InferenceRest {
  private static final String JSON_LENGTH = "inference-header-content-length";
  private static final String NAME = "name";
  private static final String VERSION = "version";

  private final ModelRepository models;
  private final long mostBytes;

  /**
   * A service of some models.
   *
   * @param mostBytes of audio in a response
   */
  public InferenceRest(ModelRepository models, long mostBytes) {
    this.models = models;
    this.mostBytes = mostBytes;
  }

  /** Adds the paths of the protocol to a server. */
  public void add(ServerBuilder server) {
    get(server, "/v2", context -> json(serverMetadata()));
    get(server, "/v2/health/live", context -> json(Map.of("live", true)));
    get(
        server,
        "/v2/health/ready",
        context -> ready(models.ready(), Map.of("ready", models.ready())));
    for (String model : List.of("/v2/models/{name}", "/v2/models/{name}/versions/{version}")) {
      get(server, model, context -> json(metadata(model(context))));
      get(server, model + "/ready", this::modelReady);
      post(server, model + "/infer", this::infer);
    }
    post(server, "/v2/repository/index", this::index);
    post(
        server,
        "/v2/repository/models/{name}/load",
        (context, body) -> change(context, models::load));
    post(
        server,
        "/v2/repository/models/{name}/unload",
        (context, body) -> change(context, models::unload));
  }

  private static void get(
      ServerBuilder server, String path, Function<ServiceRequestContext, HttpResponse> answer) {
    server.route().get(path).build((context, request) -> answer.apply(context));
  }

  private static void post(
      ServerBuilder server,
      String path,
      BiFunction<ServiceRequestContext, AggregatedHttpRequest, HttpResponse> answer) {
    HttpService service =
        (ServiceRequestContext context, HttpRequest request) ->
            HttpResponse.of(
                request
                    .aggregate()
                    .thenApplyAsync(
                        whole -> answer.apply(context, whole), context.blockingTaskExecutor()));
    server.route().post(path).build(service);
  }

  private static HttpResponse json(Object value) {
    return ready(true, value);
  }

  private static HttpResponse ready(boolean ready, Object value) {
    return HttpResponse.of(
        ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE,
        MediaType.JSON,
        Json.MAPPER.writeValueAsString(value));
  }

  private static Map<String, Object> serverMetadata() {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put(NAME, ModelDescription.SERVER);
    metadata.put(VERSION, ModelDescription.version());
    metadata.put("extensions", ModelDescription.EXTENSIONS);
    return metadata;
  }

  private static String param(ServiceRequestContext context, String name) {
    @Nullable String value = context.pathParam(name);
    return value == null ? "" : value;
  }

  private ServedModel model(ServiceRequestContext context) {
    return models.model(param(context, NAME), param(context, VERSION));
  }

  private Map<String, Object> metadata(ServedModel model) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put(NAME, model.name());
    metadata.put("versions", models.versions(model.name()));
    metadata.put("platform", ModelDescription.platform(model));
    metadata.put("inputs", ModelDescription.inputs(model));
    metadata.put("outputs", ModelDescription.outputs());
    return metadata;
  }

  private HttpResponse modelReady(ServiceRequestContext context) {
    ServedModel model = model(context);
    return json(Map.of(NAME, model.name(), "ready", true));
  }

  private HttpResponse infer(ServiceRequestContext context, AggregatedHttpRequest request) {
    ServedModel model = model(context);
    byte[] body = request.content().array();
    InferenceJson json = new InferenceJson(body, jsonLength(request, body.length));
    Map<String, String> parameters = json.parameters();
    String sequence = parameters.getOrDefault("sequence_id", "0");
    if (!sequence.isEmpty() && !sequence.equals("0")) {
      throw new Refusal(
          Kind.BAD_REQUEST,
          "parameters: sequences are vocoded by ModelStreamInfer (gRPC), or by WebSocket at /v1/stream");
    }
    json.outputs();
    InferenceCall call =
        InferenceCall.of(
            model,
            InferenceCall.settings(model.name(), model.version(), parameters),
            json.inputs(),
            mostBytes);
    CompletableFuture<List<InferenceTensor>> run = InferenceRun.start(call);
    context.clearRequestTimeout();
    CompletableFuture<?> unused = context.log().whenComplete().thenRun(() -> run.cancel(false));
    return HttpResponse.of(
        run.thenApplyAsync(
            made -> response(json.response(call, made)), context.blockingTaskExecutor()));
  }

  private static int jsonLength(AggregatedHttpRequest request, int length) {
    @Nullable String header = request.headers().get(JSON_LENGTH);
    if (header == null) {
      return length;
    }
    if (!header.matches("\\d{1,9}") || Integer.parseInt(header) > length) {
      throw new Refusal(
          Kind.BAD_REQUEST,
          "Inference-Header-Content-Length: expected 0 to %d bytes, found '%s'"
              .formatted(length, InferenceTensor.cut(header)));
    }
    return Integer.parseInt(header);
  }

  private static HttpResponse response(InferenceJson.Response response) {
    boolean binary = response.binary().length > 0;
    ResponseHeadersBuilder headers =
        ResponseHeaders.builder(HttpStatus.OK)
            .contentType(binary ? MediaType.OCTET_STREAM : MediaType.JSON);
    if (binary) {
      headers.set(JSON_LENGTH, String.valueOf(response.json().length));
    }
    return HttpResponse.of(headers.build(), HttpData.wrap(response.body()));
  }

  private HttpResponse index(ServiceRequestContext context, AggregatedHttpRequest request) {
    byte[] body = request.content().array();
    boolean onlyReady = false;
    if (body.length > 0) {
      JsonNode wanted = Json.object(body, body.length, "body").path("ready");
      if (!wanted.isMissingNode() && !wanted.isBoolean()) {
        throw new Refusal(
            Kind.BAD_REQUEST, "ready: expected true or false, found " + Json.kind(wanted));
      }
      onlyReady = wanted.isBoolean() && wanted.booleanValue();
    }
    return json(index(models, onlyReady));
  }

  /** The index of the repository. */
  static List<Map<String, Object>> index(ModelRepository models, boolean onlyReady) {
    return models.index().stream()
        .filter(entry -> !onlyReady || entry.state() == ModelRepository.State.READY)
        .map(
            entry -> {
              Map<String, Object> each = new LinkedHashMap<>();
              each.put(NAME, entry.name());
              each.put(VERSION, entry.version());
              each.put("state", entry.state().name().toUpperCase(Locale.ROOT));
              each.put("reason", entry.reason());
              return each;
            })
        .toList();
  }

  private static HttpResponse change(ServiceRequestContext context, Consumer<String> change) {
    context.clearRequestTimeout();
    change.accept(param(context, NAME));
    return json(Map.of());
  }
}
