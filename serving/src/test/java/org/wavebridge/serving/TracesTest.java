package org.wavebridge.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.graphs.InputException;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.serving.Collector.Span;
import org.wavebridge.serving.LoadClient.Protocol;
import org.wavebridge.serving.LoadClient.Reading;
import org.wavebridge.serving.LoadClient.Utterance;
import org.wavebridge.serving.engine.ServedModel.Opening;
import org.wavebridge.serving.trace.TraceOptions;

/** What a collector of traces is told: the spans of a request, where somebody asks for them. */
final class TracesTest {
  private static final Features FEATURES = TestServer.features(40);
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String CALLER = "b7ad6b7169203331";
  private static final String PARENT = "00-" + TRACE + "-" + CALLER + "-01";
  private static final long SERVER = 2;
  private static final long INTERNAL = 1;

  @TempDir Path folder;
  private Path bundle;
  private Collector collector;

  @BeforeEach
  void start() {
    bundle = TestServer.bundle(folder.resolve("voice"), 5);
    collector = new Collector();
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  private VocoderServer server(boolean traced, int streams) {
    ServeOptions plain = TestServer.options(folder);
    Opening opening = plain.opening();
    Optional<String> address = traced ? Optional.of(collector.address()) : Optional.empty();
    return VocoderServer.start(
        List.of(bundle),
        new ServeOptions(
            plain.host(),
            0,
            plain.tls(),
            plain.token(),
            plain.origins(),
            plain.drain(),
            plain.limits(),
            new Opening(
                "cpu",
                List.of("int8"),
                1,
                opening.service().withBounds(streams, 1024, opening.service().mostAhead())),
            plain.examples(),
            plain.accessLog(),
            TraceOptions.of(address, Map.of())));
  }

  private Span span(String name) {
    List<Span> found = spans(name);
    assertEquals(1, found.size(), name + " of " + collector.spans());
    return found.get(0);
  }

  private List<Span> spans(String name) {
    return collector.spans().stream().filter(span -> span.name().equals(name)).toList();
  }

  @Test
  void aRequestIsInTheTraceOfItsCallerAndSaysWhereItsTimeWent() throws Exception {
    byte[] wav = TestServer.vocode(bundle, "int8", FEATURES, 0, 1);
    try (VocoderServer server = server(true, 10)) {
      byte[] made =
          TestServer.post(server, "/v1/vocode", TestServer.raw(FEATURES), "traceparent", PARENT)
              .body();
      assertArrayEquals(wav, made);
    }
    assertEquals(Set.of("wavebridge"), Set.copyOf(collector.services()));
    Span request = span("POST /v1/vocode");
    assertEquals(TRACE, request.trace());
    assertEquals(CALLER, request.parent());
    assertEquals(SERVER, request.kind());
    assertEquals(200L, request.attributes().get("http.response.status_code"));
    assertEquals("/v1/vocode", request.attributes().get("http.route"));
    Span stream = span("wavebridge.stream");
    assertEquals(request.id(), stream.parent());
    assertEquals(INTERNAL, stream.kind());
    assertEquals("voice", stream.attributes().get("wavebridge.model.name"));
    assertEquals("1", stream.attributes().get("wavebridge.model.version"));
    assertEquals("int8", stream.attributes().get("wavebridge.precision"));
    assertEquals(40L, stream.attributes().get("wavebridge.frames"));
    assertEquals((wav.length - 44) / 2L, stream.attributes().get("wavebridge.samples"));
    assertEquals("finished", stream.attributes().get("wavebridge.outcome"));
    Span queue = span("wavebridge.queue");
    Span first = span("wavebridge.first_sample");
    Span generation = span("wavebridge.generation");
    assertEquals(1.0, generation.attributes().get("wavebridge.rows_per_call"));
    assertTrue((long) generation.attributes().get("wavebridge.calls") >= 1);
    assertTrue(queue.start() <= queue.end(), queue.toString());
    assertEquals(queue.end(), first.start());
    assertEquals(first.end(), generation.start());
    assertEquals(generation.end(), stream.end());
    for (Span part : List.of(queue, first, generation)) {
      assertEquals(stream.id(), part.parent());
      assertEquals(TRACE, part.trace());
    }
    assertEquals(5, collector.spans().size(), collector.spans().toString());
  }

  @Test
  void everyProtocolHasThem() throws Exception {
    Features features = TestServer.features(400);
    byte[] wav = TestServer.vocode(bundle, "int8", features, 1, 1);
    byte[] expected = Arrays.copyOfRange(wav, 44, wav.length);
    Utterance utterance = new Utterance(features, "int8", 1, 1, expected);
    String two =
        "{\"inputs\":[{\"name\":\"features\",\"shape\":[2,6,20],\"datatype\":\"FP32\",\"data\":%s}]}"
            .formatted(Arrays.toString(new float[2 * 6 * 20]));
    try (VocoderServer server = server(true, 10);
        LoadClient client = new LoadClient(server)) {
      assertArrayEquals(expected, client.take(utterance, Protocol.WEB_SOCKET, Reading.WHOLE));
      assertArrayEquals(expected, client.take(utterance, Protocol.GRPC, Reading.WHOLE));
      client.take(utterance, Protocol.WEB_SOCKET, Reading.CANCELLED);
      assertEquals(
          200,
          TestServer.post(server, "/v2/models/voice/infer", two.getBytes(StandardCharsets.UTF_8))
              .statusCode());
    }
    Span call = span("wavebridge.v1.Vocoder/Vocode");
    assertEquals("", call.parent());
    assertEquals("grpc", call.attributes().get("rpc.system"));
    assertEquals("wavebridge.v1.Vocoder", call.attributes().get("rpc.service"));
    assertEquals("Vocode", call.attributes().get("rpc.method"));
    assertEquals(0L, call.attributes().get("rpc.grpc.status_code"));
    assertEquals(List.of("finished"), outcomes(call));
    List<Span> sockets = spans("GET /v1/stream");
    assertEquals(
        Set.of(List.of("finished"), List.of("cancelled")),
        sockets.stream().map(this::outcomes).collect(Collectors.toSet()));
    Span batch = span("POST /v2/models/:name/infer");
    assertEquals("/v2/models/voice/infer", batch.attributes().get("url.path"));
    assertEquals(List.of("finished", "finished"), outcomes(batch));
  }

  /** What became of the streams of a request. */
  private List<Object> outcomes(Span request) {
    return spans("wavebridge.stream").stream()
        .filter(stream -> stream.parent().equals(request.id()))
        .map(stream -> stream.attributes().get("wavebridge.outcome"))
        .toList();
  }

  @Test
  void aRefusalIsSaid() throws Exception {
    try (VocoderServer server = server(true, 1)) {
      StreamSocketTest.Client first = new StreamSocketTest.Client(server);
      first.say("{\"start\":{}}");
      assertTrue(first.next().startsWith("{\"started\""));
      assertEquals(
          429, TestServer.post(server, "/v1/vocode", TestServer.raw(FEATURES)).statusCode());
      assertEquals(404, TestServer.post(server, "/v1/vocode?model=alto", new byte[0]).statusCode());
      first.close();
    }
    List<Span> requests = spans("POST /v1/vocode");
    assertEquals(
        Set.of(429L, 404L),
        requests.stream()
            .map(span -> span.attributes().get("http.response.status_code"))
            .collect(Collectors.toSet()));
    assertTrue(requests.stream().allMatch(span -> span.status() == 0), requests.toString());
    Span refused =
        spans("wavebridge.stream").stream()
            .filter(span -> span.attributes().get("wavebridge.outcome").equals("refused"))
            .findFirst()
            .orElseThrow();
    assertEquals("overloaded", refused.attributes().get("wavebridge.refused"));
    assertTrue((double) refused.attributes().get("wavebridge.retry_after_seconds") > 0);
  }

  @Test
  void nothingIsSentUnlessSomebodyAsks() throws Exception {
    // The thread of a server closed before may still be on its way out.
    Set<Thread> before = senders();
    try (VocoderServer server = server(false, 10)) {
      assertEquals(
          200,
          TestServer.post(server, "/v1/vocode", TestServer.raw(FEATURES), "traceparent", PARENT)
              .statusCode());
      assertTrue(before.containsAll(senders()), senders().toString());
    }
    try (VocoderServer server = server(true, 10)) {
      for (String quiet : List.of("/", "/page/page.js", "/metrics", "/v2/health/ready", "/docs/")) {
        assertEquals(200, TestServer.get(server, quiet).statusCode(), quiet);
      }
    }
    assertEquals(List.of(), collector.spans());
  }

  /** The threads that live now and send spans. */
  private static Set<Thread> senders() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().contains("BatchSpanProcessor"))
        .collect(Collectors.toSet());
  }

  @Test
  void theEnvironmentMayAsk() {
    String endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    String address = "http://collector:4318";
    TraceOptions byVariables = new TraceOptions(Optional.empty());
    assertEquals(Optional.empty(), TraceOptions.of(Optional.empty(), Map.of(endpoint, "")));
    assertEquals(
        Optional.of(byVariables), TraceOptions.of(Optional.empty(), Map.of(endpoint, address)));
    assertEquals(
        Optional.of(byVariables),
        TraceOptions.of(Optional.empty(), Map.of("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", address)));
    for (Map<String, String> off :
        List.of(Map.of("OTEL_TRACES_EXPORTER", "none"), Map.of("OTEL_SDK_DISABLED", "true"))) {
      Map<String, String> environment = new HashMap<>(off);
      environment.put(endpoint, address);
      assertEquals(Optional.empty(), TraceOptions.of(Optional.empty(), environment));
      assertEquals(
          Optional.of(new TraceOptions(Optional.of(URI.create(address)))),
          TraceOptions.of(Optional.of(address), environment));
    }
    for (String wrong : List.of("collector:4318", "grpc://collector", "http://", "a b")) {
      InputException error =
          assertThrows(InputException.class, () -> TraceOptions.of(Optional.of(wrong), Map.of()));
      assertEquals(
          "--otlp-endpoint: expected an address such as http://localhost:4318, found '%s'"
              .formatted(wrong),
          error.getMessage());
    }
  }
}
