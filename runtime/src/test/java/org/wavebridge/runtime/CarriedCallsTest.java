package org.wavebridge.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.spi.Backend;
import org.wavebridge.runtime.spi.GraphChain;
import org.wavebridge.runtime.spi.GraphSession;
import org.wavebridge.runtime.spi.Tensor;

/** A backend that keeps carried tensors gives the same samples as one that hands them out. */
final class CarriedCallsTest {
  private static final int FRAMES = 40;

  @TempDir Path folder;

  private int open;
  private int calls;

  @Test
  void keptStatesGiveTheSameSamples() {
    assertSame(RandomModels.dualSoftmax(1, 32, 6, 7, 0.3, new BlockShape(16, 1)));
  }

  @Test
  void keptStatesOfSubscaleUtterancesGiveTheSameSamples() {
    VocoderModel model = RandomModels.dualSoftmax(1, 16, 6, 7, 0.5, new BlockShape(8, 1));
    assertSame(
        RandomModels.subscale(
            3, model, 4, 3, 1, true, List.of(new RandomModels.ContextShape(5, 2, 3, true))));
  }

  private void assertSame(VocoderModel model) {
    Path bundle = folder.resolve("voice");
    BundleManifest.Source source = new BundleManifest.Source("random", "");
    try (StagedBundle staged = StagedBundle.write(model, source, "test", bundle)) {
      staged.publish();
    }
    float[] expected = generate(bundle, Backends.create("cpu", 1), model);
    float[] kept = generate(bundle, new Keeping(Backends.create("cpu", 1)), model);
    assertTrue(expected.length > 100, "samples " + expected.length);
    assertArrayEquals(expected, kept);
    assertTrue(calls > 2, "calls " + calls);
    assertEquals(0, open, "chains that were not closed");
  }

  private static float[] generate(Path bundle, Backend backend, VocoderModel model) {
    VocoderOptions options = VocoderOptions.defaults();
    float[] values = new float[model.features().mels() * FRAMES];
    Random random = new Random(5);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    List<Float> samples = new ArrayList<>();
    try (VocoderGraphs graphs = VocoderGraphs.open(bundle, options, () -> backend)) {
      GenerateOptions generate = GenerateOptions.seed(3).withChunkFrames(7);
      VocoderStream stream = new VocoderStream(graphs, generate, new Uniforms(3));
      for (float value : stream.push(new Features(model.features().mels(), FRAMES, values))) {
        samples.add(value);
      }
      for (float value : stream.finish()) {
        samples.add(value);
      }
    }
    float[] all = new float[samples.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = samples.get(i);
    }
    return all;
  }

  /** Keeps what is carried, and hands out none of it. */
  private final class Keeping implements Backend {
    private final Backend inner;

    Keeping(Backend inner) {
      this.inner = inner;
    }

    @Override
    public String name() {
      return "keeping";
    }

    @Override
    public GraphSession open(byte[] graph, String label) {
      GraphSession session = inner.open(graph, label);
      return new GraphSession() {
        @Override
        public Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, long[]> vectors) {
          return session.run(inputs, vectors);
        }

        @Override
        public Optional<GraphChain> chain(Map<String, Tensor> start) {
          open++;
          return Optional.of(new Kept(session, start));
        }

        @Override
        public void close() {
          session.close();
        }
      };
    }
  }

  private final class Kept implements GraphChain {
    private final GraphSession session;
    private final Map<String, Tensor> carried;

    Kept(GraphSession session, Map<String, Tensor> start) {
      this.session = session;
      this.carried = new HashMap<>(start);
    }

    @Override
    public Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, long[]> vectors) {
      calls++;
      Map<String, Tensor> all = new HashMap<>(inputs);
      all.putAll(carried);
      Map<String, Tensor> outputs = new HashMap<>(session.run(all, vectors));
      for (String name : Set.copyOf(carried.keySet())) {
        carried.put(name, outputs.remove("next_" + name));
      }
      return outputs;
    }

    @Override
    public void close() {
      open--;
    }
  }
}
