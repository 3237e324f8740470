package org.wavebridge.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wavebridge.runtime.io.Features;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The Open Inference Protocol over REST, case by case. */
final class InferenceRestTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Features FEATURES = TestServer.features(30);
  private static final String INFER = "/v2/models/voice/infer";
  private static final String JSON_LENGTH = "Inference-Header-Content-Length";

  @TempDir static Path folder;
  private static Path bundle;
  private static VocoderServer server;

  @BeforeAll
  static void start() {
    bundle = TestServer.bundle(folder.resolve("voice"), 2);
    server = VocoderServer.start(List.of(bundle), TestServer.options(folder));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static byte[] expected(String precision, Features features, long seed) {
    byte[] wav = TestServer.vocode(bundle, precision, features, seed, 1);
    return Arrays.copyOfRange(wav, 44, wav.length);
  }

  private static short[] shorts(byte[] raw) {
    short[] values = new short[raw.length / 2];
    ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(values);
    return values;
  }

  /** Little-endian floats, {@code [mels, frames]} row-major. */
  private static byte[] floats(Features... rows) {
    int count = rows[0].values().length;
    ByteBuffer data = ByteBuffer.allocate(4 * count * rows.length).order(ByteOrder.LITTLE_ENDIAN);
    for (Features row : rows) {
      for (float value : row.values()) {
        data.putFloat(value);
      }
    }
    return data.array();
  }

  private static HttpResponse<byte[]> infer(String json, byte[] binary) throws Exception {
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    byte[] body = Arrays.copyOf(text, text.length + binary.length);
    System.arraycopy(binary, 0, body, text.length, binary.length);
    return TestServer.post(server, INFER, body, JSON_LENGTH, String.valueOf(text.length));
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  @Test
  void metadataAndHealth() throws Exception {
    JsonNode about = JSON.readTree(TestServer.get(server, "/v2").body());
    assertEquals("wavebridge", about.path("name").stringValue());
    assertTrue(about.path("version").isString());
    assertTrue(about.path("extensions").toString().contains("\"binary_tensor_data\""));
    assertEquals("{\"live\":true}", TestServer.get(server, "/v2/health/live").body());
    assertEquals("{\"ready\":true}", TestServer.get(server, "/v2/health/ready").body());
    String expected =
        "{\"name\":\"voice\",\"versions\":[\"1\"],\"platform\":\"wavebridge_cpu\","
            + "\"inputs\":[{\"name\":\"features\",\"datatype\":\"FP32\",\"shape\":[-1,6,-1]}],"
            + "\"outputs\":[{\"name\":\"audio\",\"datatype\":\"INT16\",\"shape\":[-1,-1]},"
            + "{\"name\":\"lengths\",\"datatype\":\"INT64\",\"shape\":[-1]}]}";
    assertEquals(expected, TestServer.get(server, "/v2/models/voice").body());
    assertEquals(expected, TestServer.get(server, "/v2/models/voice/versions/1").body());
    HttpResponse<String> ready = TestServer.get(server, "/v2/models/voice/ready");
    assertEquals(JSON.readTree("{\"name\":\"voice\",\"ready\":true}"), JSON.readTree(ready.body()));
    assertEquals(404, TestServer.get(server, "/v2/models/alto/ready").statusCode());
    assertEquals(404, TestServer.get(server, "/v2/models/voice/versions/9/ready").statusCode());
    assertEquals(
        "{\"error\":\"no model 'alto' is loaded; there is voice\"}",
        TestServer.get(server, "/v2/models/alto").body());
  }

  @Test
  void numbersInJson() throws Exception {
    String request =
        "{\"id\":\"42\",\"parameters\":{\"seed\":5},\"inputs\":[{\"name\":\"features\","
            + "\"shape\":[1,6,30],\"datatype\":\"FP32\",\"data\":"
            + Arrays.toString(FEATURES.values())
            + "}]}";
    HttpResponse<byte[]> response =
        TestServer.post(server, INFER, request.getBytes(StandardCharsets.UTF_8));
    assertEquals(200, response.statusCode(), text(response));
    JsonNode made = JSON.readTree(response.body());
    assertEquals("42", made.path("id").stringValue());
    assertEquals("voice", made.path("model_name").stringValue());
    assertEquals("1", made.path("model_version").stringValue());
    JsonNode audio = made.path("outputs").get(0);
    assertEquals("INT16", audio.path("datatype").stringValue());
    short[] samples = shorts(expected("f32", FEATURES, 5));
    assertEquals("[1," + samples.length + "]", audio.path("shape").toString());
    for (int i = 0; i < samples.length; i++) {
      assertEquals(samples[i], audio.path("data").get(i).intValue());
    }
    assertEquals("[" + samples.length + "]", made.path("outputs").get(1).path("data").toString());
  }

  @Test
  void nestedNumbersAndOneOutput() throws Exception {
    List<String> rows = new ArrayList<>();
    for (int mel = 0; mel < FEATURES.mels(); mel++) {
      rows.add(
          Arrays.toString(
              Arrays.copyOfRange(
                  FEATURES.values(), mel * FEATURES.frames(), (mel + 1) * FEATURES.frames())));
    }
    String request =
        "{\"inputs\":[{\"name\":\"features\",\"shape\":[1,6,30],\"datatype\":\"FP64\",\"data\":["
            + rows
            + "]}],\"outputs\":[{\"name\":\"lengths\"}]}";
    JsonNode made =
        JSON.readTree(
            TestServer.post(server, INFER, request.getBytes(StandardCharsets.UTF_8)).body());
    assertEquals(1, made.path("outputs").size(), made.toString());
    assertEquals("lengths", made.path("outputs").get(0).path("name").stringValue());
    assertTrue(made.path("id").isMissingNode());
  }

  @Test
  void binaryInBothDirections() throws Exception {
    byte[] raw = floats(FEATURES);
    HttpResponse<byte[]> response =
        infer(
            "{\"parameters\":{\"seed\":3,\"precision\":\"int8\",\"binary_data_output\":true},\"inputs\":["
                + "{\"name\":\"features\",\"shape\":[1,6,30],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":720}}]}",
            raw);
    assertEquals(200, response.statusCode(), text(response));
    assertEquals(
        "application/octet-stream", response.headers().firstValue("content-type").orElse(""));
    int length = Integer.parseInt(response.headers().firstValue(JSON_LENGTH).orElse("0"));
    JsonNode made = JSON.readTree(Arrays.copyOf(response.body(), length));
    byte[] expected = expected("int8", FEATURES, 3);
    JsonNode audio = made.path("outputs").get(0);
    assertEquals(expected.length, audio.path("parameters").path("binary_data_size").intValue());
    assertTrue(audio.path("data").isMissingNode());
    assertArrayEquals(
        expected, Arrays.copyOfRange(response.body(), length, length + expected.length));
    ByteBuffer lengths =
        ByteBuffer.wrap(response.body(), length + expected.length, 8)
            .order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(expected.length / 2, lengths.getLong());
    assertEquals(length + expected.length + 8, response.body().length);
  }

  @Test
  void binaryForOneOutputAndFloats() throws Exception {
    HttpResponse<byte[]> response =
        infer(
            "{\"parameters\":{\"audio_datatype\":\"FP32\"},\"inputs\":["
                + "{\"name\":\"features\",\"shape\":[1,6,30],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":720}}],"
                + "\"outputs\":[{\"name\":\"lengths\"},{\"name\":\"audio\",\"parameters\":{\"binary_data\":true}}]}",
            floats(FEATURES));
    int length = Integer.parseInt(response.headers().firstValue(JSON_LENGTH).orElse("0"));
    JsonNode made = JSON.readTree(Arrays.copyOf(response.body(), length));
    assertEquals("FP32", made.path("outputs").get(1).path("datatype").stringValue());
    short[] samples = shorts(expected("f32", FEATURES, 0));
    assertEquals("[" + samples.length + "]", made.path("outputs").get(0).path("data").toString());
    ByteBuffer values =
        ByteBuffer.wrap(response.body(), length, response.body().length - length)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (short sample : samples) {
      assertEquals(sample, Math.rint(32768.0 * values.getFloat()), 0);
    }
  }

  @Test
  void aBatchIsItsRowsAlone() throws Exception {
    Features other = TestServer.features(31);
    float[] cut = new float[180];
    for (int i = 0; i < cut.length; i++) {
      cut[i] = other.at(i / 30, i % 30);
    }
    Features padded = new Features(6, 30, cut);
    HttpResponse<byte[]> response =
        infer(
            "{\"parameters\":{\"seed\":9,\"binary_data_output\":true},\"inputs\":["
                + "{\"name\":\"features\",\"shape\":[2,6,30],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":1440}},"
                + "{\"name\":\"lengths\",\"shape\":[2],\"datatype\":\"INT64\",\"data\":[30,20]}]}",
            floats(FEATURES, padded));
    assertEquals(200, response.statusCode(), text(response));
    int length = Integer.parseInt(response.headers().firstValue(JSON_LENGTH).orElse("0"));
    byte[] first = expected("f32", FEATURES, 9);
    float[] short20 = new float[120];
    for (int i = 0; i < short20.length; i++) {
      short20[i] = padded.at(i / 20, i % 20);
    }
    byte[] second = expected("f32", new Features(6, 20, short20), 9);
    byte[] made = Arrays.copyOfRange(response.body(), length, length + 2 * first.length);
    assertArrayEquals(first, Arrays.copyOf(made, first.length));
    assertArrayEquals(second, Arrays.copyOfRange(made, first.length, first.length + second.length));
    for (int i = first.length + second.length; i < made.length; i++) {
      assertEquals(0, made[i]);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | body: expected a JSON object, found nothing",
        "{ | body: expected JSON: ",
        "[] | body: expected a JSON object, found array",
        "{} | inputs: expected an array, found nothing",
        "{\"inputs\":[]} | input 'features': expected [batch, 6, frames] of FP32, FP64 or FP16, found no such input",
        "{\"inputs\":[{\"name\":\"features\",\"shape\":[1,6,1],\"datatype\":\"FP32\",\"data\":[1,2,3]}]} | input 'features': expected 6 elements for shape [1, 6, 1], found 3",
        "{\"inputs\":[{\"name\":\"features\",\"shape\":[1,6,1],\"datatype\":\"FP32\",\"data\":[1,2,3,4,5,6,7]}]} | input 'features': expected data of 6 numbers, found more",
        "{\"inputs\":[{\"name\":\"features\",\"shape\":[1,6,1],\"datatype\":\"BYTES\",\"data\":[1,2,3,4,5,6]}]} | input 'features': expected datatype FP32",
        "{\"inputs\":[{\"name\":\"features\",\"shape\":[1,-6,1],\"datatype\":\"FP32\",\"data\":[]}]} | input 'features': expected a shape of at most 2^31 elements, found [1, -6, 1]",
        "{\"inputs\":[{\"name\":\"features\",\"shape\":[4294967296,6,4294967296],\"datatype\":\"FP32\",\"data\":[]}]} | input 'features': expected a shape of at most 2^31 elements",
        "{\"inputs\":[{\"name\":\"features\",\"shape\":[1,6,1],\"datatype\":\"FP32\",\"data\":[1,2,3,4,5,6]}]} | input 'features': expected at least 2 frames in each row, found 1",
        "{\"inputs\":[{\"name\":\"features\",\"shape\":[1,5,1],\"datatype\":\"FP32\",\"data\":[1,2,3,4,5]}]} | input 'features': expected [batch, 6, frames] of FP32, FP64 or FP16, found [1, 5, 1] of FP32",
        "{\"parameters\":{\"seeed\":1},\"inputs\":[]} | parameters: expected seed, temperature, precision or audio_datatype, found 'seeed'",
        "{\"parameters\":{\"sequence_id\":7},\"inputs\":[]} | parameters: sequences are vocoded by ModelStreamInfer",
        "{\"outputs\":[{\"name\":\"mel\"}],\"inputs\":[]} | outputs: expected audio or lengths, found 'mel'",
        "{\"inputs\":[{\"name\":\"features\",\"shape\":[1,6,2],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":48}}]} | input 'features': expected binary_data_size of the bytes after the JSON (0 are left) and no data, found 48"
      })
  void whatIsWrongIsSaid(String request, String message) throws Exception {
    HttpResponse<byte[]> response =
        TestServer.post(server, INFER, request.getBytes(StandardCharsets.UTF_8));
    assertEquals(400, response.statusCode(), text(response));
    String error = JSON.readTree(response.body()).path("error").stringValue();
    assertTrue(error.startsWith(message), error);
  }

  @Test
  void bytesThatAreLeftOverAreRefused() throws Exception {
    HttpResponse<byte[]> response = infer("{\"inputs\":[]}", new byte[3]);
    assertEquals(400, response.statusCode());
    assertEquals(
        "{\"error\":\"body: expected 13 bytes of JSON and binary data, found 16\"}",
        text(response));
    HttpResponse<byte[]> header =
        TestServer.post(server, INFER, new byte[3], JSON_LENGTH, "nonsense");
    assertEquals(
        "{\"error\":\"Inference-Header-Content-Length: expected 0 to 3 bytes, found 'nonsense'\"}",
        text(header));
  }
}
