package org.wavebridge.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.runtime.io.Features;

/** Models that come, change and go while the server runs. */
final class ModelRepositoryTest {
  private static final Features FEATURES = TestServer.features(20);

  @TempDir Path folder;

  private static HttpResponse<byte[]> post(VocoderServer server, String path) throws Exception {
    return TestServer.post(server, path, new byte[0]);
  }

  private static byte[] vocode(VocoderServer server, String query) throws Exception {
    return TestServer.post(server, "/v1/vocode" + query, TestServer.raw(FEATURES)).body();
  }

  @Test
  void versionsAreFoldersAndTheHighestIsTheDefault() throws Exception {
    Path models = folder.resolve("models");
    Path second = TestServer.bundle(models.resolve("voice").resolve("2"), 1);
    Path tenth = TestServer.bundle(models.resolve("voice").resolve("10"), 2);
    Path other = TestServer.bundle(models.resolve("other"), 3);
    try (VocoderServer server = VocoderServer.start(List.of(models), TestServer.options(folder))) {
      assertTrue(
          TestServer.get(server, "/v2/models/voice")
              .body()
              .contains("\"versions\":[\"2\",\"10\"]"));
      assertArrayEquals(
          TestServer.vocode(tenth, "f32", FEATURES, 0, 1), vocode(server, "?model=voice"));
      assertArrayEquals(
          TestServer.vocode(second, "f32", FEATURES, 0, 1),
          vocode(server, "?model=voice&version=2"));
      assertArrayEquals(
          TestServer.vocode(other, "f32", FEATURES, 0, 1), vocode(server, "?model=other"));
      assertEquals(
          "{\"error\":\"model: expected the name of one of 2 models: other, voice\"}",
          new String(vocode(server, ""), StandardCharsets.UTF_8));
    }
  }

  @Test
  void modelsAreReplacedLoadedAndUnloaded() throws Exception {
    Path models = folder.resolve("models");
    Path voice = TestServer.bundle(models.resolve("voice"), 1);
    try (VocoderServer server = VocoderServer.start(List.of(models), TestServer.options(folder))) {
      byte[] before = TestServer.vocode(voice, "f32", FEATURES, 0, 1);
      assertArrayEquals(before, vocode(server, ""));
      TestServer.bundle(models.resolve("voice"), 5);
      assertArrayEquals(before, vocode(server, ""), "not before it is asked to");
      assertEquals(200, post(server, "/v2/repository/models/voice/load").statusCode());
      assertArrayEquals(TestServer.vocode(voice, "f32", FEATURES, 0, 1), vocode(server, ""));

      TestServer.bundle(models.resolve("late"), 6);
      assertEquals(
          "[{\"name\":\"voice\",\"version\":\"1\",\"state\":\"READY\",\"reason\":\"\"},"
              + "{\"name\":\"late\",\"version\":\"1\",\"state\":\"UNAVAILABLE\",\"reason\":\"\"}]",
          new String(post(server, "/v2/repository/index").body(), StandardCharsets.UTF_8));
      assertEquals(200, post(server, "/v2/repository/models/late/load").statusCode());
      assertEquals(200, TestServer.get(server, "/v2/models/late/ready").statusCode());
      assertEquals(200, post(server, "/v2/repository/models/voice/unload").statusCode());
      assertEquals(404, TestServer.get(server, "/v2/models/voice/ready").statusCode());
      assertEquals(404, post(server, "/v2/repository/models/voice/unload").statusCode());
      assertEquals(404, post(server, "/v2/repository/models/none/load").statusCode());
      assertEquals(200, TestServer.get(server, "/v2/health/ready").statusCode());
      byte[] ready =
          TestServer.post(
                  server,
                  "/v2/repository/index",
                  "{\"ready\":true}".getBytes(StandardCharsets.UTF_8))
              .body();
      assertEquals(
          "[{\"name\":\"late\",\"version\":\"1\",\"state\":\"READY\",\"reason\":\"\"}]",
          new String(ready, StandardCharsets.UTF_8));
    }
  }

  @Test
  void aBrokenReplacementLeavesTheModelAsItWas() throws Exception {
    Path voice = TestServer.bundle(folder.resolve("voice"), 1);
    byte[] before = TestServer.vocode(voice, "f32", FEATURES, 0, 1);
    try (VocoderServer server = VocoderServer.start(List.of(voice), TestServer.options(folder))) {
      try (Stream<Path> files = Files.walk(voice)) {
        for (Path graph : files.filter(file -> file.toString().endsWith(".onnx")).toList()) {
          Files.writeString(graph, "broken");
        }
      }
      HttpResponse<byte[]> refused = post(server, "/v2/repository/models/voice/load");
      assertEquals(400, refused.statusCode());
      assertTrue(
          new String(refused.body(), StandardCharsets.UTF_8).contains(".onnx"),
          () -> new String(refused.body(), StandardCharsets.UTF_8));
      assertArrayEquals(before, vocode(server, ""));
      assertEquals(200, TestServer.get(server, "/v2/health/ready").statusCode());
    }
  }

  @Test
  void whatIsNoModelIsRefusedAtTheStart() {
    BundleException none =
        assertThrows(
            BundleException.class,
            () -> VocoderServer.start(List.of(folder), TestServer.options(folder)));
    assertTrue(String.valueOf(none.getMessage()).contains("expected a bundle"), none.toString());
    Path voice = TestServer.bundle(folder.resolve("voice"), 1);
    BundleException twice =
        assertThrows(
            BundleException.class,
            () -> VocoderServer.start(List.of(voice, voice), TestServer.options(folder)));
    assertTrue(String.valueOf(twice.getMessage()).contains("served already"), twice.toString());
  }
}
