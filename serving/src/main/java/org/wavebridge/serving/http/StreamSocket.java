package org.wavebridge.serving.http;

import com.linecorp.armeria.common.websocket.CloseWebSocketFrame;
import com.linecorp.armeria.common.websocket.WebSocket;
import com.linecorp.armeria.common.websocket.WebSocketCloseStatus;
import com.linecorp.armeria.common.websocket.WebSocketFrame;
import com.linecorp.armeria.common.websocket.WebSocketWriter;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.websocket.WebSocketServiceHandler;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.wavebridge.serving.engine.ModelRepository;
import org.wavebridge.serving.engine.PcmEncoding;
import org.wavebridge.serving.engine.Refusal;
import org.wavebridge.serving.engine.Refusal.Kind;
import org.wavebridge.serving.engine.ServedModel;
import org.wavebridge.serving.engine.ServedStream;
import org.wavebridge.serving.engine.VocodeSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Streams by WebSocket, one after the other on a connection. The client sends {@code {"start":
 * {settings}}}, binary messages of frames ({@code [frames, mels]}, float32, little endian), and
 * {@code {"finish": true}}, or {@code {"cancel": true}}. The server sends {@code {"started":
 * {...}}}, binary messages of samples, and {@code {"finished": {...}}}; or {@code {"error": "one
 * line", ...}}, after which the next stream may start.
 */
public final class StreamSocket implements WebSocketServiceHandler {
  private final ModelRepository models;

  /** A handler for some models. */
  public StreamSocket(ModelRepository models) {
    this.models = models;
  }

  @Override
  public WebSocket handle(ServiceRequestContext context, WebSocket in) {
    context.clearRequestTimeout();
    WebSocketWriter out = WebSocket.streaming();
    Connection connection = new Connection(context, out);
    in.subscribe(connection, context.eventLoop());
    CompletableFuture<?> unused =
        out.whenComplete().whenComplete((nothing, error) -> connection.gone());
    return out;
  }

  /** One connection. */
  private final class Connection implements Subscriber<WebSocketFrame> {
    private final ServiceRequestContext context;
    private final WebSocketWriter out;
    private @Nullable Subscription subscription;
    private @Nullable Utterance utterance;

    Connection(ServiceRequestContext context, WebSocketWriter out) {
      this.context = context;
      this.out = out;
    }

    @Override
    public void onSubscribe(Subscription given) {
      subscription = given;
      given.request(1);
    }

    private void next() {
      if (subscription != null) {
        subscription.request(1);
      }
    }

    @Override
    public void onNext(WebSocketFrame frame) {
      try (frame) {
        switch (frame.type()) {
          case TEXT -> control(frame.text());
          case BINARY -> frames(frame.array());
          case PING -> {
            out.writePong(frame.array());
            next();
          }
          case CLOSE -> {
            gone();
            out.close(status((CloseWebSocketFrame) frame));
          }
          default -> next();
        }
      } catch (RuntimeException e) {
        refuse(Refusal.of(e));
        next();
      }
    }

    private static WebSocketCloseStatus status(CloseWebSocketFrame frame) {
      return frame.status() == null ? WebSocketCloseStatus.NORMAL_CLOSURE : frame.status();
    }

    private void control(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      ObjectNode message = Json.object(bytes, bytes.length, "message");
      Utterance current = live();
      if (message.has("start")) {
        if (current != null) {
          throw bad("start: expected the stream before to be finished or cancelled");
        }
        context.run(() -> start(message.path("start")));
      } else if (current == null) {
        throw bad("expected {\"start\": {...}} first");
      } else if (message.path("finish").asBoolean(false)) {
        current.stream().finish();
      } else if (message.path("cancel").asBoolean(false)) {
        current.end();
        send("cancelled", Map.of());
      } else {
        throw bad("expected start, finish or cancel");
      }
      next();
    }

    private @Nullable Utterance live() {
      return utterance == null || utterance.over ? null : utterance;
    }

    private void start(JsonNode node) {
      if (!(node instanceof ObjectNode given)) {
        throw bad("start: expected an object, found " + Json.kind(node));
      }
      VocodeSettings settings = VocodeSettings.DEFAULT;
      for (Map.Entry<String, JsonNode> each : given.properties()) {
        String name = each.getKey();
        if (each.getValue().isContainer() || each.getValue().isNull()) {
          throw bad("start: expected a text or number for each setting");
        }
        String value = each.getValue().asString();
        settings =
            name.equals("encoding")
                ? settings.in(encoding(value))
                : settings
                    .with(name, value)
                    .orElseThrow(
                        () ->
                            bad(
                                "start: expected model, version, seed, temperature, precision, from, speaker or encoding"));
      }
      ServedModel model = models.model(settings.model(), settings.version());
      Utterance begun = new Utterance(this, settings);
      begun.stream = model.stream(settings, OptionalLong.empty(), begun);
      utterance = begun;
      Map<String, Object> started = new LinkedHashMap<>();
      started.put("model", model.name());
      started.put("version", model.version());
      started.put("sample_rate", model.manifest().audio().sampleRate());
      started.put("hop", model.manifest().features().hop());
      started.put("mels", model.manifest().features().mels());
      send("started", started);
      begun.stream().request(model.manifest().audio().sampleRate());
    }

    private static PcmEncoding encoding(String name) {
      return switch (name) {
        case "s16le" -> PcmEncoding.S16LE;
        case "s16be" -> PcmEncoding.S16BE;
        case "f32le" -> PcmEncoding.F32LE;
        default -> throw bad("encoding: expected s16le, s16be or f32le");
      };
    }

    private void frames(byte[] bytes) {
      Utterance current = live();
      if (current == null) {
        // Frames of a stream that has failed may still be on their way.
        if (utterance == null) {
          throw bad("expected {\"start\": {...}} first");
        }
        next();
        return;
      }
      int frame = 4 * current.stream().mels();
      if (bytes.length == 0 || bytes.length % frame != 0) {
        current.end();
        throw bad(
            "expected whole frames of %d float32 values (%d bytes each), found %d bytes"
                .formatted(current.stream().mels(), frame, bytes.length));
      }
      current.stream().push(FeatureBody.floats(bytes, bytes.length), this::next);
    }

    private void send(String name, Map<String, Object> value) {
      boolean unused = out.tryWrite(Json.MAPPER.writeValueAsString(Map.of(name, value)));
    }

    private void refuse(Refusal reason) {
      Map<String, Object> message = new LinkedHashMap<>();
      message.put("error", reason.message());
      message.put("kind", reason.kind().name().toLowerCase(Locale.ROOT));
      reason.retryAfter().ifPresent(time -> message.put("retry_after", time.toMillis() / 1000.0));
      boolean unused = out.tryWrite(Json.MAPPER.writeValueAsString(message));
    }

    @Override
    public void onError(Throwable error) {
      gone();
      out.close(WebSocketCloseStatus.PROTOCOL_ERROR);
    }

    @Override
    public void onComplete() {
      gone();
      out.close();
    }

    /** The client is gone. */
    void gone() {
      Utterance current = live();
      if (current != null) {
        current.end();
      }
    }
  }

  private static Refusal bad(String message) {
    return new Refusal(Kind.BAD_REQUEST, message);
  }

  /** One stream of a connection. */
  private static final class Utterance implements ServedStream.Sink {
    private final Connection connection;
    private final VocodeSettings settings;
    private volatile @Nullable ServedStream stream;
    private volatile boolean over;
    private long samples;

    Utterance(Connection connection, VocodeSettings settings) {
      this.connection = connection;
      this.settings = settings;
    }

    ServedStream stream() {
      ServedStream current = stream;
      if (current == null) {
        throw new IllegalStateException("not started");
      }
      return current;
    }

    void end() {
      over = true;
      stream().cancel();
    }

    @Override
    public void audio(long first, byte[] audio) {
      int count = audio.length / settings.encoding().bytes();
      samples = first + count;
      if (connection.out.tryWrite(WebSocketFrame.ofBinary(audio))) {
        CompletableFuture<?> unused =
            connection.out.whenConsumed().thenRun(() -> stream().request(count));
      }
    }

    @Override
    public void finished() {
      over = true;
      connection.send("finished", Map.of("samples", samples));
    }

    @Override
    public void failed(Refusal reason) {
      over = true;
      connection.refuse(reason);
    }
  }
}
