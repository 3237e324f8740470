package org.wavebridge.conformance.cases;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.wavebridge.conformance.targets.ConditioningTensors;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.bundle.BundleManifest.SubscalePart;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.runtime.SubscaleSchedule;
import org.wavebridge.runtime.spi.GraphSession;
import org.wavebridge.runtime.spi.Tensor;

/**
 * The graphs of a subscale model over a whole utterance: in one call, or step by step in the order
 * of the schedule.
 */
public final class SubscaleGraphs {
  private final Function<GraphKind, GraphSession> graphs;
  private final VocoderModel model;
  private final SubscalePart subscale;
  private final Map<String, Tensor> conditioning;
  private final int samples;
  private final int rows;

  /**
   * An utterance.
   *
   * @param graphs of the model on a target
   * @param subscale the sub-tensors and the schedule to use
   * @param conditioning the outputs of the conditioner, at least as long as the utterance
   * @param samples of the utterance; any number
   */
  public SubscaleGraphs(
      Function<GraphKind, GraphSession> graphs,
      VocoderModel model,
      SubscalePart subscale,
      Map<String, Tensor> conditioning,
      int samples) {
    this.graphs = graphs;
    this.model = model;
    this.subscale = subscale;
    this.conditioning = conditioning;
    this.samples = samples;
    this.rows = subscale.factor();
  }

  /**
   * The results of a run over an utterance.
   *
   * @param audio {@code [samples]}
   * @param logits {@code [samples, logits of one]}, or empty
   */
  public record Run(float[] audio, float[] logits) {}

  /**
   * Where a run of {@code subscale_generate} stands.
   *
   * @param audio {@code [samples]}; 0 where nothing is made yet
   * @param carried previous values and states of the rows
   * @param step the next step
   */
  public record Stretch(float[] audio, Map<String, Tensor> carried, int step) {}

  /** The beginning of a run. */
  public Stretch beginning() {
    return new Stretch(new float[samples], start(), 0);
  }

  /**
   * One call of {@code subscale_generate}.
   *
   * @param uniforms {@code [samples, draws]}
   */
  public Stretch generate(Stretch before, int steps, float[] uniforms, float temperature) {
    Map<String, Tensor> inputs = sequence(0, samples);
    inputs.putAll(before.carried());
    inputs.put("uniforms", new Tensor(uniforms, samples, model.network().draws()));
    inputs.put("audio", new Tensor(before.audio(), samples));
    inputs.put("temperature", new Tensor(new float[] {temperature}, 1));
    long[] schedule = {0, subscale.chunk(), before.step(), steps};
    Map<String, Tensor> made =
        graphs.apply(GraphKind.SUBSCALE_GENERATE).run(inputs, Map.of("schedule", schedule));
    return new Stretch(output(made, "next_audio"), carried(made), before.step() + steps);
  }

  /** All steps in one call of {@code subscale_generate}. */
  public float[] generate(float[] uniforms, float temperature) {
    return generate(beginning(), schedule().steps(), uniforms, temperature).audio();
  }

  /**
   * One call of {@code score}.
   *
   * @param audio given values, {@code [samples]}
   * @return logits
   */
  public float[] score(float[] audio) {
    return score(audio, start(), 0, samples).logits();
  }

  /**
   * The results of one call of {@code score}.
   *
   * @param logits {@code [count, logits of one]}
   * @param carried previous values and states of the rows
   */
  public record Scored(float[] logits, Map<String, Tensor> carried) {}

  /**
   * One call of {@code score} for a part of the utterance.
   *
   * @param audio given values of the whole utterance
   * @param carried previous values and states of the rows
   * @param first sample, a multiple of the rows
   * @param count samples
   */
  public Scored score(float[] audio, Map<String, Tensor> carried, int first, int count) {
    Map<String, Tensor> inputs = sequence(first, count);
    inputs.putAll(carried);
    inputs.put("audio", new Tensor(audio, samples));
    Map<String, Tensor> made =
        graphs.apply(GraphKind.SCORE).run(inputs, Map.of("range", new long[] {0, first, count}));
    return new Scored(output(made, "logits"), carried(made));
  }

  /**
   * One call of {@code subscale} for every step, and of {@code context} for every row and chunk.
   *
   * @param uniforms {@code [samples, draws]}
   */
  public Run steps(float[] uniforms, float temperature) {
    SubscaleSchedule schedule = schedule();
    int draws = model.network().draws();
    float[] audio = new float[samples];
    float[] logits = {};
    float[][] contexts = new float[rows][];
    Map<String, Tensor> carried = start();
    for (int step = 0; step < schedule.steps(); step++) {
      Map<String, Tensor> inputs = new HashMap<>(carried);
      long[] active = new long[rows];
      int[] sample = new int[rows];
      float[] drawn = new float[rows * draws];
      for (int row = schedule.firstRow(step); row < schedule.endRow(step); row++) {
        int position = schedule.position(row, step);
        active[row] = 1;
        sample[row] = schedule.sample(position, row);
        System.arraycopy(uniforms, sample[row] * draws, drawn, row * draws, draws);
        if (subscale.contextSize() > 0 && position % subscale.chunk() == 0) {
          contexts[row] = contexts(audio, position, row);
        }
      }
      inputs.putAll(vectors(sample));
      if (subscale.contextSize() > 0) {
        inputs.put("context", context(contexts, schedule, step, active));
      }
      inputs.put("uniforms", new Tensor(drawn, rows, draws));
      inputs.put("temperature", Tensor.repeated(temperature, rows));
      Map<String, Tensor> made =
          graphs.apply(GraphKind.SUBSCALE).run(inputs, Map.of("active", active));
      float[] values = output(made, "audio");
      float[] all = output(made, "logits");
      int size = all.length / rows;
      logits = logits.length == 0 ? new float[samples * size] : logits;
      for (int row = 0; row < rows; row++) {
        if (active[row] == 1) {
          audio[sample[row]] = values[row];
          System.arraycopy(all, row * size, logits, sample[row] * size, size);
        }
      }
      carried = carried(made);
    }
    return new Run(audio, logits);
  }

  /** The contexts of a row's chunk of positions, {@code [chunk, X]}. */
  private float[] contexts(float[] audio, int position, int row) {
    int times = subscale.chunk() + subscale.reach();
    int channels = subscale.trainedFactor();
    float[] values = new float[times * channels];
    for (int i = 0; i < times; i++) {
      int time = position + subscale.horizon() - subscale.reach() + i;
      if (subscale.ownPast()) {
        values[i * channels] = sample(audio, time - subscale.horizon() - 1, row);
      }
      for (int d = 1; d < channels; d++) {
        values[i * channels + d] = sample(audio, time, row - d);
      }
    }
    Map<String, Tensor> inputs = Map.of("channels", new Tensor(values, 1, times, channels));
    return output(graphs.apply(GraphKind.CONTEXT).run(inputs), "context");
  }

  private float sample(float[] audio, int time, int row) {
    long index = (long) rows * time + row;
    return row < 0 || time < 0 || index >= samples ? 0 : audio[(int) index];
  }

  /** The contexts of the rows' positions at a step, {@code [B, X]}. */
  private Tensor context(float[][] contexts, SubscaleSchedule schedule, int step, long[] active) {
    int size = subscale.contextSize();
    float[] values = new float[rows * size];
    for (int row = 0; row < rows; row++) {
      if (active[row] == 1) {
        int index = schedule.position(row, step) % subscale.chunk();
        System.arraycopy(contexts[row], index * size, values, row * size, size);
      }
    }
    return new Tensor(values, rows, size);
  }

  private static Map<String, Tensor> carried(Map<String, Tensor> made) {
    return Map.of("previous", tensor(made, "next_previous"), "state", tensor(made, "next_state"));
  }

  /** The order in which the samples are made. */
  public SubscaleSchedule schedule() {
    return new SubscaleSchedule(rows, subscale.horizon(), subscale.chunk(), samples);
  }

  /** The previous values and states of the rows before their first samples. */
  public Map<String, Tensor> start() {
    StepNetwork network = model.network();
    float[] initial = network.initialPrevious();
    int size = initial.length;
    float[] previous = new float[rows * size];
    for (int i = 0; i < previous.length; i++) {
      previous[i] = initial[i % size];
    }
    float[] state = new float[rows * network.stateSize()];
    return Map.of(
        "previous", new Tensor(previous, rows, size),
        "state", new Tensor(state, rows, network.stateSize()));
  }

  /** The conditioning of a part of the utterance, without the axis of rows. */
  private Map<String, Tensor> sequence(int first, int count) {
    Map<String, Tensor> inputs = new HashMap<>();
    for (Conditioning tensor : model.conditioningTensors()) {
      int unit = ConditioningTensors.samplesPerRow(model, tensor);
      int from = first / unit;
      int to = (first + count + unit - 1) / unit;
      float[] values =
          Arrays.copyOfRange(
              output(conditioning, tensor.name()), from * tensor.size(), to * tensor.size());
      inputs.put(tensor.name(), new Tensor(values, to - from, tensor.size()));
    }
    return inputs;
  }

  /** The conditioning of one sample of each row, {@code [B, size]}. */
  private Map<String, Tensor> vectors(int[] sample) {
    Map<String, Tensor> inputs = new HashMap<>();
    for (Conditioning tensor : model.conditioningTensors()) {
      int size = tensor.size();
      float[] all = output(conditioning, tensor.name());
      float[] values = new float[rows * size];
      for (int row = 0; row < rows; row++) {
        int vector = sample[row] / ConditioningTensors.samplesPerRow(model, tensor);
        System.arraycopy(all, vector * size, values, row * size, size);
      }
      inputs.put(tensor.name(), new Tensor(values, rows, size));
    }
    return inputs;
  }

  private static Tensor tensor(Map<String, Tensor> outputs, String name) {
    Tensor tensor = outputs.get(name);
    if (tensor == null) {
      throw new GraphException("no output '" + name + "', only " + outputs.keySet());
    }
    return tensor;
  }

  /** The values of an output. */
  static float[] output(Map<String, Tensor> outputs, String name) {
    return tensor(outputs, name).values();
  }
}
