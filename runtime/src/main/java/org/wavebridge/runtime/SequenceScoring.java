package org.wavebridge.runtime;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.spi.Tensor;

/** Teacher forcing of one sample after the other. */
final class SequenceScoring {
  private static final int FRAMES = 32;

  private final VocoderGraphs graphs;

  SequenceScoring(VocoderGraphs graphs) {
    this.graphs = graphs;
  }

  /** Scores given values; see {@link Vocoder#score}. */
  Score score(Features features, float[] values, LogitsConsumer logits, Progress progress) {
    int hop = graphs.manifest().features().hop();
    ConditioningQueue conditioning = new ConditioningQueue(graphs);
    conditioning.add(features);
    conditioning.end();
    conditioning.skip(graphs.manifest().utterance().leadFrames());
    Likelihood likelihood = new Likelihood(graphs.manifest());
    double[] bits = new double[values.length];
    Map<String, Tensor> carried = graphs.start(1);
    for (int start = 0; start < values.length; ) {
      int frames = Math.min(FRAMES, conditioning.available());
      int samples = Math.min(frames * hop, values.length - start);
      Map<String, Tensor> inputs = conditioning.take(frames);
      inputs.replaceAll((name, tensor) -> cut(tensor, name, samples));
      inputs.putAll(carried);
      float[] given = Arrays.copyOfRange(values, start, start + samples);
      inputs.put("audio", new Tensor(given, 1, samples));
      float[] drawn =
          likelihood.ofExcitations()
              ? Excitations.of(
                  required(inputs, "conditioning"), hop, required(inputs, "previous"), given)
              : given;
      Map<String, Tensor> outputs = graphs.run(GraphKind.SCORE, inputs);
      carried = graphs.carried(GraphKind.SCORE, outputs, 1);
      float[] made =
          graphs
              .output(GraphKind.SCORE, outputs, "logits", likelihood.logitsShape(samples))
              .values();
      for (int t = 0; t < samples; t++) {
        bits[start + t] = likelihood.bits(made, t * likelihood.logitsPerSample(), drawn[t]);
      }
      logits.accept(made, samples);
      start += samples;
      progress.at(start, values.length);
    }
    return new Score(bits);
  }

  private static Tensor required(Map<String, Tensor> inputs, String name) {
    return Objects.requireNonNull(inputs.get(name), name);
  }

  /** Sample-rate conditioning of the last frame may be longer than the given samples. */
  private Tensor cut(Tensor tensor, String name, int samples) {
    boolean sampleRate =
        graphs.manifest().conditioning().stream()
            .anyMatch(c -> c.name().equals(name) && c.rate() == Conditioning.Rate.SAMPLE);
    if (!sampleRate || tensor.shape()[1] == samples) {
      return tensor;
    }
    int size = (int) tensor.shape()[2];
    return new Tensor(Arrays.copyOf(tensor.values(), samples * size), 1, samples, size);
  }
}
