package org.wavebridge.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.runtime.io.Features;

/** Streams by WebSocket, driven by the JDK's client. */
final class StreamSocketTest {
  private static final Features FEATURES = TestServer.features(60);

  @TempDir static Path folder;
  private static Path bundle;
  private static VocoderServer server;

  @BeforeAll
  static void start() {
    bundle = TestServer.bundle(folder.resolve("voice"), 4);
    server = VocoderServer.start(List.of(bundle), TestServer.options(folder));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static byte[] expected(String precision, long seed, float temperature) {
    byte[] wav = TestServer.vocode(bundle, precision, FEATURES, seed, temperature);
    return Arrays.copyOfRange(wav, 44, wav.length);
  }

  /** A connection: texts as they came, and all bytes since the last text. */
  static final class Client implements WebSocket.Listener {
    final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    final ByteArrayOutputStream audio = new ByteArrayOutputStream();
    private final StringBuilder text = new StringBuilder();
    private final WebSocket socket;

    /** Milliseconds that it waits before it takes the next message. */
    volatile int pause;

    Client(VocoderServer server) {
      this(server.port());
    }

    Client(int port) {
      URI uri = URI.create("ws://127.0.0.1:" + port + "/v1/stream");
      socket = HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(uri, this).join();
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        texts.add(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      audio.writeBytes(bytes);
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      from.request(1);
      return null;
    }

    String next() throws InterruptedException {
      String next = texts.poll(60, TimeUnit.SECONDS);
      return next == null ? "nothing came" : next;
    }

    void say(String message) {
      socket.sendText(message, true).join();
    }

    void frames(byte[] raw, int piece) {
      for (int at = 0; at < raw.length; at += piece) {
        socket.sendBinary(ByteBuffer.wrap(raw, at, Math.min(piece, raw.length - at)), true).join();
      }
    }

    void close() {
      socket.abort();
    }
  }

  private static void assertStream(Client client, String settings, byte[] expected, int frames)
      throws InterruptedException {
    client.audio.reset();
    client.say("{\"start\":" + settings + "}");
    assertEquals(
        "{\"started\":{\"model\":\"voice\",\"version\":\"1\",\"sample_rate\":24000,\"hop\":60,\"mels\":6}}",
        client.next());
    client.frames(TestServer.raw(FEATURES), 24 * frames);
    client.say("{\"finish\":true}");
    assertTrue(client.next().startsWith("{\"finished\":"));
    assertArrayEquals(expected, client.audio.toByteArray());
  }

  @Test
  void streamsFollowEachOtherAndHaveTheBitsOfTheCommand() throws Exception {
    Client client = new Client(server);
    assertStream(client, "{\"seed\":11}", expected("f32", 11, 1), 7);
    assertStream(
        client,
        "{\"seed\":-2,\"temperature\":0.7,\"precision\":\"int8\"}",
        expected("int8", -2, 0.7f),
        60);
    byte[] whole = expected("f32", 11, 1);
    assertStream(
        client, "{\"seed\":11,\"from\":1234}", Arrays.copyOfRange(whole, 2468, whole.length), 1);
    client.close();
  }

  @Test
  void aCancelledStreamMakesRoomForTheNext() throws Exception {
    Client client = new Client(server);
    client.say("{\"start\":{}}");
    assertTrue(client.next().startsWith("{\"started\":"));
    client.frames(TestServer.raw(FEATURES), 24 * 10);
    client.say("{\"cancel\":true}");
    assertEquals("{\"cancelled\":{}}", client.next());
    assertStream(client, "{\"seed\":3}", expected("f32", 3, 1), 13);
    client.close();
  }

  @Test
  void whatIsWrongIsSaidAndTheConnectionGoesOn() throws Exception {
    Client client = new Client(server);
    for (String[] each :
        new String[][] {
          {"{", "message: expected JSON: "},
          {"[]", "message: expected a JSON object, found array"},
          {"{\"finish\":true}", "expected {\\\"start\\\": {...}} first"},
          {"{\"start\":7}", "start: expected an object, found number"},
          {"{\"start\":{\"seed\":\"x\"}}", "seed: expected a whole number, found 'x'"},
          {"{\"start\":{\"pitch\":1}}", "start: expected model, version, seed"},
          {"{\"start\":{\"model\":\"alto\"}}", "no model 'alto' is loaded"},
          {"{\"start\":{\"encoding\":\"mp3\"}}", "encoding: expected s16le, s16be or f32le"}
        }) {
      client.say(each[0]);
      String said = client.next();
      assertTrue(said.startsWith("{\"error\":\"" + each[1]), said);
    }
    client.say("{\"start\":{}}");
    assertTrue(client.next().startsWith("{\"started\":"));
    client.frames(new byte[23], 23);
    assertEquals(
        "{\"error\":\"expected whole frames of 6 float32 values (24 bytes each), found 23 bytes\",\"kind\":\"bad_request\"}",
        client.next());
    assertStream(client, "{\"seed\":3}", expected("f32", 3, 1), 13);
    client.close();
  }

  @Test
  void pagesOfOtherServersAreKeptOut() {
    URI uri = URI.create("ws://127.0.0.1:" + server.port() + "/v1/stream");
    WebSocket.Builder builder =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .header("Origin", "https://elsewhere.example");
    CompletionException refused =
        assertThrows(
            CompletionException.class,
            () -> builder.buildAsync(uri, new WebSocket.Listener() {}).join());
    assertTrue(
        String.valueOf(refused.getMessage()).contains("HandshakeException"), refused::toString);
  }
}
