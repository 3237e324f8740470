package org.wavebridge.serving;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.grpc.GrpcClients;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.serving.wire.Frames;
import org.wavebridge.serving.wire.Pcm;
import org.wavebridge.serving.wire.Settings;
import org.wavebridge.serving.wire.VocoderGrpc;

/** A client of each protocol, which reads streams to their ends or does not. */
final class LoadClient implements AutoCloseable {
  private static final int FRAME = 4 * TestServer.MELS;
  private static final int TRIES = 600;

  /** How a client takes its audio. */
  enum Reading {
    /** As it comes. */
    WHOLE,
    /** With pauses, so that the server has to wait. */
    PAUSED,
    /** In two streams: it leaves the first in the middle and asks for the rest. */
    RESUMED,
    /** Not to the end. */
    CANCELLED
  }

  /** The ways to ask for a stream. */
  enum Protocol {
    HTTP,
    WEB_SOCKET,
    GRPC
  }

  /** An utterance, and the samples that {@code vocode} makes of it. */
  record Utterance(
      Features features, String precision, long seed, float temperature, byte[] expected) {
    static Utterance random(Path bundle, Random random, int mostFrames) {
      Features features = TestServer.features(5 + random.nextInt(mostFrames));
      String precision = random.nextBoolean() ? "f32" : "int8";
      long seed = random.nextLong();
      float temperature = 0.5f + random.nextInt(8) / 8f;
      byte[] wav = TestServer.vocode(bundle, precision, features, seed, temperature);
      return new Utterance(
          features, precision, seed, temperature, Arrays.copyOfRange(wav, 44, wav.length));
    }
  }

  private final int port;
  private final HttpClient http = HttpClient.newHttpClient();
  private final ClientFactory factory = ClientFactory.builder().build();
  private final VocoderGrpc.VocoderStub grpc;

  LoadClient(VocoderServer server) {
    this(server.port());
  }

  LoadClient(int port) {
    this.port = port;
    this.grpc =
        GrpcClients.builder("gproto+http://127.0.0.1:" + port)
            .factory(factory)
            .responseTimeoutMillis(0)
            .maxResponseLength(0)
            .build(VocoderGrpc.VocoderStub.class);
  }

  @Override
  public void close() {
    factory.close();
  }

  /** Has a model loaded in place of itself, on the connection of the other requests. */
  void reload(String model) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(
                TestServer.uri(port, "/v2/repository/models/%s/load".formatted(model)))
            .POST(BodyPublishers.noBody())
            .build();
    HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
    assertTrue(response.statusCode() == 200, response::body);
  }

  /** The bytes that came; of a cancelled stream only the first of them. */
  byte[] take(Utterance utterance, Protocol protocol, Reading reading) throws Exception {
    int most =
        switch (reading) {
          case WHOLE, PAUSED -> Integer.MAX_VALUE;
          case RESUMED, CANCELLED -> Math.max(2, utterance.expected().length / 4 * 2);
        };
    byte[] first = take(utterance, protocol, 0, most, reading == Reading.PAUSED);
    if (reading != Reading.RESUMED) {
      return first;
    }
    byte[] rest = take(utterance, protocol, first.length / 2, Integer.MAX_VALUE, false);
    byte[] both = Arrays.copyOf(first, first.length + rest.length);
    System.arraycopy(rest, 0, both, first.length, rest.length);
    return both;
  }

  private byte[] take(Utterance utterance, Protocol protocol, int from, int most, boolean pauses)
      throws Exception {
    return switch (protocol) {
      case HTTP -> byHttp(utterance, from, most, pauses);
      case WEB_SOCKET -> bySocket(utterance, from, most, pauses);
      case GRPC -> byGrpc(utterance, from, most, pauses);
    };
  }

  private byte[] byHttp(Utterance utterance, int from, int most, boolean pauses)
      throws IOException, InterruptedException {
    String path =
        "/v1/vocode?precision=%s&seed=%d&temperature=%s&from=%d"
            .formatted(utterance.precision(), utterance.seed(), utterance.temperature(), from);
    HttpRequest request =
        HttpRequest.newBuilder(TestServer.uri(port, path))
            .header("Accept", "audio/pcm")
            .POST(BodyPublishers.ofByteArray(TestServer.raw(utterance.features())))
            .build();
    for (int tries = 0; tries < TRIES; tries++) {
      HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
      try (InputStream in = response.body()) {
        if (response.statusCode() == 429) {
          in.readAllBytes();
          Thread.sleep(200);
          continue;
        }
        assertTrue(response.statusCode() == 200, () -> "status " + response.statusCode());
        ByteArrayOutputStream audio = new ByteArrayOutputStream();
        byte[] piece = new byte[pauses ? 997 : 65_536];
        int read = 0;
        while (audio.size() < most && read >= 0) {
          read = in.read(piece, 0, Math.min(piece.length, most - audio.size()));
          audio.write(piece, 0, Math.max(0, read));
          Thread.sleep(pauses ? 5 : 0);
        }
        return audio.toByteArray();
      }
    }
    throw new AssertionError("always overloaded");
  }

  private byte[] bySocket(Utterance utterance, int from, int most, boolean pauses)
      throws InterruptedException {
    StreamSocketTest.Client client = new StreamSocketTest.Client(port);
    client.pause = pauses ? 5 : 0;
    try {
      String said = "overloaded";
      for (int tries = 0; tries < TRIES && said.contains("overloaded"); tries++) {
        Thread.sleep(tries == 0 ? 0 : 200);
        client.say(
            "{\"start\":{\"precision\":\"%s\",\"seed\":\"%d\",\"temperature\":\"%s\",\"from\":%d}}"
                .formatted(utterance.precision(), utterance.seed(), utterance.temperature(), from));
        said = client.next();
      }
      String started = said;
      assertTrue(started.startsWith("{\"started\""), started);
      client.frames(TestServer.raw(utterance.features()), FRAME * 11);
      if (most < Integer.MAX_VALUE) {
        for (int tries = 0; tries < 1000 && client.audio.size() < 2; tries++) {
          Thread.sleep(10);
        }
        client.say("{\"cancel\":true}");
        String end = client.next();
        assertTrue(end.equals("{\"cancelled\":{}}"), end);
        byte[] audio = client.audio.toByteArray();
        return Arrays.copyOf(audio, Math.min(audio.length, most));
      }
      client.say("{\"finish\":true}");
      String end = client.next();
      assertTrue(end.startsWith("{\"finished\""), end);
      return client.audio.toByteArray();
    } finally {
      client.close();
    }
  }

  private byte[] byGrpc(Utterance utterance, int from, int most, boolean pauses)
      throws InterruptedException {
    Settings settings =
        Settings.newBuilder()
            .setPrecision(utterance.precision())
            .setSeed(utterance.seed())
            .setTemperature(utterance.temperature())
            .setFromSample(from)
            .build();
    byte[] raw = TestServer.raw(utterance.features());
    for (int tries = 0; tries < TRIES; tries++) {
      GrpcReader reader = new GrpcReader(most, pauses);
      grpc.vocode(reader);
      reader.send(Frames.newBuilder().setSettings(settings).build());
      for (int at = 0; at < raw.length; at += FRAME * 11) {
        int size = Math.min(FRAME * 11, raw.length - at);
        reader.send(Frames.newBuilder().setFeatures(ByteString.copyFrom(raw, at, size)).build());
      }
      reader.half();
      Status status = reader.end();
      if (status.getCode() == Status.Code.RESOURCE_EXHAUSTED) {
        Thread.sleep(200);
        continue;
      }
      boolean left = most < Integer.MAX_VALUE && status.getCode() == Status.Code.CANCELLED;
      assertTrue(left || status.isOk(), status.toString());
      byte[] audio = reader.audio.toByteArray();
      return Arrays.copyOf(audio, Math.min(audio.length, most));
    }
    throw new AssertionError("always overloaded");
  }

  /** Reads one message after the other. */
  private static final class GrpcReader implements ClientResponseObserver<Frames, Pcm> {
    private final ByteArrayOutputStream audio = new ByteArrayOutputStream();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final int most;
    private final boolean pauses;
    private ClientCallStreamObserver<Frames> call;
    private Status status = Status.OK;

    GrpcReader(int most, boolean pauses) {
      this.most = most;
      this.pauses = pauses;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Frames> started) {
      call = started;
      started.disableAutoRequestWithInitial(1);
    }

    /** What the server has ended takes no more. */
    void send(Frames frames) {
      try {
        call.onNext(frames);
      } catch (IllegalStateException e) {
        assertTrue(ended.getCount() == 0 || audio.size() >= most, e.toString());
      }
    }

    void half() {
      try {
        call.onCompleted();
      } catch (IllegalStateException e) {
        assertTrue(ended.getCount() == 0 || audio.size() >= most, e.toString());
      }
    }

    Status end() throws InterruptedException {
      assertTrue(ended.await(300, TimeUnit.SECONDS), "the stream does not end");
      return status;
    }

    @Override
    public void onNext(Pcm pcm) {
      audio.writeBytes(pcm.getAudio().toByteArray());
      if (audio.size() >= most) {
        call.cancel("enough", null);
        return;
      }
      try {
        Thread.sleep(pauses ? 20 : 0);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      call.request(1);
    }

    @Override
    public void onError(Throwable error) {
      status = Status.fromThrowable(error);
      ended.countDown();
    }

    @Override
    public void onCompleted() {
      ended.countDown();
    }
  }
}
