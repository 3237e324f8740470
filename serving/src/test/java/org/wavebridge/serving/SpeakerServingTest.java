package org.wavebridge.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.SpeakerEmbedding;
import org.wavebridge.serving.wire.Frames;
import org.wavebridge.serving.wire.Pcm;
import org.wavebridge.serving.wire.Settings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A model of many speakers behind HTTP, WebSocket and the Open Inference Protocol. */
final class SpeakerServingTest {
  private static final int SIZE = 5;
  private static final Features FEATURES = TestServer.features(30);
  private static final float[] ANNA = {0.1f, 0.9f, 0, 0.2f, 0.3f};
  private static final float[] BERTA = {0.8f, 0, 0.5f, 0.1f, 0.2f};
  private static final JsonMapper JSON = new JsonMapper();
  private static final String MISSING =
      "expected the speaker embedding that this bundle takes, 5 values, found none; give one (--speaker, or the input 'speaker' of a request)";

  @TempDir static Path folder;
  private static Path bundle;
  private static VocoderServer server;

  @BeforeAll
  static void start() {
    VocoderModel one =
        RandomModels.residualGru(2, 16, TestServer.MELS, List.of(6, 10), new Head.Categorical(64));
    bundle = TestServer.bundle(folder.resolve("voice"), RandomModels.speaking(4, one, SIZE));
    server = VocoderServer.start(List.of(bundle), TestServer.options(folder));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static byte[] expected(float[] speaker) {
    GenerateOptions options = GenerateOptions.seed(7).withSpeaker(new SpeakerEmbedding(speaker));
    byte[] wav = TestServer.vocode(bundle, "f32", FEATURES, options);
    return Arrays.copyOfRange(wav, 44, wav.length);
  }

  private static String base64(float... values) {
    ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(values);
    return Base64.getEncoder().encodeToString(data.array());
  }

  private static HttpResponse<byte[]> vocode(String speaker) throws Exception {
    String query =
        speaker.isEmpty() ? "" : "&speaker=" + URLEncoder.encode(speaker, StandardCharsets.UTF_8);
    return TestServer.post(
        server, "/v1/vocode?seed=7" + query, TestServer.raw(FEATURES), "Accept", "audio/pcm");
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  @Test
  void aParameterOfTheQuery() throws Exception {
    assertFalse(Arrays.equals(expected(ANNA), expected(BERTA)));
    assertArrayEquals(expected(ANNA), vocode(base64(ANNA)).body());
    String url = base64(BERTA).replace('+', '-').replace('/', '_').replace("=", "");
    assertArrayEquals(expected(BERTA), vocode(url).body());
  }

  @Test
  void whatDoesNotFitIsSaid() throws Exception {
    refused(MISSING, vocode(""));
    refused("expected a speaker embedding of 5 values, found 4", vocode(base64(1, 2, 3, 4)));
    refused("speaker: expected base64 of float32 values", vocode("*"));
    refused("speaker: expected float32 values of 4 bytes each, found 3 bytes", vocode("AAAA"));
    refused(
        "expected a speaker embedding of finite numbers", vocode(base64(Float.NaN, 0, 0, 0, 0)));
    // The refusals have taken no place.
    assertArrayEquals(expected(ANNA), vocode(base64(ANNA)).body());
  }

  private static void refused(String message, HttpResponse<byte[]> response) {
    assertEquals(400, response.statusCode(), text(response));
    assertTrue(text(response).contains(message), text(response));
  }

  @Test
  void aSettingOfTheSocket() throws Exception {
    StreamSocketTest.Client client = new StreamSocketTest.Client(server);
    client.say("{\"start\":{\"seed\":7}}");
    String said = client.next();
    assertTrue(said.contains(MISSING) && said.contains("bad_request"), said);
    client.say("{\"start\":{\"seed\":7,\"speaker\":\"%s\"}}".formatted(base64(BERTA)));
    said = client.next();
    assertTrue(said.startsWith("{\"started\""), said);
    client.frames(TestServer.raw(FEATURES), 4 * TestServer.MELS * 7);
    client.say("{\"finish\":true}");
    said = client.next();
    assertTrue(said.startsWith("{\"finished\""), said);
    assertArrayEquals(expected(BERTA), client.audio.toByteArray());
    client.close();
  }

  @Test
  void bytesOfTheSettingsInGrpc() throws Exception {
    Settings settings =
        Settings.newBuilder()
            .setSeed(7)
            .setSpeaker(ByteString.copyFrom(Base64.getDecoder().decode(base64(BERTA))))
            .build();
    Frames frames =
        Frames.newBuilder()
            .setSettings(settings)
            .setFeatures(ByteString.copyFrom(TestServer.raw(FEATURES)))
            .build();
    ByteArrayOutputStream audio = new ByteArrayOutputStream();
    ByteBuffer made = ByteBuffer.wrap(call("wavebridge.v1.Vocoder/Vocode", frames.toByteArray()));
    while (made.hasRemaining()) {
      made.get();
      byte[] message = new byte[made.getInt()];
      made.get(message);
      audio.writeBytes(Pcm.parseFrom(message).getAudio().toByteArray());
    }
    assertArrayEquals(expected(BERTA), audio.toByteArray());
  }

  /** The messages that a call answers, as they came. */
  private static byte[] call(String name, byte[] message) throws Exception {
    byte[] framed =
        ByteBuffer.allocate(5 + message.length)
            .put((byte) 0)
            .putInt(message.length)
            .put(message)
            .array();
    HttpRequest request =
        HttpRequest.newBuilder(TestServer.uri(server, "/" + name))
            .version(HttpClient.Version.HTTP_2)
            .header("Content-Type", "application/grpc")
            .header("TE", "trailers")
            .POST(HttpRequest.BodyPublishers.ofByteArray(framed))
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
  }

  /** A tensor beside the features, with a row for each of theirs. */
  @Test
  void anInputOfTheOpenInferenceProtocol() throws Exception {
    String about = TestServer.get(server, "/v2/models/voice").body();
    assertTrue(
        about.contains("{\"name\":\"speaker\",\"datatype\":\"FP32\",\"shape\":[-1,5]}"), about);
    HttpResponse<byte[]> made = infer(tensor("speaker", "[2,5]", ANNA, BERTA));
    assertEquals(200, made.statusCode(), text(made));
    JsonNode audio = JSON.readTree(made.body()).path("outputs").get(0).path("data");
    byte[] both = new byte[2 * audio.size()];
    for (int i = 0; i < audio.size(); i++) {
      ByteBuffer.wrap(both)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putShort(2 * i, (short) audio.get(i).asInt());
    }
    assertArrayEquals(expected(ANNA), Arrays.copyOf(both, both.length / 2));
    assertArrayEquals(expected(BERTA), Arrays.copyOfRange(both, both.length / 2, both.length));
    refused(MISSING, infer(""));
    refused(
        "input 'speaker': expected [2, size] of FP32, FP64 or FP16, found [1, 5] of FP32",
        infer(tensor("speaker", "[1,5]", ANNA)));
    refused(
        "expected the inputs features, lengths and speaker", infer(tensor("who", "[1,5]", ANNA)));
  }

  private static String tensor(String name, String shape, float[]... rows) {
    StringBuilder data = new StringBuilder();
    for (float[] row : rows) {
      String numbers = Arrays.toString(row);
      data.append(data.isEmpty() ? "" : ",").append(numbers, 1, numbers.length() - 1);
    }
    return ",{\"name\":\"%s\",\"shape\":%s,\"datatype\":\"FP32\",\"data\":[%s]}"
        .formatted(name, shape, data);
  }

  private static HttpResponse<byte[]> infer(String more) throws Exception {
    String features =
        tensor("features", "[2,6,30]", FEATURES.values(), FEATURES.values()).substring(1);
    String request = "{\"parameters\":{\"seed\":7},\"inputs\":[%s%s]}".formatted(features, more);
    return TestServer.post(
        server,
        "/v2/models/voice/infer",
        request.getBytes(StandardCharsets.UTF_8),
        "Content-Type",
        "application/json");
  }
}
