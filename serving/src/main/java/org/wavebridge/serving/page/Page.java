package org.wavebridge.serving.page;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.files.FileErrors;
import org.wavebridge.serving.engine.ModelRepository;
import org.wavebridge.serving.engine.Refusal;
import org.wavebridge.serving.engine.Refusal.Kind;
import org.wavebridge.serving.engine.ServedModel;
import org.wavebridge.serving.http.Json;

/** The page and its files, the list of models, and the utterances that it offers. */
public final class Page {
  private static final Map<String, MediaType> FILES =
      Map.of(
          "index.html", MediaType.HTML_UTF_8,
          "page.css", MediaType.CSS_UTF_8,
          "page.js", MediaType.JAVASCRIPT_UTF_8,
          "player.js", MediaType.JAVASCRIPT_UTF_8,
          "pictures.js", MediaType.JAVASCRIPT_UTF_8,
          "features.js", MediaType.JAVASCRIPT_UTF_8);

  /** Nothing of another server, and no script but ours. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final ModelRepository models;
  private final Map<String, Path> examples;

  /**
   * A page for some models.
   *
   * @param examples {@code .npy} files that it offers, by name
   */
  public Page(ModelRepository models, Map<String, Path> examples) {
    this.models = models;
    this.examples = examples;
  }

  /** Adds its paths to a server. */
  public void add(ServerBuilder server) {
    server.route().get("/").build((context, request) -> file("index.html"));
    FILES
        .keySet()
        .forEach(
            name -> server.route().get("/page/" + name).build((context, request) -> file(name)));
    server.route().get("/v1/models").build((context, request) -> json(list()));
    server
        .route()
        .get("/v1/examples")
        .build((context, request) -> json(examples.keySet().stream().sorted().toList()));
    server.route().get("/v1/examples/{name}").build((context, request) -> example(context));
  }

  private static HttpResponse json(Object value) {
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON, Json.MAPPER.writeValueAsString(value));
  }

  private static HttpResponse file(String name) {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("this build does not carry the page's " + name);
      }
      MediaType type = FILES.getOrDefault(name, MediaType.OCTET_STREAM);
      return HttpResponse.of(
          ResponseHeaders.builder(HttpStatus.OK)
              .contentType(type)
              .set(HttpHeaderNames.CACHE_CONTROL, "no-cache")
              .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, POLICY)
              .set(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
              .build(),
          HttpData.wrap(in.readAllBytes()));
    } catch (IOException e) {
      throw new IllegalStateException("the page's " + name + " cannot be read", e);
    }
  }

  private List<Map<String, Object>> list() {
    List<Map<String, Object>> list = new ArrayList<>();
    for (ServedModel model : models.models()) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("name", model.name());
      each.put("version", model.version());
      each.put("precisions", model.precisions());
      each.put("backend", model.backend());
      each.put("network", model.manifest().network().kind());
      each.put("sample_rate", model.manifest().audio().sampleRate());
      each.put("mels", model.manifest().features().mels());
      each.put("hop", model.manifest().features().hop());
      list.add(each);
    }
    return list;
  }

  private HttpResponse example(ServiceRequestContext context) {
    @Nullable Path file = examples.get(context.pathParam("name"));
    if (file == null) {
      throw new Refusal(Kind.NOT_FOUND, "there is no such utterance; see /v1/examples");
    }
    try {
      return HttpResponse.of(
          HttpStatus.OK,
          MediaType.create("application", "x-npy"),
          HttpData.wrap(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + FileErrors.reason(e), e);
    }
  }
}
