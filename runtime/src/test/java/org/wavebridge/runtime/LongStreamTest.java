package org.wavebridge.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.spi.Backend;
import org.wavebridge.runtime.spi.GraphSession;
import org.wavebridge.runtime.spi.Tensor;

/**
 * Streams of hours keep no more than those of seconds, and count right. The graphs are replaced by
 * ones that do next to nothing: a sample is its uniform.
 */
final class LongStreamTest {
  private static final int PUSHED = 256;

  @TempDir Path folder;

  @Test
  void halfAnHourKeepsNoMoreThanSeconds() {
    runs(plain(), 30 * 60 * 80);
    // Conditioning at the rate of the samples.
    runs(RandomModels.residualGru(1, 16, 8, List.of(2, 3), new Head.Categorical(64)), 30 * 60 * 80);
  }

  @Test
  void subscaleStreamsKeepNoMoreEither() {
    VocoderModel model = subscale();
    runs(model, 60 * 24_000L / model.features().hop());
  }

  /** A frame at a time is no reason to keep more, nor to copy what is kept. */
  @Test
  void framesPushedSinglyCostTheSameAfterMinutes() {
    runs(plain(), 2 * 60 * 80, 1);
    runs(
        RandomModels.residualGru(1, 16, 8, List.of(2, 3), new Head.Categorical(64)),
        2 * 60 * 80,
        1);
    runs(subscale(), 30 * 80, 1);
  }

  /** More than 2^31 samples, which are 24 hours and 51 minutes at 24 kHz. */
  @Test
  @Tag("slow")
  void aDayAndMoreCountsOn() {
    VocoderModel model = plain();
    runs(model, (1L << 31) / model.features().hop() + 100_000);
  }

  @Test
  @Tag("slow")
  void aSubscaleDayAndMoreCountsOn() {
    VocoderModel model = subscale();
    runs(model, (1L << 31) / model.features().hop() + 100_000);
  }

  private static VocoderModel plain() {
    return RandomModels.dualSoftmax(1, 16, 6, 200, 0.5, new BlockShape(8, 1));
  }

  private static VocoderModel subscale() {
    return RandomModels.subscale(
        3, plain(), 4, 3, 1, true, List.of(new RandomModels.ContextShape(5, 2, 3, true)));
  }

  private void runs(VocoderModel model, long frames) {
    runs(model, frames, PUSHED);
  }

  private void runs(VocoderModel model, long frames, int piece) {
    Path bundle = TestVoices.bundle(folder, model);
    Idle idle = new Idle();
    VocoderOptions options = VocoderOptions.defaults();
    try (VocoderGraphs graphs = VocoderGraphs.open(bundle, options, () -> idle)) {
      idle.manifest = graphs.manifest();
      AtomicLong drawn = new AtomicLong();
      VocoderStream stream =
          new VocoderStream(
              graphs,
              GenerateOptions.seed(3),
              (target, offset, row, first, n, d) -> {
                assertEquals(drawn.get(), first);
                drawn.addAndGet(n);
                // The first draw of a sample is its index in sixteenths, which tells lost ones.
                for (int i = 0; i < n; i++) {
                  target[offset + i * d] = ((first + i) & 15) / 16f;
                }
              });
      Features next = TestVoices.features(model, piece);
      long made = 0;
      long room = 0;
      long most = 0;
      for (long pushed = 0; pushed < frames; pushed += piece) {
        idle.values = 0;
        made = checked(stream.pushValues(next), made);
        room = Math.max(room, stream.room());
        most = Math.max(most, idle.values);
        if (pushed / PUSHED <= 16) {
          idle.roomAfterSeconds = room;
          idle.mostInSeconds = most;
        }
      }
      made = checked(stream.finishValues(), made);
      long whole = (frames + piece - 1) / piece * piece;
      assertEquals((whole - 1) * model.features().hop(), made);
      // One more where a frame is not a whole number of steps.
      assertTrue(most <= idle.mostInSeconds * 1.1, "values of a push " + most);
      String kept = "values after seconds %d, at most %d".formatted(idle.roomAfterSeconds, room);
      assertTrue(room <= 2 * idle.roomAfterSeconds, kept);
    }
  }

  private static long checked(float[] values, long before) {
    for (int i = 0; i < values.length; i++) {
      if (values[i] != ((before + i) & 15) / 16f) {
        throw new AssertionError("sample " + (before + i) + ": found " + values[i]);
      }
    }
    return before + values.length;
  }

  /** Graphs of the right shapes. */
  private static final class Idle implements Backend {
    private BundleManifest manifest;
    private long roomAfterSeconds;
    private long mostInSeconds;

    /** Values given to graphs since it was last set to 0. */
    private long values;

    @Override
    public String name() {
      return "idle";
    }

    @Override
    public GraphSession open(byte[] graph, String label) {
      boolean conditioner = label.contains(": " + GraphKind.CONDITIONER.label());
      boolean subscale = label.endsWith(GraphKind.SUBSCALE_GENERATE.label());
      return new GraphSession() {
        @Override
        public Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, long[]> vectors) {
          inputs.values().forEach(input -> values += input.values().length);
          if (conditioner) {
            Map<String, Tensor> made = conditioning((int) inputs.get("features").shape()[1]);
            made.put("next_state", inputs.get("state"));
            return made;
          }
          Map<String, Tensor> outputs = new HashMap<>();
          outputs.put("next_previous", inputs.get("previous"));
          outputs.put("next_state", inputs.get("state"));
          float[] audio = first(inputs.get("uniforms"));
          if (subscale) {
            long[] schedule = vectors.get("schedule");
            assertTrue(schedule[0] >= 0 && schedule[2] >= 0, Arrays.toString(schedule));
            outputs.put("next_audio", new Tensor(audio, audio.length));
          } else {
            outputs.put("audio", new Tensor(audio, 1, audio.length));
          }
          return outputs;
        }

        @Override
        public void close() {}
      };
    }

    private Map<String, Tensor> conditioning(int frames) {
      Map<String, Tensor> outputs = new HashMap<>();
      for (Conditioning tensor : manifest.conditioning()) {
        boolean each = tensor.rate() == Conditioning.Rate.SAMPLE;
        int vectors = frames * (each ? manifest.features().hop() : 1);
        float[] values = new float[vectors * tensor.size()];
        outputs.put(tensor.name(), new Tensor(values, 1, vectors, tensor.size()));
      }
      return outputs;
    }

    private float[] first(Tensor uniforms) {
      int draws = manifest.network().draws();
      float[] audio = new float[uniforms.values().length / draws];
      for (int i = 0; i < audio.length; i++) {
        audio[i] = uniforms.values()[i * draws];
      }
      return audio;
    }
  }
}
