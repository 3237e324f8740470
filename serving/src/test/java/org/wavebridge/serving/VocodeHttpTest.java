package org.wavebridge.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wavebridge.runtime.io.Features;

/** {@code POST /v1/vocode} against what the runtime makes alone. */
final class VocodeHttpTest {
  private static final Features FEATURES = TestServer.features(50);
  private static final int HEADER = 44;

  @TempDir static Path folder;
  private static Path bundle;
  private static VocoderServer server;

  @BeforeAll
  static void start() {
    bundle = TestServer.bundle(folder.resolve("voice"), 1);
    server = VocoderServer.start(List.of(bundle), TestServer.options(folder));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static byte[] samples(byte[] wav) {
    return Arrays.copyOfRange(wav, HEADER, wav.length);
  }

  @Test
  void aWavIsTheFileThatTheCommandWrites() throws Exception {
    HttpResponse<byte[]> made =
        TestServer.post(
            server, "/v1/vocode", TestServer.npy(FEATURES), "Content-Type", "application/x-npy");
    assertEquals(200, made.statusCode(), () -> new String(made.body(), StandardCharsets.UTF_8));
    assertEquals("audio/wav", made.headers().firstValue("content-type").orElse(""));
    assertArrayEquals(TestServer.vocode(bundle, "f32", FEATURES, 0, 1), made.body());
  }

  @ParameterizedTest
  @CsvSource({"f32,7,1", "f32,-3,0.6", "int8,7,1", "int8,9223372036854775807,1.5"})
  void seedTemperatureAndPrecisionAreThoseOfTheCommand(
      String precision, long seed, float temperature) throws Exception {
    String query = "?seed=%d&temperature=%s&precision=%s".formatted(seed, temperature, precision);
    HttpResponse<byte[]> made =
        TestServer.post(server, "/v1/vocode" + query, TestServer.raw(FEATURES));
    assertArrayEquals(
        TestServer.vocode(bundle, precision, FEATURES, seed, temperature), made.body());
  }

  @Test
  void acceptChoosesTheForm() throws Exception {
    byte[] expected = samples(TestServer.vocode(bundle, "f32", FEATURES, 0, 1));
    byte[] swapped = new byte[expected.length];
    for (int i = 0; i < swapped.length; i++) {
      swapped[i] = expected[i ^ 1];
    }
    HttpResponse<byte[]> l16 = post("audio/L16");
    assertEquals(
        "audio/l16;rate=24000;channels=1",
        l16.headers().firstValue("content-type").orElse("").replace(" ", ""));
    assertArrayEquals(swapped, l16.body());
    assertArrayEquals(expected, post("audio/pcm").body());
    assertArrayEquals(expected, post("image/png;q=0.9, application/octet-stream;q=0.5").body());
    ByteBuffer floats =
        ByteBuffer.wrap(post("audio/x-f32le").body()).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(2 * expected.length, floats.capacity());
    ByteBuffer shorts = ByteBuffer.wrap(expected).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < expected.length / 2; i++) {
      assertEquals(shorts.getShort(2 * i), Math.rint(32768.0 * floats.getFloat(4 * i)), 0);
    }
  }

  private static HttpResponse<byte[]> post(String accept) throws Exception {
    return TestServer.post(server, "/v1/vocode", TestServer.raw(FEATURES), "Accept", accept);
  }

  @Test
  void theRestOfAStreamHasTheSameBits() throws Exception {
    byte[] whole = samples(TestServer.vocode(bundle, "f32", FEATURES, 3, 1));
    for (int from : new int[] {1, 1000, whole.length / 2 - 1, whole.length / 2, 99999}) {
      HttpResponse<byte[]> rest =
          TestServer.post(
              server,
              "/v1/vocode?seed=3&from=" + from,
              TestServer.raw(FEATURES),
              "Accept",
              "audio/pcm");
      assertEquals(200, rest.statusCode());
      assertArrayEquals(
          Arrays.copyOfRange(whole, Math.min(whole.length, 2 * from), whole.length), rest.body());
    }
  }

  @Test
  void aBodyWithoutLengthIsVocodedAsItComes() throws Exception {
    byte[] raw = TestServer.raw(FEATURES);
    HttpRequest request =
        HttpRequest.newBuilder(TestServer.uri(server, "/v1/vocode?seed=5"))
            .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(raw)))
            .build();
    byte[] made = HttpClient.newHttpClient().send(request, BodyHandlers.ofByteArray()).body();
    byte[] expected = TestServer.vocode(bundle, "f32", FEATURES, 5, 1);
    assertArrayEquals(samples(expected), samples(made));
    ByteBuffer header = ByteBuffer.wrap(made).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(0xFFFFFFFF, header.getInt(4));
    assertEquals(0xFFFFFFFF, header.getInt(40));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/v1/vocode?seed=seven | seed: expected a whole number, found 'seven'",
        "/v1/vocode?temperature=0 | temperature: expected a number above 0, found 0.0",
        "/v1/vocode?temperature=NaN | temperature: expected a number above 0, found NaN",
        "/v1/vocode?from=-1 | from: expected a sample from 0 on, found -1",
        "/v1/vocode?precision=int4 | precision: model 'voice' is served in f32, int8, found 'int4'",
        "/v1/vocode?loud=1 | expected the parameters model, version, seed, temperature, precision, from or speaker, found 'loud'"
      })
  void wrongParametersAreNamed(String path, String message) throws Exception {
    refused(400, message, TestServer.post(server, path, TestServer.raw(FEATURES)));
  }

  @Test
  void everyRefusalIsOneLineOfJson() throws Exception {
    byte[] raw = TestServer.raw(FEATURES);
    refused(
        400,
        "body: expected whole frames of 6 float32 values (24 bytes each), found 23 bytes",
        TestServer.post(server, "/v1/vocode", new byte[23]));
    refused(
        400,
        "body: expected a NumPy array (.npy), found something else",
        TestServer.post(server, "/v1/vocode", raw, "Content-Type", "application/x-npy"));
    refused(
        400,
        "body: expected features [6, frames] or [frames, 6], found [7, 3]",
        TestServer.post(server, "/v1/vocode", TestServer.npy(new Features(7, 3, new float[21]))));
    byte[] notFinite = raw.clone();
    ByteBuffer.wrap(notFinite).order(ByteOrder.LITTLE_ENDIAN).putFloat(400, Float.NaN);
    HttpResponse<byte[]> nan = TestServer.post(server, "/v1/vocode", notFinite);
    assertEquals(400, nan.statusCode());
    assertTrue(text(nan).contains("expected finite features, found NaN"), text(nan));
    refused(
        404,
        "no model 'tenor' is loaded; there is voice",
        TestServer.post(server, "/v1/vocode?model=tenor", raw));
    refused(
        404,
        "model 'voice' has no version '2'; there is 1",
        TestServer.post(server, "/v1/vocode?model=voice&version=2", raw));
    refused(
        415,
        "Content-Type: expected application/x-npy (a .npy file) or application/octet-stream (float32 frames), found 'text/plain'",
        TestServer.post(server, "/v1/vocode", raw, "Content-Type", "text/plain"));
    refused(
        406,
        "Accept: expected audio/wav, audio/L16, audio/pcm or audio/x-f32le",
        TestServer.post(server, "/v1/vocode", raw, "Accept", "video/mp4"));
    refused(404, "Not Found for POST /v1/sing", TestServer.post(server, "/v1/sing", raw));
    HttpResponse<String> get = TestServer.get(server, "/v1/vocode");
    assertEquals(405, get.statusCode());
    assertEquals("{\"error\":\"Method Not Allowed for GET /v1/vocode\"}", get.body());
  }

  private static void refused(int status, String message, HttpResponse<byte[]> response) {
    assertEquals("{\"error\":\"" + message + "\"}", text(response));
    assertEquals(status, response.statusCode());
    assertEquals("application/json", response.headers().firstValue("content-type").orElse(""));
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }
}
