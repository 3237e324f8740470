package org.wavebridge.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.serving.LoadClient.Protocol;
import org.wavebridge.serving.LoadClient.Reading;
import org.wavebridge.serving.LoadClient.Utterance;

/**
 * Many streams at once by HTTP, WebSocket and gRPC, some read with pauses, cancelled, or left and
 * resumed: each has the bits that it has alone.
 */
final class BitsUnderLoadTest {
  private static final List<Protocol> PROTOCOLS = List.of(Protocol.values());
  private static final List<Reading> READINGS = List.of(Reading.values());

  /** How long the soak lasts. */
  private static final long SOAK_SECONDS = Long.getLong("wavebridge.soak.seconds", 20 * 60);

  /** The parts of the soak, after each of which the server is looked at. */
  private static final int SOAK_PARTS = 20;

  /** Clients of the soak at the same time. */
  private static final int AT_ONCE = 16;

  /** What the server's memory may vary by in the second half of the soak. */
  private static final long GROWTH = 24 << 20;

  /** Threads and connections that may still wait for more work when the server is looked at. */
  private static final long SLACK = 8;

  /** After which threads of streams have ended that have nothing to do. */
  private static final long REST_SECONDS = 6;

  @TempDir Path folder;

  @Test
  void someStreams() throws Exception {
    run(48, 10);
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
    try (VocoderServer server = VocoderServer.start(List.of(bundle), TestServer.options(folder));
        LoadClient client = new LoadClient(server)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < streams; i++) {
        Utterance utterance = Utterance.random(bundle, random, 120);
        Protocol protocol = PROTOCOLS.get(i % 3);
        Reading reading = READINGS.get(i / 3 % 4);
        running.add(
            clients.submit(
                () -> {
                  right(utterance, reading, client.take(utterance, protocol, reading));
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

  /** What came of a cancelled stream is its beginning. */
  private static void right(Utterance utterance, Reading reading, byte[] audio) {
    byte[] expected = utterance.expected();
    boolean part = reading == Reading.CANCELLED;
    assertTrue(audio.length > 0, "nothing came");
    assertArrayEquals(part ? Arrays.copyOf(expected, audio.length) : expected, audio);
  }

  /** Streams go on with the model that they began on, and new ones have the new one. */
  @Test
  void aModelIsReplacedUnderLoad() throws Exception {
    Path models = folder.resolve("models");
    Path bundle = TestServer.bundle(models.resolve("voice"), 3);
    Random random = new Random(1);
    List<Utterance> old = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      old.add(Utterance.random(bundle, random, 120));
    }
    ExecutorService clients = Executors.newFixedThreadPool(8);
    try (VocoderServer server = VocoderServer.start(List.of(models), TestServer.options(folder));
        LoadClient client = new LoadClient(server)) {
      TestServer.bundle(models.resolve("voice"), 4);
      LongAdder before = new LongAdder();
      LongAdder after = new LongAdder();
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < old.size(); i++) {
        Utterance begun = old.get(i);
        byte[] wav =
            TestServer.vocode(
                bundle, begun.precision(), begun.features(), begun.seed(), begun.temperature());
        byte[] replaced = Arrays.copyOfRange(wav, 44, wav.length);
        Protocol protocol = PROTOCOLS.get(i % 3);
        Reading reading = i % 2 == 0 ? Reading.PAUSED : Reading.WHOLE;
        running.add(
            clients.submit(
                () -> {
                  byte[] audio = client.take(begun, protocol, reading);
                  (Arrays.equals(begun.expected(), audio) ? before : after).increment();
                  if (!Arrays.equals(begun.expected(), audio)) {
                    assertArrayEquals(replaced, audio);
                  }
                  return null;
                }));
        if (i == old.size() / 2) {
          running.get(0).get(300, TimeUnit.SECONDS);
          assertEquals(
              200,
              TestServer.post(server, "/v2/repository/models/voice/load", new byte[0])
                  .statusCode());
        }
      }
      for (Future<?> each : running) {
        each.get(300, TimeUnit.SECONDS);
      }
      assertTrue(before.sum() > 0 && after.sum() > 0, before + " before, " + after + " after");
    } finally {
      clients.shutdownNow();
    }
  }

  private static long heap() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(100);
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** Threads but those of clients, and those that wait for a minute for another blocking call. */
  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> !name.startsWith("HttpClient-") && !name.contains("blocking-tasks"))
        .count();
  }

  /** Waits until a server has no live streams. */
  private static void idle(int port) throws Exception {
    String live = "";
    for (int tries = 0; tries < 200; tries++) {
      live =
          String.join(
              "\n",
              TestServer.get(port, "/metrics")
                  .body()
                  .lines()
                  .filter(line -> line.startsWith("wavebridge_streams_live{"))
                  .toList());
      if (live.lines().allMatch(line -> line.endsWith(" 0.0"))) {
        return;
      }
      Thread.sleep(100);
    }
    throw new AssertionError(live);
  }

  /** Clients that leave in the middle leave no stream, no thread and no memory. */
  @Test
  @Tag("slow")
  void aThousandConnectsAndDisconnects() throws Exception {
    Path bundle = TestServer.bundle(folder.resolve("voice"), 3);
    Random random = new Random(9);
    List<Utterance> utterances = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      utterances.add(Utterance.random(bundle, random, 400));
    }
    ExecutorService clients = Executors.newFixedThreadPool(8);
    try (VocoderServer server = VocoderServer.start(List.of(bundle), TestServer.options(folder))) {
      leave(server, clients, utterances, 100);
      idle(server.port());
      long heapBefore = heap();
      long threadsBefore = threads();
      leave(server, clients, utterances, 1000);
      idle(server.port());
      long heapAfter = heap();
      long threadsAfter = threads();
      String figures =
          "1000 streams left: heap %d to %d KiB, threads %d to %d"
              .formatted(heapBefore >> 10, heapAfter >> 10, threadsBefore, threadsAfter);
      System.out.println(figures);
      assertTrue(heapAfter < heapBefore + (16 << 20), figures);
      assertTrue(threadsAfter <= threadsBefore + 8, figures);
      try (LoadClient client = new LoadClient(server)) {
        Utterance first = utterances.get(0);
        right(first, Reading.WHOLE, client.take(first, Protocol.GRPC, Reading.WHOLE));
      }
    } finally {
      clients.shutdownNow();
    }
  }

  private static void leave(
      VocoderServer server, ExecutorService clients, List<Utterance> utterances, int count)
      throws Exception {
    try (LoadClient client = new LoadClient(server)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Utterance utterance = utterances.get(i % utterances.size());
        Protocol protocol = PROTOCOLS.get(i % 3);
        running.add(
            clients.submit(
                () -> {
                  byte[] audio = client.take(utterance, protocol, Reading.CANCELLED);
                  right(utterance, Reading.CANCELLED, audio);
                  return null;
                }));
      }
      for (Future<?> each : running) {
        each.get(300, TimeUnit.SECONDS);
      }
    }
  }

  /** Streams join and leave for twenty minutes, and a model is replaced now and then. */
  @Test
  @Tag("slow")
  void soak() throws Exception {
    Path bundle = TestServer.bundle(folder.resolve("voice"), 3);
    Random random = new Random(20);
    List<Utterance> utterances = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      utterances.add(Utterance.random(bundle, random, 200));
    }
    Tally tally = new Tally();
    List<State> states = new ArrayList<>();
    ExecutorService clients = Executors.newFixedThreadPool(AT_ONCE);
    try (ServerProcess server = ServerProcess.start(bundle, folder)) {
      for (int part = 1; part <= SOAK_PARTS; part++) {
        try (LoadClient client = new LoadClient(server.port())) {
          soak(client, clients, utterances, tally);
        }
        idle(server.port());
        TimeUnit.SECONDS.sleep(REST_SECONDS);
        State state = State.of(server);
        states.add(state);
        System.out.printf("soak, part %d of %d: %s; %s%n", part, SOAK_PARTS, tally, state);
      }
    } finally {
      clients.shutdownNow();
    }
    assertEquals(0, tally.lost.sum(), tally + tally.reason);
    assertEquals(0, tally.different.sum(), tally.toString());
    assertTrue(tally.made.sum() > 0 && tally.cancelled.sum() > 0, tally.toString());
    State.assertFlat(states);
  }

  /** What the server takes of the machine while it has nothing to do. */
  private record State(long resident, long threads, long open) {
    static State of(ServerProcess server) throws Exception {
      server.collect();
      return new State(server.resident(), server.threads(), server.open());
    }

    /** Whether nothing has grown in the second half, when everything has been used. */
    static void assertFlat(List<State> states) {
      State half = states.get(states.size() / 2 - 1);
      State last = states.get(states.size() - 1);
      String figures = half + " to " + last;
      assertTrue(last.resident < half.resident + GROWTH, figures);
      assertTrue(last.threads <= half.threads + SLACK, figures);
      assertTrue(last.open <= half.open + SLACK, figures);
    }

    @Override
    public String toString() {
      return "%d MiB resident, %d threads, %d open files".formatted(resident >> 20, threads, open);
    }
  }

  /** What became of streams. */
  private static final class Tally {
    private final LongAdder made = new LongAdder();
    private final LongAdder cancelled = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private final LongAdder different = new LongAdder();
    private volatile String reason = "";

    void add(Utterance utterance, Reading reading, byte[] audio) {
      boolean part = reading == Reading.CANCELLED;
      byte[] expected = utterance.expected();
      (part ? cancelled : made).increment();
      if (!Arrays.equals(part ? Arrays.copyOf(expected, audio.length) : expected, audio)) {
        different.increment();
      }
    }

    @Override
    public String toString() {
      return "%d streams made, %d cancelled, %d lost, %d different"
          .formatted(made.sum(), cancelled.sum(), lost.sum(), different.sum());
    }
  }

  /** One part of the soak: in its middle the model is replaced. */
  private static void soak(
      LoadClient client, ExecutorService clients, List<Utterance> utterances, Tally tally)
      throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    List<Future<?>> running = new ArrayList<>();
    for (int c = 0; c < AT_ONCE; c++) {
      Random random = new Random(c);
      running.add(
          clients.submit(
              () -> {
                while (!over.get()) {
                  Utterance utterance = utterances.get(random.nextInt(utterances.size()));
                  Reading reading = READINGS.get(random.nextInt(4));
                  Protocol protocol = PROTOCOLS.get(random.nextInt(3));
                  try {
                    tally.add(utterance, reading, client.take(utterance, protocol, reading));
                  } catch (Exception | AssertionError e) {
                    tally.lost.increment();
                    tally.reason = protocol + " " + reading + ": " + e;
                  }
                }
                return null;
              }));
    }
    TimeUnit.MILLISECONDS.sleep(500 * SOAK_SECONDS / SOAK_PARTS);
    client.reload("voice");
    TimeUnit.MILLISECONDS.sleep(500 * SOAK_SECONDS / SOAK_PARTS);
    over.set(true);
    for (Future<?> each : running) {
      each.get(300, TimeUnit.SECONDS);
    }
  }
}
