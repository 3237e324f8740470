package org.wavebridge.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.runtime.io.Features;

/** Many streams at once by HTTP and WebSocket: each has the bits that it has alone. */
final class BitsUnderLoadTest {
  @TempDir Path folder;

  @Test
  void someStreams() throws Exception {
    run(40, 10);
  }

  @Test
  @Tag("slow")
  void twoHundredStreams() throws Exception {
    run(200, 40);
  }

  private void run(int streams, int atOnce) throws Exception {
    Path bundle = TestServer.bundle(folder.resolve("voice"), 3);
    Random random = new Random(streams);
    ExecutorService clients = Executors.newFixedThreadPool(atOnce);
    try (VocoderServer server = VocoderServer.start(List.of(bundle), TestServer.options(folder))) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < streams; i++) {
        Features features = TestServer.features(5 + random.nextInt(120));
        String precision = random.nextBoolean() ? "f32" : "int8";
        long seed = random.nextLong();
        float temperature = 0.5f + random.nextInt(8) / 8f;
        byte[] wav = TestServer.vocode(bundle, precision, features, seed, temperature);
        byte[] expected = Arrays.copyOfRange(wav, 44, wav.length);
        boolean socket = random.nextBoolean();
        boolean cancelled = random.nextInt(6) == 0;
        running.add(
            clients.submit(
                () -> {
                  if (socket) {
                    bySocket(server, precision, features, seed, temperature, expected, cancelled);
                  } else {
                    byHttp(server, precision, features, seed, temperature, expected);
                  }
                  return null;
                }));
      }
      for (Future<?> each : running) {
        each.get(300, TimeUnit.SECONDS);
      }
    } finally {
      clients.shutdownNow();
    }
  }

  private static void byHttp(
      VocoderServer server,
      String precision,
      Features features,
      long seed,
      float temperature,
      byte[] expected)
      throws Exception {
    String query = "?precision=%s&seed=%d&temperature=%s".formatted(precision, seed, temperature);
    int status = 429;
    byte[] made = {};
    for (int tries = 0; tries < 300 && status == 429; tries++) {
      var response =
          TestServer.post(
              server, "/v1/vocode" + query, TestServer.raw(features), "Accept", "audio/pcm");
      status = response.statusCode();
      made = response.body();
      Thread.sleep(status == 429 ? 200 : 0);
    }
    assertEquals(200, status);
    assertArrayEquals(expected, made);
  }

  private static void bySocket(
      VocoderServer server,
      String precision,
      Features features,
      long seed,
      float temperature,
      byte[] expected,
      boolean cancelled)
      throws Exception {
    StreamSocketTest.Client client = new StreamSocketTest.Client(server);
    String said = "\"kind\":\"overloaded\"";
    for (int tries = 0; tries < 300 && said.contains("\"kind\":\"overloaded\""); tries++) {
      client.say(
          "{\"start\":{\"precision\":\"%s\",\"seed\":\"%d\",\"temperature\":\"%s\"}}"
              .formatted(precision, seed, temperature));
      said = client.next();
      Thread.sleep(said.contains("overloaded") ? 200 : 0);
    }
    assertTrue(said.startsWith("{\"started\""), said);
    byte[] raw = TestServer.raw(features);
    client.frames(cancelled ? Arrays.copyOf(raw, 24) : raw, 24 * 11);
    if (cancelled) {
      client.say("{\"cancel\":true}");
      assertEquals("{\"cancelled\":{}}", client.next());
    } else {
      client.say("{\"finish\":true}");
      said = client.next();
      assertTrue(said.startsWith("{\"finished\""), said);
      assertArrayEquals(expected, client.audio.toByteArray());
    }
    client.close();
  }
}
