package org.wavebridge.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.serving.ServeOptions.Limits;
import org.wavebridge.serving.ServeOptions.Tls;
import org.wavebridge.serving.engine.ServedModel.Opening;

/** What clients may not do, and how the server ends. */
final class LimitsTest {
  private static final Features FEATURES = TestServer.features(20);
  private static final String TOKEN = "a-token-of-this-test";

  @TempDir Path folder;
  private Path bundle = Path.of("");

  @BeforeEach
  void bundle() {
    bundle = TestServer.bundle(folder.resolve("voice"), 1);
  }

  private ServeOptions options(
      Optional<Tls> tls, Optional<String> token, Limits limits, int streams, Duration drain) {
    ServeOptions plain = TestServer.options(folder);
    Opening opening = plain.opening();
    return new ServeOptions(
        plain.host(),
        0,
        tls,
        token,
        List.of(),
        drain,
        limits,
        new Opening(
            opening.backend(),
            List.of("f32"),
            1,
            opening.service().withBounds(streams, 1024, Duration.ofMillis(100))),
        Map.of(),
        Optional.empty(),
        Optional.empty());
  }

  private VocoderServer server(Optional<String> token, Limits limits, int streams) {
    return VocoderServer.start(
        List.of(bundle), options(Optional.empty(), token, limits, streams, Duration.ofSeconds(20)));
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  @Test
  void withoutTheTokenOnlyHealthAndThePageAnswer() throws Exception {
    try (VocoderServer server = server(Optional.of(TOKEN), Limits.defaults(), 10)) {
      byte[] raw = TestServer.raw(FEATURES);
      for (String header : new String[] {"Bearer wrong", "Basic " + TOKEN, TOKEN, "Bearer"}) {
        HttpResponse<byte[]> refused =
            TestServer.post(server, "/v1/vocode", raw, "Authorization", header);
        assertEquals(401, refused.statusCode(), header);
        assertEquals("Bearer", refused.headers().firstValue("www-authenticate").orElse(""));
        assertFalse(text(refused).contains(TOKEN));
      }
      for (String closed :
          new String[] {
            "/v2", "/v2/models/voice", "/metrics", "/docs/", "/v1/models", "/v1/stream"
          }) {
        assertEquals(401, TestServer.get(server, closed).statusCode(), closed);
      }
      for (String open :
          new String[] {"/", "/page/page.js", "/v2/health/live", "/v2/health/ready"}) {
        assertEquals(200, TestServer.get(server, open).statusCode(), open);
      }
      HttpResponse<byte[]> made =
          TestServer.post(server, "/v1/vocode", raw, "Authorization", "Bearer " + TOKEN);
      assertArrayEquals(TestServer.vocode(bundle, "f32", FEATURES, 0, 1), made.body());
    }
  }

  /** As of a gateway, which has one connection for many who hang up. */
  @Test
  void manyWhoLeaveDoNotEndTheOthersOfAConnection() throws Exception {
    try (VocoderServer server = server(Optional.empty(), Limits.defaults(), 1000)) {
      HttpClient client = HttpClient.newHttpClient();
      HttpRequest request = vocode(server, FEATURES);
      HttpRequest lengthy = vocode(server, TestServer.features(2000));
      byte[] expected = TestServer.vocode(bundle, "f32", FEATURES, 0, 1);
      assertArrayEquals(expected, client.send(request, BodyHandlers.ofByteArray()).body());
      int left = 0;
      while (left < 600) {
        HttpResponse<InputStream> response = client.send(lengthy, BodyHandlers.ofInputStream());
        assertEquals(HttpClient.Version.HTTP_2, response.version());
        response.body().close();
        left += response.statusCode() == 200 ? 1 : 0;
      }
      assertArrayEquals(expected, client.send(request, BodyHandlers.ofByteArray()).body());
    }
  }

  private static HttpRequest vocode(VocoderServer server, Features features) {
    return HttpRequest.newBuilder(TestServer.uri(server, "/v1/vocode"))
        .POST(BodyPublishers.ofByteArray(TestServer.raw(features)))
        .build();
  }

  @Test
  void bodiesAreBounded() throws Exception {
    Limits small =
        new Limits(4096, 1024, 100, 100, 100, Duration.ofSeconds(5), Duration.ofSeconds(5));
    try (VocoderServer server = server(Optional.empty(), small, 10)) {
      HttpResponse<byte[]> refused = TestServer.post(server, "/v1/vocode", new byte[24 * 1000]);
      assertEquals(413, refused.statusCode());
      assertTrue(text(refused).contains("expected a body of at most 4096 bytes"), text(refused));
      byte[] raw = TestServer.raw(FEATURES);
      assertEquals(200, TestServer.post(server, "/v1/vocode", raw).statusCode());
    }
  }

  @Test
  void aStreamTooManyIsToldWhenToComeAgain() throws Exception {
    try (VocoderServer server = server(Optional.empty(), Limits.defaults(), 1);
        Slow slow = new Slow(server)) {
      slow.awaitStart();
      HttpResponse<byte[]> refused =
          TestServer.post(server, "/v1/vocode", TestServer.raw(FEATURES));
      assertEquals(429, refused.statusCode(), text(refused));
      int seconds = Integer.parseInt(refused.headers().firstValue("retry-after").orElse("0"));
      assertTrue(seconds >= 1, text(refused));
      String metrics = TestServer.get(server, "/metrics").body();
      assertTrue(
          metrics.contains(
              "wavebridge_streams_refused_total{model=\"voice\",precision=\"f32\",version=\"1\"} 1.0"),
          metrics);
      slow.socket.close();
      // Its place is free when the server has noticed.
      int status = 429;
      for (int tries = 0; tries < 100 && status == 429; tries++) {
        Thread.sleep(100);
        status = TestServer.post(server, "/v1/vocode", TestServer.raw(FEATURES)).statusCode();
      }
      assertEquals(200, status);
    }
  }

  /** A client that sends an utterance of its own socket and reads only when told. */
  private static final class Slow implements AutoCloseable {
    private final Socket socket;

    Slow(VocoderServer server) throws Exception {
      socket = new Socket();
      socket.setReceiveBufferSize(4096);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
      socket.setSoTimeout(60_000);
      byte[] raw = TestServer.raw(TestServer.features(20_000));
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST /v1/vocode?seed=2 HTTP/1.1\r\nHost: localhost\r\nAccept: audio/pcm\r\nConnection: close\r\nContent-Length: "
                  + raw.length
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      out.write(raw);
      out.flush();
    }

    void awaitStart() throws Exception {
      assertEquals('H', socket.getInputStream().read());
    }

    byte[] rest() throws Exception {
      return socket.getInputStream().readAllBytes();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void aSlowReaderHoldsNobodyUpAndLosesNothing() throws Exception {
    try (VocoderServer server = server(Optional.empty(), Limits.defaults(), 10);
        Slow slow = new Slow(server)) {
      slow.awaitStart();
      for (int i = 0; i < 5; i++) {
        assertArrayEquals(
            TestServer.vocode(bundle, "f32", FEATURES, 0, 1),
            TestServer.post(server, "/v1/vocode", TestServer.raw(FEATURES)).body());
      }
      byte[] read = slow.rest();
      byte[] wav = TestServer.vocode(bundle, "f32", TestServer.features(20_000), 2, 1);
      byte[] samples = Arrays.copyOfRange(wav, 44, wav.length);
      assertArrayEquals(
          samples, Arrays.copyOfRange(read, read.length - samples.length, read.length));
    }
  }

  @Test
  void liveStreamsEndBeforeTheServerDoes() throws Exception {
    VocoderServer server = server(Optional.empty(), Limits.defaults(), 10);
    try (Slow slow = new Slow(server)) {
      slow.awaitStart();
      CompletableFuture<Boolean> drained = CompletableFuture.supplyAsync(server::drain);
      int status = 200;
      for (int tries = 0; tries < 100 && status == 200; tries++) {
        Thread.sleep(20);
        status = TestServer.get(server, "/v2/health/ready").statusCode();
      }
      assertEquals(503, status);
      assertEquals(
          503, TestServer.post(server, "/v1/vocode", TestServer.raw(FEATURES)).statusCode());
      byte[] read = slow.rest();
      byte[] wav = TestServer.vocode(bundle, "f32", TestServer.features(20_000), 2, 1);
      byte[] samples = Arrays.copyOfRange(wav, 44, wav.length);
      assertArrayEquals(
          samples, Arrays.copyOfRange(read, read.length - samples.length, read.length));
      assertTrue(drained.get(60, TimeUnit.SECONDS));
    }
  }

  @Test
  void whatDoesNotEndInTimeIsCutOff() throws Exception {
    VocoderServer server =
        VocoderServer.start(
            List.of(bundle),
            options(
                Optional.empty(), Optional.empty(), Limits.defaults(), 10, Duration.ofMillis(300)));
    try (Slow slow = new Slow(server)) {
      slow.awaitStart();
      assertFalse(server.drain());
    }
  }

  @Test
  void noThreadIsLeft() throws Exception {
    server(Optional.empty(), Limits.defaults(), 10).close();
    Set<Thread> before = threads();
    VocoderServer server = server(Optional.empty(), Limits.defaults(), 10);
    assertEquals(200, TestServer.post(server, "/v1/vocode", TestServer.raw(FEATURES)).statusCode());
    server.close();
    List<String> left = new ArrayList<>();
    for (int tries = 0; tries < 50; tries++) {
      left =
          threads().stream()
              .filter(thread -> !before.contains(thread))
              .map(Thread::getName)
              .filter(name -> !name.startsWith("HttpClient"))
              .filter(name -> !name.startsWith("ForkJoinPool.commonPool"))
              .toList();
      if (left.isEmpty()) {
        break;
      }
      Thread.sleep(100);
    }
    // The library's shared pools stay for the next server, and grow up to their size.
    assertEquals(
        List.of(), left.stream().filter(name -> !name.startsWith("armeria-common-")).toList());
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .collect(Collectors.toSet());
  }

  @Test
  void tls() throws Exception {
    assumeTrue(
        Npm.program("openssl").isPresent() && Npm.program("curl").isPresent(),
        "no openssl and curl on this machine: TLS was not tried");
    Path key = folder.resolve("key.pem");
    Path certificate = folder.resolve("certificate.pem");
    run(
        List.of(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-keyout",
            key.toString(),
            "-out",
            certificate.toString()));
    ServeOptions options =
        options(
            Optional.of(new Tls(certificate, key)),
            Optional.empty(),
            Limits.defaults(),
            10,
            Duration.ofSeconds(5));
    Path body = Files.write(folder.resolve("frames"), TestServer.raw(FEATURES));
    try (VocoderServer server = VocoderServer.start(List.of(bundle), options)) {
      for (String version : new String[] {"--http1.1", "--http2"}) {
        Path out = folder.resolve("out" + version + ".wav");
        run(
            List.of(
                "curl",
                "-sS",
                version,
                "--cacert",
                certificate.toString(),
                "-X",
                "POST",
                "-T",
                body.toString(),
                "--resolve",
                "localhost:" + server.port() + ":127.0.0.1",
                "https://localhost:" + server.port() + "/v1/vocode",
                "-o",
                out.toString()));
        assertArrayEquals(
            TestServer.vocode(bundle, "f32", FEATURES, 0, 1), Files.readAllBytes(out), version);
      }
    }
  }

  private static void run(List<String> line) throws Exception {
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    try (InputStream said = process.getInputStream()) {
      String text = new String(said.readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, process.waitFor(), text);
    }
  }
}
