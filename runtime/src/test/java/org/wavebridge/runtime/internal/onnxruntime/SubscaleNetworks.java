package org.wavebridge.runtime.internal.onnxruntime;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wavebridge.runtime.internal.onnxruntime.CanonicalNetworks.Run;
import org.wavebridge.runtime.internal.onnxruntime.CanonicalNetworks.Weight;

/**
 * A subscale utterance with random weights and inputs, as a one-node model and as what that model
 * must give: one sub-tensor after the other, sample by sample.
 */
abstract class SubscaleNetworks extends TestNetworks {
  static final int CHANNELS = 6;
  static final float TEMPERATURE = 0.9f;
  private static final int[] KERNELS = {3, 1, 2};
  private static final int[] DILATIONS = {2, 1, 1};
  private static final int[] OUTPUTS = {5, 3, 4};
  private static final boolean[] RELUS = {true, true, false};

  final int rows;
  final int horizon;
  final int samples;
  final int frames;
  final boolean ownPast;
  float[] previous = {};
  float[] state = {};

  SubscaleNetworks(long seed, boolean int8, int rows, int horizon, int samples, boolean ownPast) {
    super(seed, int8);
    this.rows = rows;
    this.horizon = horizon;
    this.samples = samples;
    this.ownPast = ownPast;
    frames = (samples + SAMPLES_PER_FRAME - 1) / SAMPLES_PER_FRAME;
    int inputs = CHANNELS;
    for (int i = 0; i < KERNELS.length; i++) {
      add("context" + i, "context_bias" + i, OUTPUTS[i], KERNELS[i] * inputs);
      inputs = OUTPUTS[i];
    }
  }

  /** How many steps make the utterance with a chunk of 1. */
  final int steps() {
    int last = Math.min(rows, samples) - 1;
    return last * (horizon + 1) + (samples - last - 1) / rows + 1;
  }

  /** The whole utterance in one call. */
  abstract OneNodeModel model();

  /** One sample, given what the context adds to the step's input. */
  abstract Run sample(int t, Context context, float[] previousOfRow, float[] stateOfRow);

  /** The values that a context adds. */
  interface Context {
    float[] addTo(float[] input);
  }

  /** The expected utterance. */
  final Run expected() {
    float[] audio = new float[samples];
    float[] lastPrevious = previous.clone();
    float[] lastState = state.clone();
    for (int s = 0; s < rows; s++) {
      float[] nowPrevious = row(previous, s, rows);
      float[] nowState = row(state, s, rows);
      for (int t = s; t < samples; t += rows) {
        float[] context = layer(KERNELS.length, audio, t / rows + horizon, s);
        Run made =
            sample(
                t,
                x -> CanonicalNetworks.affine(weights.get("context_input"), context, 0, x),
                nowPrevious,
                nowState);
        audio[t] = made.audio()[0];
        nowPrevious = made.previous();
        nowState = made.state();
      }
      System.arraycopy(nowPrevious, 0, lastPrevious, s * nowPrevious.length, nowPrevious.length);
      System.arraycopy(nowState, 0, lastState, s * nowState.length, nowState.length);
    }
    return new Run(audio, new float[0], lastPrevious, lastState);
  }

  private float[] layer(int depth, float[] audio, int time, int s) {
    if (depth == 0) {
      float[] x = new float[CHANNELS];
      x[0] = ownPast ? sample(audio, time - horizon - 1, s) : 0;
      for (int d = 1; d < CHANNELS; d++) {
        x[d] = sample(audio, time, s - d);
      }
      return x;
    }
    int i = depth - 1;
    Weight weight = weights.get("context" + i);
    float[] taps = new float[weight.inputs()];
    int inputs = taps.length / KERNELS[i];
    for (int k = 0; k < KERNELS[i]; k++) {
      float[] tap = layer(i, audio, time - (KERNELS[i] - 1 - k) * DILATIONS[i], s);
      System.arraycopy(tap, 0, taps, k * inputs, inputs);
    }
    float[] y = CanonicalNetworks.affine(weight, taps, 0, biases.get("context_bias" + i));
    for (int r = 0; r < y.length && RELUS[i]; r++) {
      y[r] = y[r] > 0 ? y[r] : 0;
    }
    return y;
  }

  private float sample(float[] audio, int time, int s) {
    return time < 0 || s < 0 || rows * time + s >= samples ? 0 : audio[rows * time + s];
  }

  /** Attributes and the last constants. */
  final OneNodeModel subscale(OneNodeModel model) {
    long[] relus = new long[RELUS.length];
    Arrays.setAll(relus, i -> RELUS[i] ? 1 : 0);
    model
        .attribute("samples_per_frame", SAMPLES_PER_FRAME)
        .attribute("horizon", horizon)
        .attribute("own_past", ownPast ? 1 : 0)
        .attribute("context_channels", CHANNELS)
        .attributes("context_kernels", Arrays.stream(KERNELS).asLongStream().toArray())
        .attributes("context_dilations", Arrays.stream(DILATIONS).asLongStream().toArray())
        .attributes("context_outputs", Arrays.stream(OUTPUTS).asLongStream().toArray())
        .attributes("context_relus", relus);
    give(model, "context_input", null);
    float[] layers = {};
    for (int i = 0; i < KERNELS.length; i++) {
      layers = join(layers, weights.get("context" + i).values());
      layers = join(layers, biases.get("context_bias" + i));
    }
    return model.floats("context_layers", layers, layers.length);
  }

  private static float[] join(float[] a, float[] b) {
    float[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  /** The weights with one that passes its input on, as if the sum before it were its input. */
  final Map<String, Weight> passing(String name, int size) {
    Map<String, Weight> changed = new LinkedHashMap<>(weights);
    float[] identity = new float[size * size];
    for (int i = 0; i < size; i++) {
      identity[i * size + i] = 1;
    }
    changed.put(name, new Weight(name, size, size, identity));
    return changed;
  }

  /** A dual-softmax network: H 12, E 5, D 7, D' 8. */
  static final class Dual extends SubscaleNetworks {
    private static final int HIDDEN = 12;
    private final float[] conditioning;
    private final float[] uniforms;

    Dual(long seed, boolean int8, int rows, int horizon, int samples, boolean ownPast) {
      super(seed, int8, rows, horizon, samples, ownPast);
      add("sample_weights", 3 * HIDDEN, 3);
      add("conditioning_weight", "conditioning_bias", 3 * HIDDEN, 5);
      add("recurrent", "recurrent_bias", 3 * HIDDEN, HIDDEN);
      add("coarse_hidden", "coarse_hidden_bias", 7, HIDDEN / 2);
      add("coarse_output", "coarse_output_bias", 256, 7);
      add("fine_hidden", "fine_hidden_bias", 8, HIDDEN / 2);
      add("fine_output", "fine_output_bias", 256, 8);
      add("context_input", 3 * HIDDEN, 4);
      conditioning = numbers(frames * 5, 1);
      uniforms = uniforms(samples * 2);
      previous = numbers(rows * 2, 1);
      state = numbers(rows * HIDDEN, 1);
    }

    @Override
    OneNodeModel model() {
      OneNodeModel model =
          new OneNodeModel(
                  operator("DualSoftmaxSubscaleGenerate"), "audio", "next_previous", "next_state")
              .attribute("conditioning_size", 5)
              .input("conditioning", conditioning, frames, 5)
              .input("uniforms", uniforms, samples, 2)
              .input("audio_in", new float[samples], samples)
              .input("previous", previous, rows, 2)
              .input("state", state, rows, HIDDEN)
              .input("temperature", new float[] {TEMPERATURE}, 1)
              .input("schedule", 0, 1, 0, steps())
              .floats("sample_weights", weights.get("sample_weights").values(), 3 * HIDDEN, 3);
      give(model, "conditioning_weight", "conditioning_bias");
      for (String name :
          List.of("recurrent", "coarse_hidden", "coarse_output", "fine_hidden", "fine_output")) {
        give(model, name, name + "_bias");
      }
      return subscale(model);
    }

    @Override
    Run sample(int t, Context context, float[] previousOfRow, float[] stateOfRow) {
      float[] input =
          CanonicalNetworks.affine(
              weights.get("conditioning_weight"),
              conditioning,
              t / SAMPLES_PER_FRAME * 5,
              biases.get("conditioning_bias"));
      Map<String, float[]> noBias = new LinkedHashMap<>(biases);
      noBias.put("conditioning_bias", new float[3 * HIDDEN]);
      return CanonicalNetworks.dualSoftmax(
          int8(),
          passing("conditioning_weight", 3 * HIDDEN),
          noBias,
          context.addTo(input),
          Arrays.copyOfRange(uniforms, 2 * t, 2 * t + 2),
          new float[1],
          1,
          TEMPERATURE,
          previousOfRow,
          stateOfRow);
    }
  }

  /** A residual GRU network: R 10, M 6, aux 3 + 0 + 2 + 1, D1 9, D2 7. */
  static final class Residual extends SubscaleNetworks {
    private static final int HIDDEN = 10;
    private static final int AUX = 6;
    private final int mixtures;
    private final int draws;
    private final float[] mels;
    private final float[] aux;
    private final float[] uniforms;

    Residual(
        long seed,
        boolean int8,
        int rows,
        int horizon,
        int samples,
        boolean ownPast,
        int mixtures) {
      super(seed, int8, rows, horizon, samples, ownPast);
      this.mixtures = mixtures;
      draws = mixtures == 0 ? 1 : mixtures + 1;
      add("sample_weights", HIDDEN, 1);
      add("mel_weight", HIDDEN, 6);
      add("input_aux", "input_bias", HIDDEN, 3);
      add("gru1_input", "gru1_bias", 3 * HIDDEN, HIDDEN);
      add("gru1_recurrent", "gru1_recurrent_bias", 3 * HIDDEN, HIDDEN);
      add("gru2_input", 3 * HIDDEN, HIDDEN);
      add("gru2_aux", "gru2_bias", 3 * HIDDEN, 0);
      add("gru2_recurrent", "gru2_recurrent_bias", 3 * HIDDEN, HIDDEN);
      add("fc1", 9, HIDDEN);
      add("fc1_aux", "fc1_bias", 9, 2);
      add("fc2", 7, 9);
      add("fc2_aux", "fc2_bias", 7, 1);
      add("output", "output_bias", mixtures == 0 ? 32 : 3 * mixtures, 7);
      add("context_input", HIDDEN, 4);
      mels = numbers(samples * 6, 1);
      aux = numbers(frames * AUX, 1);
      uniforms = uniforms(samples * draws);
      previous = numbers(rows, 1);
      state = numbers(rows * 2 * HIDDEN, 1);
    }

    @Override
    OneNodeModel model() {
      OneNodeModel model =
          new OneNodeModel(
                  operator("ResidualGruSubscaleGenerate"), "audio", "next_previous", "next_state")
              .attribute("mels", 6)
              .attributes("aux_sizes", 3, 0, 2, 1)
              .attribute("mixtures", mixtures)
              .input("mels", mels, samples, 6)
              .input("aux", aux, frames, AUX)
              .input("uniforms", uniforms, samples, draws)
              .input("audio_in", new float[samples], samples)
              .input("previous", previous, rows, 1)
              .input("state", state, rows, 2 * HIDDEN)
              .input("temperature", new float[] {TEMPERATURE}, 1)
              .input("schedule", 0, 1, 0, steps())
              .floats("sample_weights", weights.get("sample_weights").values(), HIDDEN);
      give(model, "mel_weight", null);
      give(model, "input_aux", "input_bias");
      give(model, "gru1_input", "gru1_bias");
      give(model, "gru1_recurrent", "gru1_recurrent_bias");
      give(model, "gru2_input", null);
      give(model, "gru2_aux", "gru2_bias");
      give(model, "gru2_recurrent", "gru2_recurrent_bias");
      give(model, "fc1", null);
      give(model, "fc1_aux", "fc1_bias");
      give(model, "fc2", null);
      give(model, "fc2_aux", "fc2_bias");
      give(model, "output", "output_bias");
      return subscale(model);
    }

    @Override
    Run sample(int t, Context context, float[] previousOfRow, float[] stateOfRow) {
      float[] frame =
          Arrays.copyOfRange(aux, t / SAMPLES_PER_FRAME * AUX, (t / SAMPLES_PER_FRAME + 1) * AUX);
      float[] fromAux =
          CanonicalNetworks.affine(weights.get("input_aux"), frame, 0, biases.get("input_bias"));
      float[] input = CanonicalNetworks.affine(weights.get("mel_weight"), mels, t * 6, fromAux);
      Map<String, Weight> changed = passing("mel_weight", HIDDEN);
      changed.put("input_aux", new Weight("input_aux", HIDDEN, 3, new float[3 * HIDDEN]));
      Map<String, float[]> noBias = new LinkedHashMap<>(biases);
      noBias.put("input_bias", new float[HIDDEN]);
      return CanonicalNetworks.residualGru(
          int8(),
          changed,
          noBias,
          context.addTo(input),
          frame,
          Arrays.copyOfRange(uniforms, t * draws, (t + 1) * draws),
          new float[1],
          1,
          mixtures,
          TEMPERATURE,
          previousOfRow,
          stateOfRow);
    }
  }
}
