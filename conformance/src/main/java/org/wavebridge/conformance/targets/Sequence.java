package org.wavebridge.conformance.targets;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.reference.ReferenceState;
import org.wavebridge.runtime.spi.Tensor;

/**
 * One row of a graph over a sequence: everything that its samples depend on, as a graph takes it.
 *
 * @param model whose sequence it is
 * @param samples T
 * @param conditioning values of each conditioning tensor by name, {@code [frames or samples, size]}
 * @param uniforms {@code [samples, draws]}
 * @param previous values fed back before the first sample
 * @param state before the first sample
 * @param temperature divides logits
 */
public record Sequence(
    VocoderModel model,
    int samples,
    Map<String, float[]> conditioning,
    float[] uniforms,
    float[] previous,
    float[] state,
    float temperature) {
  /** This sequence with other uniforms. */
  public Sequence withUniforms(float[] values) {
    return new Sequence(model, samples, conditioning, values, previous, state, temperature);
  }

  /** This sequence from another start. */
  public Sequence from(float[] startPrevious, float[] startState) {
    return new Sequence(
        model, samples, conditioning, uniforms, startPrevious, startState, temperature);
  }

  /** This sequence for another model of the same shape. */
  public Sequence of(VocoderModel other) {
    return new Sequence(other, samples, conditioning, uniforms, previous, state, temperature);
  }

  /** This sequence at another temperature. */
  public Sequence at(float other) {
    return new Sequence(model, samples, conditioning, uniforms, previous, state, other);
  }

  /** This sequence with a conditioning tensor's values replaced. */
  public Sequence with(String tensor, float[] values) {
    Map<String, float[]> changed = new HashMap<>(conditioning);
    changed.put(tensor, values);
    return new Sequence(model, samples, changed, uniforms, previous, state, temperature);
  }

  /**
   * The samples {@code [first, end)}, with the same start.
   *
   * @param first at the beginning of a frame
   */
  public Sequence part(int first, int end) {
    int hop = model.features().hop();
    if (first % hop != 0) {
      throw new IllegalArgumentException("sample " + first + " does not begin a frame of " + hop);
    }
    Map<String, float[]> cut = new HashMap<>();
    for (Conditioning tensor : model.conditioningTensors()) {
      int unit = ConditioningTensors.samplesPerRow(model, tensor);
      int from = first / unit;
      int to = (end + unit - 1) / unit;
      float[] values = values(tensor.name());
      int size = tensor.size();
      cut.put(tensor.name(), Arrays.copyOfRange(values, from * size, to * size));
    }
    int draws = model.network().draws();
    float[] drawn = Arrays.copyOfRange(uniforms, first * draws, end * draws);
    return new Sequence(model, end - first, cut, drawn, previous, state, temperature);
  }

  /** The step that begins with a sample, with its own conditioning and uniforms. */
  public Sequence step(int first) {
    Map<String, float[]> cut = new HashMap<>();
    for (Conditioning tensor : model.conditioningTensors()) {
      float[] values = values(tensor.name());
      cut.put(tensor.name(), ConditioningTensors.ofStep(model, tensor, values, first));
    }
    int samples = model.network().samplesPerStep();
    int draws = model.network().draws();
    float[] drawn = Arrays.copyOfRange(uniforms, first * draws, (first + samples) * draws);
    return new Sequence(model, samples, cut, drawn, previous, state, temperature);
  }

  /** The uniforms of a sample. */
  public double[] uniformsOf(int sample) {
    int draws = model.network().draws();
    double[] values = new double[draws];
    for (int d = 0; d < draws; d++) {
      values[d] = uniforms[sample * draws + d];
    }
    return values;
  }

  /** The conditioning as the reference takes it. */
  public org.wavebridge.reference.Conditioning referenceConditioning() {
    return ConditioningTensors.reference(model, tensor -> values(tensor.name()));
  }

  /** The start as the reference takes it. */
  public ReferenceState referenceState() {
    return ReferenceState.of(previous, state);
  }

  /** The inputs of {@code generate} for rows of equal length. */
  public static Map<String, Tensor> generateInputs(List<Sequence> rows) {
    Sequence first = rows.get(0);
    Map<String, Tensor> inputs = shared(rows);
    inputs.put(
        "uniforms",
        stacked(rows, Sequence::uniforms, first.samples, first.model.network().draws()));
    inputs.put("temperature", stacked(rows, row -> new float[] {row.temperature}));
    return inputs;
  }

  /** The inputs of {@code score} for rows of equal length. */
  public static Map<String, Tensor> scoreInputs(List<Sequence> rows, List<float[]> audio) {
    Map<String, Tensor> inputs = shared(rows);
    int samples = rows.get(0).samples;
    inputs.put("audio", new Tensor(joined(audio), rows.size(), samples));
    return inputs;
  }

  /** The inputs of {@code step} for the first step of each row. */
  public static Map<String, Tensor> stepInputs(List<Sequence> rows) {
    Map<String, Tensor> inputs = new HashMap<>();
    Sequence first = rows.get(0);
    for (Conditioning tensor : first.model.conditioningTensors()) {
      inputs.put(
          tensor.name(),
          stacked(
              rows,
              row -> ConditioningTensors.ofStep(row.model, tensor, row.values(tensor.name()), 0),
              ConditioningTensors.vectorSize(first.model, tensor)));
    }
    int samples = first.model.network().samplesPerStep();
    int draws = first.model.network().draws();
    long[] shape = samples == 1 ? new long[] {draws} : new long[] {samples, draws};
    inputs.put(
        "uniforms", stacked(rows, row -> Arrays.copyOf(row.uniforms, samples * draws), shape));
    inputs.put("previous", stacked(rows, Sequence::previous, first.previous.length));
    inputs.put("state", stacked(rows, Sequence::state, first.state.length));
    inputs.put("temperature", stacked(rows, row -> new float[] {row.temperature}));
    return inputs;
  }

  private static Map<String, Tensor> shared(List<Sequence> rows) {
    Map<String, Tensor> inputs = new HashMap<>();
    Sequence first = rows.get(0);
    for (Conditioning tensor : first.model.conditioningTensors()) {
      int unit = ConditioningTensors.samplesPerRow(first.model, tensor);
      int vectors = (first.samples + unit - 1) / unit;
      inputs.put(
          tensor.name(), stacked(rows, row -> row.values(tensor.name()), vectors, tensor.size()));
    }
    inputs.put("previous", stacked(rows, Sequence::previous, first.previous.length));
    inputs.put("state", stacked(rows, Sequence::state, first.state.length));
    return inputs;
  }

  private static Tensor stacked(
      List<Sequence> rows, Function<Sequence, float[]> part, long... rowShape) {
    long[] shape = new long[rowShape.length + 1];
    shape[0] = rows.size();
    System.arraycopy(rowShape, 0, shape, 1, rowShape.length);
    return new Tensor(joined(rows.stream().map(part).toList()), shape);
  }

  /** The arrays one after the other. */
  public static float[] joined(List<float[]> parts) {
    float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  /** The values of a conditioning tensor. */
  public float[] values(String tensor) {
    float[] values = conditioning.get(tensor);
    if (values == null) {
      throw new IllegalArgumentException("no conditioning '" + tensor + "'");
    }
    return values;
  }
}
