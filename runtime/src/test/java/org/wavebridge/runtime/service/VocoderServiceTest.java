package org.wavebridge.runtime.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.TestVoices;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.service.StreamException.Reason;

/** The threads of a service: that listeners do not hold each other up, and none is left. */
@Timeout(120)
final class VocoderServiceTest {
  private static final VocoderModel MODEL =
      RandomModels.dualSoftmax(1, 32, 6, 7, 0.3, new BlockShape(16, 1));

  @TempDir Path folder;

  private final Features features = TestVoices.features(MODEL, 40);

  private ServiceOptions options() {
    return ServiceOptions.defaults().withCache(folder.resolve("cache"));
  }

  private LiveStream begin(VocoderService service, LiveStream.Listener listener)
      throws OverloadedException {
    LiveStream stream =
        service.stream(StreamOptions.seed(7).withFrames(features.frames()), listener);
    stream.request(Long.MAX_VALUE);
    assertEquals(features.frames(), stream.offer(features, 0));
    stream.finish();
    return stream;
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("wavebridge-"))
        .toList();
  }

  @Test
  void aListenerThatBlocksHoldsNobodyUp() throws OverloadedException, InterruptedException {
    try (Vocoder vocoder = TestVoices.open(folder, MODEL, "cpu");
        VocoderService service = VocoderService.start(vocoder, options())) {
      float[] expected =
          vocoder.generate(features, GenerateOptions.seed(7), Progress.NONE).samples();
      CountDownLatch free = new CountDownLatch(1);
      Listening blocked =
          new Listening() {
            @Override
            void got(int samples) {
              try {
                free.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }
          };
      begin(service, blocked);
      for (int i = 0; i < 10; i++) {
        Listening other = new Listening();
        begin(service, other);
        assertArrayEquals(expected, other.finishedSamples());
      }
      assertFalse(service.drain(Duration.ofMillis(20)));
      free.countDown();
      assertArrayEquals(expected, blocked.finishedSamples());
      assertTrue(service.drain(Duration.ofSeconds(60)));
      StreamException refused =
          assertThrows(
              StreamException.class, () -> service.stream(StreamOptions.seed(1), new Listening()));
      assertEquals(Reason.CLOSED, refused.reason());
    }
    assertEquals(List.of(), threads());
  }

  @Test
  void noThreadIsLeftWhoeverCloses() throws OverloadedException, InterruptedException {
    try (Vocoder vocoder = TestVoices.open(folder, MODEL, "cpu")) {
      VocoderService service = VocoderService.start(vocoder, options());
      Listening waiting = new Listening();
      service.stream(StreamOptions.seed(1), waiting);
      Listening closing =
          new Listening() {
            @Override
            void got(int samples) {
              service.close();
            }
          };
      begin(service, closing);
      assertEquals(Reason.CLOSED, waiting.failure().reason());
      closing.failure();
      service.close();
      assertEquals(List.of(), threads());
      assertThrows(
          StreamException.class, () -> service.stream(StreamOptions.seed(1), new Listening()));
    }
  }

  @Test
  void aListenerThatNeverReturnsIsInterruptedByClose()
      throws OverloadedException, InterruptedException {
    CountDownLatch interrupted = new CountDownLatch(1);
    try (Vocoder vocoder = TestVoices.open(folder, MODEL, "cpu")) {
      VocoderService service = VocoderService.start(vocoder, options());
      CountDownLatch inside = new CountDownLatch(1);
      begin(
          service,
          new Listening() {
            @Override
            void got(int samples) {
              inside.countDown();
              try {
                Thread.sleep(Long.MAX_VALUE);
              } catch (InterruptedException e) {
                interrupted.countDown();
              }
            }
          });
      inside.await();
      service.close();
      assertTrue(interrupted.await(60, TimeUnit.SECONDS));
    }
    assertEquals(List.of(), threads());
  }

  @Test
  void aClosedVocoderFailsTheStreams() throws OverloadedException, InterruptedException {
    Vocoder vocoder = TestVoices.open(folder, MODEL, "cpu");
    try (VocoderService service = VocoderService.start(vocoder, options())) {
      Listening listener = new Listening();
      LiveStream stream = service.stream(StreamOptions.seed(7), listener);
      stream.request(Long.MAX_VALUE);
      vocoder.close();
      stream.offer(features, 0);
      StreamException failure = listener.failure();
      assertEquals(Reason.BACKEND, failure.reason());
      assertEquals("the backend failed: the vocoder is closed", failure.getMessage());
    }
  }

  @Test
  void offersAreChecked() throws OverloadedException {
    try (Vocoder vocoder = TestVoices.open(folder, MODEL, "cpu");
        VocoderService service = VocoderService.start(vocoder, options())) {
      LiveStream stream = service.stream(StreamOptions.seed(7), new Listening());
      float[] frames = new float[12];
      frames[8] = Float.NaN;
      InputException bad = assertThrows(InputException.class, () -> stream.offer(frames, 0, 2));
      assertEquals("expected finite features, found NaN at [1, 2]", bad.getMessage());
      assertEquals(1, stream.offer(frames, 0, 1));
      assertThrows(IndexOutOfBoundsException.class, () -> stream.offer(frames, 1, 2));
      assertThrows(InputException.class, () -> stream.offer(new Features(7, 1, new float[7]), 0));
      assertThrows(IllegalArgumentException.class, () -> stream.request(0));
      stream.cancel();
    }
  }
}
