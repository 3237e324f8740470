package org.wavebridge.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.runtime.io.Features;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Clients that nobody here wrote: gRPC of npm, curl, and a browser. */
final class ForeignClientsTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Features FEATURES = TestServer.features(40);

  @TempDir static Path folder;
  private static Path bundle;
  private static VocoderServer server;

  @BeforeAll
  static void start() {
    bundle = TestServer.bundle(folder.resolve("voice"), 8);
    server = VocoderServer.start(List.of(bundle), TestServer.options(folder));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static byte[] expected(String precision, long seed) {
    byte[] wav = TestServer.vocode(bundle, precision, FEATURES, seed, 1);
    return Arrays.copyOfRange(wav, 44, wav.length);
  }

  private static byte[] bytes(JsonNode node) {
    return Base64.getDecoder().decode(node.stringValue());
  }

  @Test
  void grpcOfNpm() throws Exception {
    Path raw = Files.write(folder.resolve("frames.f32"), TestServer.raw(FEATURES));
    String said =
        Npm.run(
            ForeignClientsTest.class,
            folder.resolve("grpc"),
            List.of("@grpc/grpc-js@1", "@grpc/proto-loader@0"),
            "clients.mjs",
            Path.of("src", "main", "proto").toAbsolutePath().toString(),
            "127.0.0.1:" + server.port(),
            raw.toString(),
            "6");
    JsonNode made = JSON.readTree(said);
    assertEquals("{\"live\":true}", made.path("live").toString());
    assertEquals("{\"ready\":true}", made.path("ready").toString());
    assertEquals("{\"ready\":true}", made.path("modelReady").toString());
    assertEquals("{}", made.path("notReady").toString(), "false is what is left out");
    assertEquals("wavebridge", made.path("server").path("name").stringValue());
    assertEquals("[\"1\"]", made.path("model").path("versions").toString());
    assertEquals(
        "[\"-1\",\"6\",\"-1\"]", made.path("model").path("inputs").get(0).path("shape").toString());
    assertEquals("READY", made.path("index").path("models").get(0).path("state").stringValue());
    assertEquals(
        "{\"code\":5,\"message\":\"no model 'alto' is loaded; there is voice\"}",
        made.path("noModel").toString());
    assertEquals(3, made.path("badShape").path("code").intValue());
    assertEquals(
        "{\"code\":3,\"message\":\"parameters: expected seed, temperature, precision or audio_datatype, found 'pitch'\"}",
        made.path("badParameter").toString());
    byte[] expected = expected("f32", 21);
    assertEquals("x1", made.path("whole").path("id").stringValue());
    assertArrayEquals(expected, bytes(made.path("whole").path("audio")));
    assertArrayEquals(expected, bytes(made.path("contents")));
    assertArrayEquals(expected, bytes(made.path("sequence").path("audio")));
    String messages = made.path("sequence").path("messages").toString();
    assertTrue(messages.contains("final part4"), messages);
    assertTrue(messages.contains("expected sequence_start in its first request"), messages);
    assertEquals(24000, made.path("vocode").path("rate").intValue());
    assertArrayEquals(expected, bytes(made.path("vocode").path("audio")));
    assertArrayEquals(
        Arrays.copyOfRange(expected, 200, expected.length), bytes(made.path("rest").path("audio")));
    assertEquals(3, made.path("cut").path("code").intValue());
    assertEquals(
        "temperature: expected a number above 0, found 0.0",
        made.path("cold").path("message").stringValue());
  }

  @Test
  void curl() throws Exception {
    assumeTrue(Npm.program("curl").isPresent(), "no curl on this machine: it was not tried");
    Path npy = Files.write(folder.resolve("hello.npy"), TestServer.npy(FEATURES));
    Path wav = folder.resolve("hello.wav");
    Process process =
        new ProcessBuilder(
                "curl",
                "-sS",
                "-X",
                "POST",
                "-T",
                npy.toString(),
                TestServer.uri(server, "/v1/vocode?seed=7").toString(),
                "-o",
                wav.toString())
            .inheritIO()
            .start();
    assertEquals(0, process.waitFor());
    assertArrayEquals(TestServer.vocode(bundle, "f32", FEATURES, 7, 1), Files.readAllBytes(wav));
  }

  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void aBrowserPlaysWhatTheCommandMakes(String scheme) throws Exception {
    Optional<Path> browser = Npm.program("chromium");
    assumeTrue(browser.isPresent(), "no Chromium on this machine: the page was not looked at");
    Features features = TestServer.features(200);
    Path npy = Files.write(folder.resolve(scheme + ".npy"), TestServer.npy(features));
    Path shot = folder.resolve(scheme + ".png");
    String said =
        Npm.run(
            ForeignClientsTest.class,
            folder.resolve(scheme),
            List.of("playwright-core@1"),
            "listen.mjs",
            browser.get().toString(),
            TestServer.uri(server, "/").toString(),
            scheme,
            shot.toString(),
            npy.toString(),
            folder.resolve(scheme + ".wav").toString());
    JsonNode page = JSON.readTree(said);
    assertEquals("Done.", page.path("message").stringValue(), said);
    assertEquals("[]", page.path("problems").toString());
    assertEquals("[]", page.path("foreign").toString(), "the page works without other servers");
    CRC32 crc = new CRC32();
    byte[] wav = TestServer.vocode(bundle, "int8", features, 9, 1);
    assertArrayEquals(wav, Files.readAllBytes(folder.resolve(scheme + ".wav")), "the file saved");
    crc.update(wav, 44, wav.length - 44);
    assertEquals(
        String.format("%08x", crc.getValue()), page.path("bits").stringValue(), "the bits heard");
    assertFalse(page.path("tokenShown").booleanValue());
    assertTrue(page.path("colours").intValue() > 50, said);
    assertTrue(Files.size(shot) > 10_000);
  }
}
