package org.wavebridge.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.runtime.io.Features;

/** Damaged requests of every kind: each has an answer or an end, and the server goes on. */
final class MalformedRequestsTest {
  private static final Features FEATURES = TestServer.features(12);

  @TempDir static Path folder;
  private static Path bundle;
  private static VocoderServer server;
  private static HttpClient client;

  @BeforeAll
  static void start() {
    bundle = TestServer.bundle(folder.resolve("voice"), 1);
    server = VocoderServer.start(List.of(bundle), TestServer.options(folder));
    client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(20)).build();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void hundreds() throws Exception {
    damage(400, 1);
  }

  @Test
  @Tag("slow")
  void tenThousand() throws Exception {
    damage(10_000, 2);
  }

  private static void damage(int count, long seed) throws Exception {
    Random random = new Random(seed);
    int answered = 0;
    for (int i = 0; i < count; i++) {
      answered +=
          switch (random.nextInt(6)) {
            case 0 ->
                post("/v1/vocode", damaged(TestServer.npy(FEATURES), random), "application/x-npy");
            case 1 ->
                post(
                    "/v1/vocode?" + query(random),
                    TestServer.raw(FEATURES),
                    "application/octet-stream");
            case 2 -> post("/v2/models/voice/infer", damaged(json(), random), "application/json");
            case 3 -> grpc(damaged(message(), random), random);
            case 4 -> socket(random);
            default -> bytes(random);
          };
      if (i % 100 == 99) {
        works();
      }
    }
    works();
    assertTrue(answered > count / 3, answered + " of " + count + " had an answer");
  }

  private static void works() throws Exception {
    assertArrayEquals(
        TestServer.vocode(bundle, "f32", FEATURES, 0, 1),
        TestServer.post(server, "/v1/vocode", TestServer.raw(FEATURES)).body());
  }

  private static int post(String path, byte[] body, String type)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(TestServer.uri(server, path))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", type)
            .POST(BodyPublishers.ofByteArray(body))
            .build();
    HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
    String text = new String(response.body(), StandardCharsets.ISO_8859_1);
    assertTrue(response.statusCode() < 500, response.statusCode() + ": " + text);
    if (response.statusCode() >= 400) {
      assertTrue(text.startsWith("{\"error\":\"") && !text.contains("\n"), text);
    }
    return 1;
  }

  private static byte[] damaged(byte[] whole, Random random) {
    byte[] damaged = whole.clone();
    for (int i = random.nextInt(5); i >= 0; i--) {
      damaged[random.nextInt(Math.min(damaged.length, 200))] = (byte) random.nextInt(256);
    }
    return random.nextInt(3) == 0
        ? java.util.Arrays.copyOf(damaged, random.nextInt(damaged.length))
        : damaged;
  }

  private static String query(Random random) {
    String[] names = {"seed", "temperature", "from", "precision", "model", "version", "x"};
    String[] values = {
      "", "-1", "1e39", "NaN", "99999999999999999999", "%00", "..%2f..", "int8", "0.5"
    };
    return names[random.nextInt(names.length)] + "=" + values[random.nextInt(values.length)];
  }

  private static byte[] json() {
    return "{\"id\":\"1\",\"parameters\":{\"seed\":3,\"binary_data_output\":true},\"inputs\":[{\"name\":\"features\",\"shape\":[1,6,2],\"datatype\":\"FP32\",\"data\":[1,2,3,4,5,6,7,8,9,10,11,12]}],\"outputs\":[{\"name\":\"audio\",\"parameters\":{\"binary_data\":true}}]}"
        .getBytes(StandardCharsets.UTF_8);
  }

  /** A request to infer as protobuf. */
  private static byte[] message() {
    return org.wavebridge.serving.wire.ModelInferRequest.newBuilder()
        .setModelName("voice")
        .addInputs(
            org.wavebridge.serving.wire.ModelInferRequest.InferInputTensor.newBuilder()
                .setName("features")
                .setDatatype("FP32")
                .addShape(1)
                .addShape(6)
                .addShape(2))
        .addRawInputContents(com.google.protobuf.ByteString.copyFrom(new byte[48]))
        .build()
        .toByteArray();
  }

  private static int grpc(byte[] message, Random random) throws IOException, InterruptedException {
    ByteArrayOutputStream framed = new ByteArrayOutputStream();
    framed.write(random.nextInt(8) == 0 ? random.nextInt(256) : 0);
    int length = random.nextInt(8) == 0 ? random.nextInt() : message.length;
    framed.writeBytes(ByteBuffer.allocate(4).putInt(length).array());
    framed.writeBytes(message);
    String[] calls = {
      "inference.GRPCInferenceService/ModelInfer",
      "inference.GRPCInferenceService/ModelStreamInfer",
      "wavebridge.v1.Vocoder/Vocode",
      "inference.GRPCInferenceService/None"
    };
    HttpRequest request =
        HttpRequest.newBuilder(TestServer.uri(server, "/" + calls[random.nextInt(calls.length)]))
            .version(HttpClient.Version.HTTP_2)
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/grpc")
            .header("TE", "trailers")
            .POST(BodyPublishers.ofByteArray(framed.toByteArray()))
            .build();
    try {
      assertTrue(client.send(request, BodyHandlers.ofByteArray()).statusCode() < 500);
      return 1;
    } catch (IOException e) {
      // A stream that was reset is an end too.
      return e instanceof java.net.http.HttpTimeoutException ? fail(e) : 0;
    }
  }

  private static int fail(IOException e) throws IOException {
    throw e;
  }

  /** A handshake of WebSocket, then anything. */
  private static int socket(Random random) throws IOException {
    String handshake =
        String.join(
            "\r\n",
            "GET /v1/stream HTTP/1.1",
            "Host: localhost",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            "",
            "");
    byte[] frames = new byte[random.nextInt(300)];
    random.nextBytes(frames);
    if (frames.length > 1 && random.nextBoolean()) {
      frames[0] = (byte) (0x80 | (random.nextBoolean() ? 1 : 2));
      frames[1] = (byte) (0x80 | Math.min(125, frames.length - 6));
    }
    return send(handshake.getBytes(StandardCharsets.US_ASCII), frames);
  }

  private static int bytes(Random random) throws IOException {
    byte[] request =
        damaged(
            ("POST /v1/vocode HTTP/1.1\r\nHost: localhost\r\nContent-Length: 24\r\n\r\n"
                    + " ".repeat(24))
                .getBytes(StandardCharsets.US_ASCII),
            random);
    return send(request, new byte[0]);
  }

  /** Sends bytes, reads a little, and goes without a word. */
  private static int send(byte[] first, byte[] second) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()), 20_000);
      socket.setSoTimeout(300);
      OutputStream out = socket.getOutputStream();
      out.write(first);
      out.write(second);
      out.flush();
      return socket.getInputStream().read() >= 0 ? 1 : 0;
    } catch (java.net.SocketException | java.net.SocketTimeoutException e) {
      return 0;
    }
  }

  @Test
  void clientsThatGoLeaveNothingBehind() throws Exception {
    for (int i = 0; i < 30; i++) {
      byte[] raw = TestServer.raw(TestServer.features(2000));
      byte[] head =
          ("POST /v1/vocode HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                  + raw.length
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII);
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        socket.getOutputStream().write(head);
        socket.getOutputStream().write(raw, 0, i % 2 == 0 ? raw.length : raw.length / 2);
        socket.getOutputStream().flush();
        if (i % 2 == 0) {
          assertEquals('H', socket.getInputStream().read());
        }
      }
    }
    String live = "";
    for (int tries = 0; tries < 100 && !live.endsWith(" 0.0"); tries++) {
      Thread.sleep(100);
      live =
          TestServer.get(server, "/metrics")
              .body()
              .lines()
              .filter(line -> line.startsWith("wavebridge_streams_live{") && line.contains("f32"))
              .findFirst()
              .orElse("");
    }
    assertTrue(live.endsWith(" 0.0"), live);
  }
}
