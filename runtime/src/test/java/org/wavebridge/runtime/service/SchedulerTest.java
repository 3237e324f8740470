package org.wavebridge.runtime.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wavebridge.runtime.service.CallCosts.Size;
import org.wavebridge.runtime.service.StreamException.Reason;

/** The scheduler on a clock and an engine that are made up: nothing depends on this machine. */
final class SchedulerTest {
  /** 10 streams in real time in calls of 8 rows, 4 of one row. */
  private static final CallCosts COSTS =
      new CallCosts(
          1,
          1,
          List.of(new Size(1, 1e-4, 0.0025), new Size(4, 1e-4, 0.005), new Size(8, 1e-4, 0.008)));

  private final FakeEngine engine = new FakeEngine(COSTS);
  private final ArrayDeque<Runnable> deliveries = new ArrayDeque<>();
  private Scheduler scheduler = scheduler(ServiceOptions.defaults());

  private Scheduler scheduler(ServiceOptions options) {
    return new Scheduler(engine, options.withClock(engine::now), COSTS, deliveries::add);
  }

  private boolean turn() {
    boolean made = scheduler.turn();
    while (!deliveries.isEmpty()) {
      deliveries.remove().run();
    }
    return made;
  }

  private void run() {
    while (turn()) {
      // The next call.
    }
  }

  private LiveStream stream(StreamOptions options, Listening listener) {
    try {
      return scheduler.stream(options, listener);
    } catch (OverloadedException e) {
      throw new AssertionError(e);
    }
  }

  /** A stream whose frames are all there and whose samples are all wanted. */
  private Listening begun(int frames) {
    return begun(frames, new Listening());
  }

  private Listening begun(int frames, Listening listener) {
    LiveStream stream = stream(StreamOptions.seed(1), listener);
    stream.request(Long.MAX_VALUE);
    assertEquals(frames, stream.offer(new float[frames], 0, frames));
    stream.finish();
    return listener;
  }

  private static float[] counted(int frames) {
    float[] samples = new float[frames * FakeEngine.HOP];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = i;
    }
    return samples;
  }

  /** A player, by the clock of the engine. */
  private final class Player extends Listening {
    private long end;
    private long worst;
    private boolean playing;

    @Override
    void got(int samples) {
      long now = engine.now();
      if (playing) {
        worst = Math.max(worst, now - end);
      }
      end = playing && end - now > 0 ? end : now;
      end += samples * 1_000_000_000L / FakeEngine.RATE;
      playing = true;
    }
  }

  @ParameterizedTest
  @CsvSource({"0.5, false", "0.8, false", "1, true", "2, true", "2, false", "10, false"})
  void runningStreamsAreContinuousAtAnyLoad(double load, boolean lengthKnown)
      throws InterruptedException {
    Random random = new Random(5);
    List<Player> players = new ArrayList<>();
    long start = engine.now();
    double seconds = 120;
    int refused = 0;
    double next = 0;
    while ((engine.now() - start) * 1e-9 < seconds) {
      double time = (engine.now() - start) * 1e-9;
      if (time >= next) {
        int frames = 100 + random.nextInt(400);
        Player player = new Player();
        StreamOptions options = StreamOptions.seed(1);
        try {
          LiveStream stream =
              scheduler.stream(lengthKnown ? options.withFrames(frames) : options, player);
          stream.request(Long.MAX_VALUE);
          stream.offer(new float[frames], 0, frames);
          stream.finish();
          players.add(player);
        } catch (OverloadedException e) {
          assertTrue(e.retryAfter().toMillis() >= 100 && e.retryAfter().toMillis() <= 60_000);
          refused++;
        }
        // 3 seconds are the mean, and 10 streams what the machine can do.
        next += -Math.log(1 - random.nextDouble()) * 3 / (10 * load);
      } else if (!turn()) {
        engine.skip(1e-3);
      }
    }
    run();
    for (Player player : players) {
      player.finishedSamples();
      assertEquals(0, Math.max(0, player.worst), "ran dry");
    }
    ServiceFigures figures = scheduler.figures();
    assertEquals(players.size(), figures.finished());
    assertEquals(players.size(), figures.continuous());
    assertEquals(0, figures.underruns().count());
    assertEquals(refused, figures.refused());
    assertTrue(figures.firstSample().quantile(0.99) <= 0.1, figures.firstSample().toString());
    double made = figures.samples() / (double) FakeEngine.RATE / seconds;
    if (load >= 2) {
      assertTrue(refused > players.size() / 3, "refused " + refused);
      assertTrue(made > 8, made + " streams in real time");
    } else if (load <= 0.5) {
      // Arrivals by chance come close to the capacity now and then.
      assertTrue(refused <= players.size() / 50, "refused " + refused);
    }
  }

  @Test
  void aMachineThatGetsSlowerAdmitsFewer() {
    for (int i = 0; i < 4; i++) {
      begun(1000);
    }
    double before = scheduler.figures().capacity();
    engine.slow(3);
    for (int i = 0; i < 100; i++) {
      turn();
    }
    double after = scheduler.figures().capacity();
    assertEquals(before / 3, after, 0.1 * before);
  }

  @Test
  void aSlowReaderPausesAndHoldsNobodyUp() throws InterruptedException {
    Listening slow = new Listening();
    LiveStream paused = stream(StreamOptions.seed(1), slow);
    paused.request(100);
    paused.offer(new float[1000], 0, 1000);
    paused.finish();
    Listening other = begun(300);
    run();
    assertArrayEquals(counted(300), other.finishedSamples());
    assertEquals(100, slow.samplesSoFar().length);
    ServiceFigures figures = scheduler.figures();
    assertEquals(1, figures.paused());
    // Two seconds, and what one call makes beyond.
    assertTrue(figures.samplesHeld() >= 2 * FakeEngine.RATE, figures.toString());
    assertTrue(figures.samplesHeld() <= 2 * FakeEngine.RATE + 32 * FakeEngine.HOP);
    paused.request(Long.MAX_VALUE);
    run();
    assertArrayEquals(counted(1000), slow.finishedSamples());
    assertEquals(0, scheduler.figures().underruns().count());
    assertEquals(2, scheduler.figures().continuous());
  }

  @Test
  void framesThatWaitAreBoundedAndCapacityIsTold() throws InterruptedException {
    scheduler = scheduler(ServiceOptions.defaults().withBounds(10, 50, Duration.ofSeconds(1)));
    List<Integer> told = new ArrayList<>();
    Listening listener =
        new Listening() {
          @Override
          public void capacity(int frames) {
            super.capacity(frames);
            told.add(frames);
          }
        };
    LiveStream stream = stream(StreamOptions.seed(1), listener);
    assertEquals(50, stream.offer(new float[60], 0, 60));
    assertEquals(0, stream.offer(new float[60], 50, 10));
    assertEquals(50, scheduler.figures().framesWaiting());
    assertEquals(List.of(), told);
    stream.request(Long.MAX_VALUE);
    run();
    assertEquals(1, told.size());
    assertEquals(10, stream.offer(new float[60], 50, 10));
    stream.finish();
    stream.finish();
    run();
    assertArrayEquals(counted(60), listener.finishedSamples());
    assertThrows(IllegalStateException.class, () -> stream.offer(new float[1], 0, 1));
  }

  @Test
  void streamsShareCallsWhateverTheirTemperatures() throws InterruptedException {
    List<Listening> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Listening listener = new Listening();
      LiveStream stream =
          stream(StreamOptions.seed(1).withTemperature(i % 2 == 0 ? 1 : 0.5f), listener);
      stream.offer(new float[200], 0, 200);
      stream.finish();
      stream.request(Long.MAX_VALUE);
      all.add(listener);
    }
    run();
    for (Listening listener : all) {
      assertArrayEquals(counted(200), listener.finishedSamples());
    }
    assertTrue(engine.rows.contains(8), engine.rows.toString());
  }

  @Test
  void cancelledRowsAreFreeAtTheNextCall() {
    Listening listener = new Listening();
    LiveStream stream = stream(StreamOptions.seed(1), listener);
    stream.request(Long.MAX_VALUE);
    stream.offer(new float[500], 0, 500);
    assertTrue(turn());
    int parts = listener.parts();
    stream.cancel();
    stream.cancel();
    assertFalse(turn());
    assertEquals(parts, listener.parts());
    assertEquals(0, scheduler.figures().live());
    assertEquals(1, scheduler.figures().cancelled());
    assertEquals(3, stream.offer(new float[3], 0, 3), "dropped");
  }

  @Test
  void aListenerThatThrowsFailsItsOwnStreamAlone() throws InterruptedException {
    IllegalStateException fault = new IllegalStateException("no player");
    Listening bad =
        begun(
            100,
            new Listening() {
              @Override
              public void samples(float[] samples) {
                throw fault;
              }
            });
    Listening good = begun(100);
    run();
    StreamException failure = bad.failure();
    assertEquals(Reason.LISTENER, failure.reason());
    assertEquals(fault, failure.getCause());
    assertArrayEquals(counted(100), good.finishedSamples());
  }

  @Test
  void aFailedCallFailsItsRowsAndTheServiceGoesOn() throws InterruptedException {
    Listening first = begun(100);
    engine.failing(new IllegalStateException("generate.onnx: out of memory"));
    turn();
    engine.failing(null);
    StreamException failure = first.failure();
    assertEquals(Reason.BACKEND, failure.reason());
    assertEquals("the backend failed: generate.onnx: out of memory", failure.getMessage());
    Listening second = begun(100);
    run();
    assertArrayEquals(counted(100), second.finishedSamples());
    assertTrue(scheduler.figures().broken().isEmpty());
  }

  @Test
  void aBackendThatFailsAgainAndAgainBreaksTheService() throws InterruptedException {
    engine.failing(new IllegalStateException("the GPU is gone"));
    Listening idle = new Listening();
    stream(StreamOptions.seed(1), idle);
    for (int i = 0; i < 3; i++) {
      Listening listener = begun(10);
      run();
      assertEquals(Reason.BACKEND, listener.failure().reason());
    }
    assertEquals("the service is broken: the GPU is gone", idle.failure().getMessage());
    assertEquals("the GPU is gone", scheduler.figures().broken().orElseThrow());
    StreamException refused =
        assertThrows(
            StreamException.class, () -> scheduler.stream(StreamOptions.seed(1), new Listening()));
    assertEquals(Reason.BACKEND, refused.reason());
  }

  @Test
  void deadlinesAndIdlenessAreSeen() throws InterruptedException {
    Listening late = new Listening();
    stream(StreamOptions.seed(1).withDeadline(Duration.ofSeconds(5)), late).request(Long.MAX_VALUE);
    Listening idle = new Listening();
    LiveStream forgotten = stream(StreamOptions.seed(1), idle);
    Listening alive = new Listening();
    LiveStream kept = stream(StreamOptions.seed(1), alive);
    engine.skip(4.9);
    turn();
    assertEquals(3, scheduler.figures().live());
    engine.skip(0.2);
    turn();
    assertEquals("the stream did not end within PT5S", late.failure().getMessage());
    assertEquals(Reason.DEADLINE, late.failure().reason());
    engine.skip(50);
    kept.offer(new float[1], 0, 1);
    turn();
    engine.skip(10);
    turn();
    assertEquals(Reason.IDLE, idle.failure().reason());
    assertEquals(1, scheduler.figures().live());
    forgotten.request(1);
    kept.request(Long.MAX_VALUE);
    kept.finish();
    run();
    assertArrayEquals(counted(1), alive.finishedSamples());
  }

  @Test
  void aReaderThatTakesNothingIsIdle() throws InterruptedException {
    Listening listener = new Listening();
    LiveStream stream = stream(StreamOptions.seed(1), listener);
    stream.offer(new float[1000], 0, 1000);
    stream.finish();
    run();
    engine.skip(61);
    turn();
    assertEquals(Reason.IDLE, listener.failure().reason());
    assertEquals(0, scheduler.figures().samplesHeld());
  }

  @Test
  void streamsWithoutSamplesFail() throws InterruptedException {
    Listening listener = new Listening();
    stream(StreamOptions.seed(1), listener).finish();
    run();
    assertEquals(Reason.INPUT, listener.failure().reason());
  }

  @Test
  void asManyStreamsAsTheOptionsSay() {
    scheduler = scheduler(ServiceOptions.defaults().withBounds(2, 10, Duration.ofSeconds(1)));
    stream(StreamOptions.seed(1), new Listening());
    stream(StreamOptions.seed(1), new Listening());
    OverloadedException refused =
        assertThrows(
            OverloadedException.class,
            () -> scheduler.stream(StreamOptions.seed(1), new Listening()));
    assertTrue(refused.retryAfter().toMillis() > 0);
    assertEquals(1, scheduler.figures().refused());
  }

  @Test
  void aClosedSchedulerTakesNoStreams() throws InterruptedException {
    Listening listener = begun(10);
    scheduler.close();
    run();
    assertEquals(Reason.CLOSED, listener.failure().reason());
    StreamException refused =
        assertInstanceOf(
            StreamException.class,
            assertThrows(
                RuntimeException.class,
                () -> scheduler.stream(StreamOptions.seed(1), new Listening())));
    assertEquals("the service is closed", refused.getMessage());
  }
}
