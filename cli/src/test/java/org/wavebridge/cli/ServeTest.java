package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code serve} as a process of its own, and what it refuses before it starts. */
final class ServeTest {
  private static final Pattern LISTENING = Pattern.compile("listening on (http://127.0.0.1:\\d+/)");

  @TempDir Path folder;

  @Test
  void theDemoVoiceIsServedUntilSigterm() throws Exception {
    Forked machine = Forked.fresh(folder);
    Path said = folder.resolve("said.txt");
    Process server =
        machine.start(said, List.of(), List.of(), "serve", "--demo", "--port", "0", "--access-log");
    try {
      String address = address(said, server);
      HttpClient client = HttpClient.newHttpClient();
      byte[] npy =
          client
              .send(
                  HttpRequest.newBuilder(URI.create(address + "v1/examples/agent-pass.npy"))
                      .build(),
                  BodyHandlers.ofByteArray())
              .body();
      byte[] wav =
          client
              .send(
                  HttpRequest.newBuilder(URI.create(address + "v1/vocode?seed=7"))
                      .POST(BodyPublishers.ofByteArray(npy))
                      .build(),
                  BodyHandlers.ofByteArray())
              .body();
      server.destroy();
      assertTrue(server.waitFor(180, TimeUnit.SECONDS), "it does not end");
      assertEquals(0, server.exitValue(), Files.readString(said));
      Path demo = folder.resolve("demo.wav");
      assertEquals(0, Ran.of("demo", "-o", demo).code());
      assertArrayEquals(Files.readAllBytes(demo), wav);
      String log = Files.readString(said);
      assertTrue(log.contains("\"path\":\"/v1/vocode?seed=7\",\"status\":200"), log);
      assertTrue(Forked.contents(machine.temporary()).isEmpty(), "temporary files are left");
    } finally {
      server.destroyForcibly();
    }
  }

  /** Streams that have begun are finished, and on a disk that is full no cache is no fault. */
  @Test
  void liveStreamsAreFinishedAfterSigterm() throws Exception {
    Path home = Files.createDirectories(folder.resolve("home"));
    Forked machine = new Forked(home, Files.createDirectories(folder.resolve("tmp")));
    Path said = folder.resolve("said.txt");
    List<String> full = Forked.onTmpfs("size=64k", home);
    Process server = machine.start(said, full, List.of(), "serve", "--demo", "--port", "0");
    try {
      String address = address(said, server);
      HttpClient client = HttpClient.newHttpClient();
      HttpRequest features =
          HttpRequest.newBuilder(URI.create(address + "v1/examples/agent-pass.npy")).build();
      HttpRequest vocode =
          HttpRequest.newBuilder(URI.create(address + "v1/vocode?seed=7"))
              .POST(
                  BodyPublishers.ofByteArray(
                      client.send(features, BodyHandlers.ofByteArray()).body()))
              .build();
      List<InputStream> streams = new ArrayList<>();
      // As many as it takes: a slow machine refuses those that it cannot keep going.
      for (int i = 0; i < 5; i++) {
        HttpResponse<InputStream> response = client.send(vocode, BodyHandlers.ofInputStream());
        if (response.statusCode() == 200) {
          assertEquals('R', response.body().read());
          streams.add(response.body());
        } else {
          assertEquals(429, response.statusCode());
        }
      }
      assertFalse(streams.isEmpty());
      server.destroy();
      int status = 200;
      for (int tries = 0; tries < 600 && status == 200; tries++) {
        Thread.sleep(20);
        status = status(client, URI.create(address + "v2/health/ready"));
      }
      assertEquals(503, status, "readiness while streams go on");
      Path demo = folder.resolve("demo.wav");
      assertEquals(0, Ran.of("demo", "-o", demo).code());
      byte[] expected = Files.readAllBytes(demo);
      for (InputStream stream : streams) {
        assertArrayEquals(Arrays.copyOfRange(expected, 1, expected.length), stream.readAllBytes());
      }
      assertTrue(server.waitFor(180, TimeUnit.SECONDS), "it does not end");
      assertEquals(0, server.exitValue(), Files.readString(said));
    } finally {
      server.destroyForcibly();
    }
  }

  /** The status of an answer; 0 where nobody answers. */
  private static int status(HttpClient client, URI uri) throws InterruptedException {
    try {
      return client
          .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  private static String address(Path said, Process server)
      throws IOException, InterruptedException {
    for (int tries = 0; tries < 1800 && server.isAlive(); tries++) {
      Matcher found = LISTENING.matcher(Files.readString(said));
      if (found.find()) {
        return found.group(1);
      }
      Thread.sleep(100);
    }
    throw new AssertionError(Files.readString(said));
  }

  @Test
  void misuseIsNamed() throws IOException {
    Path token = Files.writeString(folder.resolve("token"), "short\n");
    misused(2, "expected a BUNDLE, or --demo", "serve");
    misused(2, "--port: expected 0 to 65535, found 70000", "serve", "voice", "--port", "70000");
    misused(2, "expected --tls-cert and --tls-key together", "serve", "voice", "--tls-cert", "a");
    misused(3, "expected a token of 16 to 4096", "serve", "voice", "--token-file", token);
    misused(3, "none: expected a bundle", "serve", folder.resolve("none"));
  }

  private static void misused(int code, String message, Object... arguments) {
    Ran ran = Ran.of(arguments);
    assertEquals(code, ran.code(), ran.err());
    assertTrue(ran.message().contains(message), ran.err());
  }
}
