package org.wavebridge.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.Utterance.Crossfade;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.runtime.internal.lifetime.Guard;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.Waveform;
import org.wavebridge.runtime.spi.GraphSession;

/** Closed, dropped and interrupted vocoders. */
@Timeout(120)
final class VocoderLifetimeTest {
  private static final VocoderModel MODEL =
      RandomModels.residualGru(2, 16, 8, List.of(2, 3), new Head.Categorical(64));
  private static final GenerateOptions OPTIONS = GenerateOptions.seed(3).withChunkFrames(4);

  @TempDir Path folder;

  private final Features features = TestVoices.features(MODEL, 150);

  /** Everything that runs graphs, by name. */
  private Map<String, Executable> uses(Vocoder vocoder, VocoderStream stream) {
    float[] values = new float[149 * MODEL.features().hop()];
    Folding folding = new Folding(120, 24, Crossfade.SUSTAIN);
    Uniforms uniforms = new Uniforms(1);
    return Map.of(
        "generate", () -> vocoder.generate(features, OPTIONS, Progress.NONE),
        "generateAll", () -> vocoder.generateAll(List.of(features), OPTIONS, Progress.NONE),
        "generateFolded",
            () -> vocoder.generateFolded(features, OPTIONS, folding, uniforms, Progress.NONE),
        "generateValues", () -> vocoder.generateValues(features, uniforms, 1),
        "score", () -> vocoder.score(features, values, LogitsConsumer.NONE, Progress.NONE),
        "push", () -> stream.push(features));
  }

  @Test
  void everyUseAfterCloseIsRefused() {
    Vocoder vocoder = TestVoices.open(folder, MODEL, "cpu");
    VocoderStream stream = vocoder.stream(OPTIONS);
    stream.push(features);
    GraphSession graph = vocoder.graph(GraphKind.CONDITIONER);
    vocoder.close();
    vocoder.close();
    uses(vocoder, stream)
        .forEach((name, use) -> assertThrows(IllegalStateException.class, use, name));
    assertThrows(IllegalStateException.class, stream::finish);
    assertThrows(IllegalStateException.class, () -> vocoder.stream(OPTIONS));
    assertThrows(IllegalStateException.class, () -> vocoder.graph(GraphKind.GENERATE));
    assertThrows(
        IllegalStateException.class, () -> vocoder.features(new Waveform(new float[9], 9)));
    assertThrows(IllegalStateException.class, () -> graph.run(Map.of()));
    assertEquals(8, vocoder.manifest().features().mels());
  }

  @Test
  void closeFromACallbackEndsTheWorkThatCalled() {
    Vocoder vocoder = TestVoices.open(folder, MODEL, "cpu");
    IllegalStateException ended =
        assertThrows(
            IllegalStateException.class,
            () ->
                vocoder.generateAll(List.of(features), OPTIONS, (done, total) -> vocoder.close()));
    assertEquals("the vocoder is closed", ended.getMessage());
  }

  @Test
  void closeEndsThreadsThatGenerate() throws InterruptedException {
    Vocoder vocoder = TestVoices.open(folder, MODEL, "cpu");
    ExecutorService threads = Executors.newFixedThreadPool(5);
    CountDownLatch running = new CountDownLatch(3);
    List<Future<?>> generating = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      generating.add(
          threads.submit(
              () -> {
                while (true) {
                  vocoder.generate(features, OPTIONS, Progress.NONE);
                  running.countDown();
                }
              }));
    }
    running.await();
    Future<?> other = threads.submit(vocoder::close);
    vocoder.close();
    for (Future<?> thread : generating) {
      ExecutionException ended = assertThrows(ExecutionException.class, thread::get);
      assertEquals(IllegalStateException.class, ended.getCause().getClass());
    }
    assertEquals(null, assertDone(other));
    threads.shutdown();
  }

  private static Object assertDone(Future<?> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void droppedVocodersAreFreed() throws InterruptedException {
    Path bundle = TestVoices.bundle(folder, MODEL);
    int before = Guard.live();
    int most = 0;
    for (int i = 0; i < 20; i++) {
      use(bundle);
      most = Math.max(most, Guard.live());
    }
    assertTrue(most > before, "nothing was counted");
    for (int i = 0; i < 100 && Guard.live() > before; i++) {
      System.gc();
      Thread.sleep(50);
    }
    // Those that other tests dropped may go meanwhile.
    assertTrue(Guard.live() <= before, "before " + before + ", after " + Guard.live());
  }

  private void use(Path bundle) {
    Vocoder.open(bundle, VocoderOptions.defaults().withBackend("cpu"))
        .generate(features, OPTIONS, Progress.NONE);
  }

  @Test
  void interruptsEndEveryWorkAndStaySet() {
    try (Vocoder vocoder = TestVoices.open(folder, MODEL, "cpu")) {
      float[] expected = vocoder.generate(features, OPTIONS, Progress.NONE).samples();
      VocoderStream stream = vocoder.stream(OPTIONS);
      uses(vocoder, stream)
          .forEach(
              (name, use) -> {
                Thread.currentThread().interrupt();
                assertThrows(InterruptedVocodingException.class, use, name);
                assertTrue(Thread.interrupted(), name);
              });
      assertThrows(IllegalStateException.class, stream::finish);
      assertArrayEquals(
          expected, vocoder.generate(features, OPTIONS, Progress.NONE).samples(), "afterwards");
    }
  }

  @Test
  void anInterruptBetweenChunksEndsTheWork() {
    try (Vocoder vocoder = TestVoices.open(folder, MODEL, "cpu")) {
      List<Long> seen = new ArrayList<>();
      assertThrows(
          InterruptedVocodingException.class,
          () ->
              vocoder.generateAll(
                  List.of(features),
                  OPTIONS,
                  (done, total) -> {
                    seen.add(done);
                    Thread.currentThread().interrupt();
                  }));
      assertTrue(Thread.interrupted());
      assertEquals(List.of(4L * MODEL.features().hop()), seen);
    }
  }

  @Test
  void interruptsEndSubscaleUtterances() {
    VocoderModel model = RandomModels.dualSoftmax(1, 16, 6, 7, 0.5, new BlockShape(8, 1));
    VocoderModel subscale =
        RandomModels.subscale(
            3, model, 4, 3, 1, true, List.of(new RandomModels.ContextShape(5, 2, 3, true)));
    try (Vocoder vocoder = TestVoices.open(folder, subscale, "cpu")) {
      Features frames = TestVoices.features(subscale, 40);
      Thread.currentThread().interrupt();
      assertThrows(
          InterruptedVocodingException.class,
          () -> vocoder.generate(frames, OPTIONS, Progress.NONE));
      assertTrue(Thread.interrupted());
    }
  }
}
