package org.wavebridge.conformance.targets;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.reference.Conditioning;
import org.wavebridge.reference.ReferenceState;
import org.wavebridge.runtime.spi.Tensor;

/** The tensors of graphs of subscale utterances, as the reference takes and gives them. */
final class SubscaleTensors {
  private final VocoderModel model;
  private final Map<String, Tensor> inputs;
  private final Map<String, long[]> vectors;

  SubscaleTensors(VocoderModel model, Map<String, Tensor> inputs, Map<String, long[]> vectors) {
    this.model = model;
    this.inputs = inputs;
    this.vectors = vectors;
  }

  /** The samples of the whole utterance; before the window, where none is read, 0. */
  double[] audioFrom(int first) {
    float[] window = input("audio").values();
    double[] audio = new double[first + window.length];
    for (int i = 0; i < window.length; i++) {
      audio[first + i] = window[i];
    }
    return audio;
  }

  /** Conditioning by sample of the whole utterance; before the window there is none. */
  Conditioning conditioning(int first) {
    return ConditioningTensors.reference(
        model,
        tensor -> {
          int missing = first / ConditioningTensors.samplesPerRow(model, tensor) * tensor.size();
          float[] window = input(tensor.name()).values();
          float[] whole = new float[missing + window.length];
          System.arraycopy(window, 0, whole, missing, window.length);
          return whole;
        });
  }

  /** The conditioning of one sample of a row. */
  Conditioning vectorsOf(int row) {
    return ConditioningTensors.reference(
        model,
        tensor ->
            Arrays.copyOfRange(
                input(tensor.name()).values(), row * tensor.size(), (row + 1) * tensor.size()));
  }

  List<ReferenceState> states() {
    int rows = (int) input("state").shape()[0];
    int size = model.network().initialPrevious().length;
    int hidden = model.network().stateSize();
    List<ReferenceState> states = new ArrayList<>();
    for (int n = 0; n < rows; n++) {
      states.add(
          ReferenceState.of(
              Arrays.copyOfRange(input("previous").values(), n * size, (n + 1) * size),
              Arrays.copyOfRange(input("state").values(), n * hidden, (n + 1) * hidden)));
    }
    return states;
  }

  Map<String, Tensor> carried(List<ReferenceState> states) {
    List<float[]> previous = new ArrayList<>();
    List<float[]> hidden = new ArrayList<>();
    for (ReferenceState state : states) {
      previous.add(narrowed(state.previous()));
      hidden.add(narrowed(state.hidden()));
    }
    int size = model.network().initialPrevious().length;
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    outputs.put("next_previous", new Tensor(Sequence.joined(previous), states.size(), size));
    outputs.put(
        "next_state",
        new Tensor(Sequence.joined(hidden), states.size(), model.network().stateSize()));
    return outputs;
  }

  /** Values of the logits of one sample. */
  int logits() {
    return Arrays.stream(model.network().logitShape()).reduce(1, Math::multiplyExact);
  }

  Tensor logitsOf(float[][] logits, long... leading) {
    int[] sample = model.network().logitShape();
    long[] shape = Arrays.copyOf(leading, leading.length + sample.length);
    for (int i = 0; i < sample.length; i++) {
      shape[leading.length + i] = sample[i];
    }
    return new Tensor(Sequence.joined(Arrays.asList(logits)), shape);
  }

  /** The temperature of a row of {@code subscale}. */
  double temperature(int row) {
    return input("temperature").values()[row];
  }

  /** The temperature of all rows of {@code subscale_generate}. */
  double temperature() {
    return temperature(0);
  }

  Tensor input(String name) {
    return ReferenceSequences.input(inputs, name);
  }

  long[] vector(String name) {
    long[] values = vectors.get(name);
    if (values == null) {
      throw new GraphException("no input '" + name + "', only " + vectors.keySet());
    }
    return values;
  }

  static double[][] vectors(Tensor tensor, int size) {
    double[][] vectors = new double[size == 0 ? 0 : tensor.values().length / size][];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = widened(tensor.values(), i * size, (i + 1) * size);
    }
    return vectors;
  }

  static double[] widened(float[] values, int from, int to) {
    double[] wide = new double[to - from];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[from + i];
    }
    return wide;
  }

  static float[] narrowed(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
