package org.wavebridge.runtime.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.CosineModulatedBank;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.InterpolatedMels;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.quantize.Quantizer;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.TestVoices;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.SpeakerEmbedding;

/** Whatever streams do beside each other, each is what the vocoder makes alone. */
@Timeout(300)
final class LiveStreamsTest {
  private static final int CLIENTS = 6;
  private static final float[] TEMPERATURES = {1, 0.7f, 0.4f};

  @TempDir Path folder;

  /** A model and its name. */
  record Case(String name, VocoderModel model) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    VocoderModel dual = RandomModels.dualSoftmax(1, 32, 6, 7, 0.3, new BlockShape(16, 1));
    VocoderModel residual =
        RandomModels.residualGru(2, 16, 6, List.of(2, 3), new Head.Categorical(64));
    return Stream.of(
        new Case("dual", dual),
        new Case("speakers", RandomModels.speaking(4, residual, 5)),
        new Case("fading", faded(residual, residual.utterance(), 5)),
        new Case(
            "fading_long_only",
            faded(residual, Utterance.PLAIN.withFrames(3, 4).withoutShortFade(), 9)),
        new Case(
            "whole",
            residual.with(
                new InterpolatedMels(2, 6, 0.25f, ((UpsampledMels) residual.conditioner()).aux()))),
        new Case(
            "sub_bands",
            RandomModels.subBand(
                5,
                16,
                new RandomModels.ConditionerShape(8, 8, 1, List.of(2, 3), 2),
                new Head.Categorical(64),
                CosineModulatedBank.kaiser(3, 4, 6),
                0.5,
                new BlockShape(8, 1))),
        new Case(
            "centred_bands",
            faded(
                RandomModels.subBand(
                    6,
                    16,
                    new RandomModels.ConditionerShape(8, 8, 1, List.of(2, 3), 2),
                    new Head.Categorical(64),
                    CosineModulatedBank.windowed(3, 20, 0.2, 6),
                    0.5,
                    new BlockShape(8, 1)),
                Utterance.WHOLE,
                2)),
        new Case(
            "bands",
            RandomModels.multiBand(
                3, 32, 6, CosineModulatedBank.kaiser(3, 4, 6), 2, 2, 0.5, new BlockShape(8, 1))),
        new Case(
            "both_directions",
            RandomModels.embeddingGru(4, 16, 6, 7, 64, 0.5, new BlockShape(8, 1))),
        new Case(
            "subscale",
            RandomModels.subscale(
                3, dual, 4, 3, 1, true, List.of(new RandomModels.ContextShape(5, 2, 3, true)))));
  }

  private static VocoderModel faded(VocoderModel model, Utterance utterance, int frames) {
    AudioFormat audio = model.audio();
    return new VocoderModel(
        model.family(),
        new AudioFormat(
            audio.sampleRate(), audio.bits(), audio.encoding(), audio.deEmphasis(), frames),
        model.features(),
        model.conditioner(),
        model.network(),
        Optional.empty(),
        utterance);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyKindOfBundle(Case c) throws InterruptedException, ExecutionException {
    live(c.model(), BundleManifest.F32, 24);
  }

  @ParameterizedTest
  @ValueSource(strings = {BundleManifest.F32, BundleManifest.INT8})
  void manyStreams(String precision) throws InterruptedException, ExecutionException {
    live(RandomModels.dualSoftmax(1, 64, 6, 7, 0.3, new BlockShape(16, 1)), precision, 60);
  }

  @ParameterizedTest
  @ValueSource(strings = {BundleManifest.F32, BundleManifest.INT8})
  @Tag("slow")
  void evenMoreStreams(String precision) throws InterruptedException, ExecutionException {
    for (Case c : cases().toList()) {
      live(c.model(), precision, 200);
    }
  }

  private void live(VocoderModel model, String precision, int count)
      throws InterruptedException, ExecutionException {
    Path bundle = folder.resolve(precision);
    try (StagedBundle staged =
        StagedBundle.write(
            model,
            precision.equals(BundleManifest.INT8)
                ? Optional.of(Quantizer.quantise(model))
                : Optional.empty(),
            new BundleManifest.Source("random", "0"),
            "test",
            bundle)) {
      staged.publish();
    }
    ServiceOptions options =
        ServiceOptions.defaults()
            .withCache(folder.resolve("cache"))
            .withBounds(
                count,
                model.conditioner().contextFrames() > 1000 ? 100 : 16,
                Duration.ofMillis(20));
    VocoderOptions opening = new VocoderOptions("cpu", precision, 1);
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try (Vocoder alone = Vocoder.open(bundle, opening);
        VocoderService service = VocoderService.open(bundle, opening, options)) {
      List<Future<?>> streams = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Random random = new Random(i);
        streams.add(
            clients.submit(
                () -> {
                  new Client(service, alone, model, random).run();
                  return null;
                }));
      }
      for (Future<?> stream : streams) {
        stream.get();
      }
      assertTrue(service.drain(Duration.ofSeconds(100)));
      ServiceFigures figures = service.figures();
      assertEquals(count, figures.finished() + figures.cancelled(), figures.toString());
      assertEquals(
          0, figures.failed() + figures.live() + figures.framesWaiting() + figures.samplesHeld());
    } finally {
      clients.shutdownNow();
    }
  }

  /** One stream's user, with habits of its own. */
  private static final class Client {
    private final VocoderService service;
    private final Vocoder alone;
    private final Features features;
    private final StreamOptions options;
    private final Random random;

    Client(VocoderService service, Vocoder alone, VocoderModel model, Random random) {
      this.service = service;
      this.alone = alone;
      this.random = random;
      int least = model.utterance().leadFrames() + model.utterance().tailFrames() + 1;
      this.features = TestVoices.features(model, least + random.nextInt(60));
      StreamOptions seeded =
          StreamOptions.seed(random.nextLong())
              .withTemperature(TEMPERATURES[random.nextInt(TEMPERATURES.length)])
              .with(speaker(model.conditioner().speakerSize(), random));
      this.options = random.nextBoolean() ? seeded.withFrames(features.frames()) : seeded;
    }

    private static Optional<SpeakerEmbedding> speaker(int size, Random random) {
      float[] values = new float[size];
      for (int i = 0; i < size; i++) {
        values[i] = random.nextFloat();
      }
      return size == 0 ? Optional.empty() : Optional.of(new SpeakerEmbedding(values));
    }

    void run() throws InterruptedException {
      boolean slow = random.nextInt(3) == 0;
      boolean cancelled = random.nextInt(6) == 0;
      LiveStream[] own = new LiveStream[1];
      Listening listener =
          new Listening() {
            @Override
            void got(int samples) {
              if (slow) {
                own[0].request(1 + random.nextInt(50));
              }
            }
          };
      LiveStream stream = begin(listener);
      own[0] = stream;
      stream.request(slow ? 1 + random.nextInt(50) : Long.MAX_VALUE);
      int at = 0;
      int end = cancelled ? random.nextInt(features.frames()) : features.frames();
      while (at < end) {
        int piece = Math.min(1 + random.nextInt(20), end - at);
        int taken = stream.offer(frames(at, piece), 0, piece);
        at += taken;
        if (taken < piece) {
          listener.awaitRoom();
        } else if (random.nextInt(8) == 0) {
          Thread.sleep(random.nextInt(5));
        }
      }
      if (cancelled) {
        stream.cancel();
        float[] made = listener.samplesSoFar();
        assertArrayEquals(Arrays.copyOf(expected(), made.length), made);
        return;
      }
      stream.finish();
      assertArrayEquals(expected(), listener.finishedSamples());
    }

    private LiveStream begin(Listening listener) throws InterruptedException {
      while (true) {
        try {
          return service.stream(options, listener);
        } catch (OverloadedException e) {
          assertTrue(e.retryAfter().toMillis() > 0);
          Thread.sleep(Math.min(20, e.retryAfter().toMillis()));
        }
      }
    }

    private float[] expected() {
      return alone
          .generate(
              features,
              GenerateOptions.seed(options.seed())
                  .withTemperature(options.temperature())
                  .with(options.speaker()),
              Progress.NONE)
          .samples();
    }

    private float[] frames(int from, int count) {
      float[] values = new float[count * features.mels()];
      for (int i = 0; i < values.length; i++) {
        values[i] = features.at(i % features.mels(), from + i / features.mels());
      }
      return values;
    }
  }
}
