package org.wavebridge.serving.http;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.serving.engine.ModelRepository;
import org.wavebridge.serving.engine.Refusal;
import org.wavebridge.serving.engine.Refusal.Kind;
import org.wavebridge.serving.engine.ServedModel;
import org.wavebridge.serving.engine.ServedStream;
import org.wavebridge.serving.engine.VocodeSettings;

/**
 * {@code POST /v1/vocode}: features in the body, sound in the response as it is made. A body with a
 * length is read whole, and its sound has exactly the bytes that the command writes; one without,
 * of float32 frames, is vocoded while it comes.
 */
public final class VocodeHandler implements HttpService {
  private final ModelRepository models;

  /** A handler for some models. */
  public VocodeHandler(ModelRepository models) {
    this.models = models;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    SoundForm form = SoundForm.of(request.headers().accept());
    VocodeSettings settings = settings(context).in(form.encoding());
    ServedModel model = models.model(settings.model(), settings.version());
    FeatureBody.Type type = FeatureBody.type(request.contentType());
    if (request.headers().contentLength() < 0 && type != FeatureBody.Type.NPY) {
      return live(context, request, form, settings, model);
    }
    CompletableFuture<HttpResponse> response =
        request
            .aggregate()
            .thenApplyAsync(
                whole -> {
                  context.clearRequestTimeout();
                  // It may have been replaced while the body came.
                  ServedModel now = models.model(settings.model(), settings.version());
                  int mels = now.manifest().features().mels();
                  byte[] body = whole.content().array();
                  return whole(form, settings, now, FeatureBody.frames(body, type, mels));
                },
                context.blockingTaskExecutor());
    return HttpResponse.of(response);
  }

  /** The settings in a query. */
  private static VocodeSettings settings(ServiceRequestContext context) {
    VocodeSettings settings = VocodeSettings.DEFAULT;
    for (Map.Entry<String, String> each : context.queryParams()) {
      settings =
          settings
              .with(each.getKey(), each.getValue())
              .orElseThrow(
                  () ->
                      new Refusal(
                          Kind.BAD_REQUEST,
                          "expected the parameters model, version, seed, temperature, precision, from or speaker, found '%s'"
                              .formatted(cut(each.getKey()))));
    }
    return settings;
  }

  private static String cut(String name) {
    return name.length() <= 40 ? name : name.substring(0, 40) + "...";
  }

  private static HttpResponse whole(
      SoundForm form, VocodeSettings settings, ServedModel model, float[] frames) {
    BundleManifest manifest = model.manifest();
    int count = frames.length / manifest.features().mels();
    long samples = manifest.utterance().samples(count, manifest.features().hop());
    if (samples == 0) {
      throw new InputException(
          "body: expected features of at least %d frames, found %d"
              .formatted(
                  manifest.utterance().leadFrames() + manifest.utterance().tailFrames() + 1,
                  count));
    }
    long left = Math.max(0, samples - settings.fromSample());
    SoundResponse response =
        new SoundResponse(form, manifest.audio().sampleRate(), OptionalLong.of(left));
    ServedStream stream = model.stream(settings, OptionalLong.of(count), response);
    HttpResponse taken = response.take(stream);
    stream.push(frames, () -> {});
    stream.finish();
    return taken;
  }

  private static HttpResponse live(
      ServiceRequestContext context,
      HttpRequest request,
      SoundForm form,
      VocodeSettings settings,
      ServedModel model) {
    context.clearRequestTimeout();
    SoundResponse response =
        new SoundResponse(form, model.manifest().audio().sampleRate(), OptionalLong.empty());
    ServedStream stream = model.stream(settings, OptionalLong.empty(), response);
    HttpResponse taken = response.take(stream);
    request.subscribe(new LiveBody(stream, response), context.eventLoop());
    return taken;
  }
}
