package org.wavebridge.runtime;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.wavebridge.graphs.bundle.BundleManifest.SubscalePart;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.runtime.spi.Tensor;

/**
 * Teacher forcing of subscale utterances: some positions of all rows at a time, with the samples
 * that their contexts read before and after them.
 */
final class SubscaleScoring {
  private static final int FRAMES = 32;

  private final VocoderGraphs graphs;
  private final SubscalePart subscale;
  private final SubscaleWindow window;

  SubscaleScoring(VocoderGraphs graphs, SubscalePart subscale) {
    this.graphs = graphs;
    this.subscale = subscale;
    this.window = new SubscaleWindow(subscale);
  }

  /**
   * Scores given values; see {@link Vocoder#score}.
   *
   * @param conditioning of the whole utterance, by tensor
   */
  Score score(
      Map<String, float[]> conditioning, float[] values, LogitsConsumer logits, Progress progress) {
    int factor = subscale.factor();
    int most = Math.max(1, FRAMES * graphs.manifest().features().hop() / factor) * factor;
    Likelihood likelihood = new Likelihood(graphs.manifest());
    double[] bits = new double[values.length];
    Map<String, Tensor> carried = graphs.start(factor);
    for (int start = 0; start < values.length; ) {
      int count = Math.min(most, values.length - start);
      int first = window.first(start / factor);
      int end = window.end((start + count + factor - 1) / factor, values.length);
      Map<String, Tensor> inputs = conditioning(conditioning, start, start + count);
      inputs.putAll(carried);
      inputs.put("audio", new Tensor(Arrays.copyOfRange(values, first, end), end - first));
      Map<String, Tensor> outputs =
          graphs.run(GraphKind.SCORE, inputs, Map.of("range", new long[] {first, start, count}));
      carried = graphs.carried(GraphKind.SCORE, outputs, factor);
      float[] made =
          graphs.output(GraphKind.SCORE, outputs, "logits", likelihood.logitsShape(count)).values();
      for (int t = 0; t < count; t++) {
        bits[start + t] =
            likelihood.bits(made, t * likelihood.logitsPerSample(), values[start + t]);
      }
      logits.accept(made, count);
      start += count;
      progress.at(start, values.length);
    }
    return new Score(bits);
  }

  /** The conditioning of the samples from one to before another. */
  private Map<String, Tensor> conditioning(Map<String, float[]> all, int from, int to) {
    int hop = graphs.manifest().features().hop();
    Map<String, Tensor> inputs = new HashMap<>();
    for (Conditioning tensor : graphs.manifest().conditioning()) {
      boolean frames = tensor.rate() == Conditioning.Rate.FRAME;
      int first = frames ? from / hop : from;
      int end = frames ? (to + hop - 1) / hop : to;
      float[] values = all.getOrDefault(tensor.name(), new float[0]);
      inputs.put(
          tensor.name(),
          new Tensor(
              Arrays.copyOfRange(values, first * tensor.size(), end * tensor.size()),
              end - first,
              tensor.size()));
    }
    return inputs;
  }
}
