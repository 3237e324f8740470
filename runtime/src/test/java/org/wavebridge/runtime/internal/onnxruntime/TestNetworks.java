package org.wavebridge.runtime.internal.onnxruntime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.wavebridge.runtime.internal.onnxruntime.CanonicalNetworks.Run;
import org.wavebridge.runtime.internal.onnxruntime.CanonicalNetworks.Weight;

/** Random weights and inputs, as a one-node model and as what that model must give. */
class TestNetworks {
  static final int SAMPLES_PER_FRAME = 4;
  private static final float TEMPERATURE = 0.9f;

  final Map<String, Weight> weights = new LinkedHashMap<>();
  final Map<String, float[]> biases = new LinkedHashMap<>();
  private final Random random;
  private final boolean int8;

  TestNetworks(long seed, boolean int8) {
    random = new Random(seed);
    this.int8 = int8;
  }

  final boolean int8() {
    return int8;
  }

  /** The operator's name in this network's arithmetic. */
  final String operator(String name) {
    return int8 ? name + "Int8" : name;
  }

  final float[] numbers(int count, float size) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (2 * random.nextFloat() - 1) * size;
    }
    return values;
  }

  final float[] uniforms(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(1 << 24) * 0x1p-24f;
    }
    return values;
  }

  final Weight weight(String name, int rows, int inputs) {
    return new Weight(name, rows, inputs, numbers(rows * inputs, 0.5f));
  }

  final void add(String name, int rows, int inputs) {
    weights.put(name, weight(name, rows, inputs));
  }

  final void add(String name, String bias, int rows, int inputs) {
    add(name, rows, inputs);
    biases.put(bias, numbers(rows, 0.3f));
  }

  /** A weight, and its bias unless that is null; sparse blocks where they fit. */
  final void give(OneNodeModel model, String name, String bias) {
    Weight weight = weights.get(name);
    int height = weight.rows() % 4 == 0 ? 4 : weight.rows();
    int width = Math.min(weight.inputs(), 4);
    if (int8 && CanonicalInt8.QUANTISED.contains(name)) {
      model.int8Weight(weight, quantised(weight), height, width);
    } else {
      model.weight(weight, height, width);
    }
    if (bias != null) {
      model.floats(bias, biases.get(bias), weight.rows());
    }
  }

  /** Quantised values of a weight; a test may give wrong ones. */
  CanonicalInt8.Quantised quantised(Weight weight) {
    return CanonicalInt8.quantise(weight);
  }

  static float[] row(float[] all, int row, int rows) {
    int size = all.length / rows;
    return Arrays.copyOfRange(all, row * size, (row + 1) * size);
  }

  /** A dual-softmax network: H 12, E 5, D 7, D' 8. */
  static class Dual extends TestNetworks {
    private static final int HIDDEN = 12;
    private final int rows;
    private final int samples;
    private final int frames;
    private final float[] conditioning;
    private final float[] uniforms;
    private final float[] audio;
    private final float[] previous;
    private final float[] state;

    Dual(long seed, int rows, int samples) {
      this(seed, rows, samples, false);
    }

    Dual(long seed, int rows, int samples, boolean int8) {
      super(seed, int8);
      this.rows = rows;
      this.samples = samples;
      frames = (samples + SAMPLES_PER_FRAME - 1) / SAMPLES_PER_FRAME;
      add("sample_weights", 3 * HIDDEN, 3);
      add("conditioning_weight", "conditioning_bias", 3 * HIDDEN, 5);
      add("recurrent", "recurrent_bias", 3 * HIDDEN, HIDDEN);
      add("coarse_hidden", "coarse_hidden_bias", 7, HIDDEN / 2);
      add("coarse_output", "coarse_output_bias", 256, 7);
      add("fine_hidden", "fine_hidden_bias", 8, HIDDEN / 2);
      add("fine_output", "fine_output_bias", 256, 8);
      conditioning = numbers(rows * frames * 5, 1);
      uniforms = uniforms(rows * samples * 2);
      audio = new float[rows * samples];
      for (int i = 0; i < audio.length; i++) {
        audio[i] = (float) Math.floor(uniforms[i] * 65536) / 32768 - 1;
      }
      previous = numbers(rows * 2, 1);
      state = numbers(rows * HIDDEN, 1);
    }

    float[] previous() {
      return previous;
    }

    float[] state() {
      return state;
    }

    OneNodeModel model(boolean score) {
      OneNodeModel model =
          new OneNodeModel(
              operator(score ? "DualSoftmaxScore" : "DualSoftmaxGenerate"),
              score ? "logits" : "audio",
              "next_previous",
              "next_state");
      model.attribute("samples_per_frame", SAMPLES_PER_FRAME).attribute("conditioning_size", 5);
      model.input("conditioning", conditioning, rows, frames, 5);
      if (score) {
        model.input("audio_in", audio, rows, samples);
      } else {
        model.input("uniforms", uniforms, rows, samples, 2);
      }
      model.input("previous", previous, rows, 2).input("state", state, rows, HIDDEN);
      if (!score) {
        model.input("temperature", new float[] {TEMPERATURE}, 1);
      }
      model.floats("sample_weights", weights.get("sample_weights").values(), 3 * HIDDEN, 3);
      give(model, "conditioning_weight", "conditioning_bias");
      for (String name :
          List.of("recurrent", "coarse_hidden", "coarse_output", "fine_hidden", "fine_output")) {
        give(model, name, name + "_bias");
      }
      return model;
    }

    List<Run> expected(boolean score) {
      List<Run> runs = new ArrayList<>();
      for (int row = 0; row < rows; row++) {
        runs.add(
            CanonicalNetworks.dualSoftmax(
                int8(),
                weights,
                biases,
                row(conditioning, row, rows),
                score ? new float[0] : row(uniforms, row, rows),
                row(audio, row, rows),
                SAMPLES_PER_FRAME,
                TEMPERATURE,
                row(previous, row, rows),
                row(state, row, rows)));
      }
      return runs;
    }
  }

  /** A residual GRU network: R 10, M 6, aux 3 + 0 + 2 + 1, D1 9, D2 7. */
  static final class Residual extends TestNetworks {
    private static final int HIDDEN = 10;
    private static final int AUX = 6;
    private final int rows;
    private final int samples;
    private final int frames;
    private final int mixtures;
    private final float[] mels;
    private final float[] aux;
    private final float[] uniforms;
    private final float[] audio;
    private final float[] previous;
    private final float[] state;

    Residual(long seed, int rows, int samples, int mixtures) {
      this(seed, rows, samples, mixtures, false);
    }

    Residual(long seed, int rows, int samples, int mixtures, boolean int8) {
      super(seed, int8);
      this.rows = rows;
      this.samples = samples;
      this.mixtures = mixtures;
      frames = (samples + SAMPLES_PER_FRAME - 1) / SAMPLES_PER_FRAME;
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
      mels = numbers(rows * samples * 6, 1);
      aux = numbers(rows * frames * AUX, 1);
      uniforms = uniforms(rows * samples * draws());
      audio = numbers(rows * samples, 1);
      previous = numbers(rows, 1);
      state = numbers(rows * 2 * HIDDEN, 1);
    }

    private int draws() {
      return mixtures == 0 ? 1 : mixtures + 1;
    }

    OneNodeModel model(boolean score) {
      OneNodeModel model =
          new OneNodeModel(
              operator(score ? "ResidualGruScore" : "ResidualGruGenerate"),
              score ? "logits" : "audio",
              "next_previous",
              "next_state");
      model
          .attribute("samples_per_frame", SAMPLES_PER_FRAME)
          .attribute("mels", 6)
          .attributes("aux_sizes", 3, 0, 2, 1)
          .attribute("mixtures", mixtures);
      model.input("mels", mels, rows, samples, 6).input("aux", aux, rows, frames, AUX);
      if (score) {
        model.input("audio_in", audio, rows, samples);
      } else {
        model.input("uniforms", uniforms, rows, samples, draws());
      }
      model.input("previous", previous, rows, 1).input("state", state, rows, 2 * HIDDEN);
      if (!score) {
        model.input("temperature", new float[] {TEMPERATURE}, 1);
      }
      model.floats("sample_weights", weights.get("sample_weights").values(), HIDDEN);
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
      return model;
    }

    List<Run> expected(boolean score) {
      List<Run> runs = new ArrayList<>();
      for (int row = 0; row < rows; row++) {
        runs.add(
            CanonicalNetworks.residualGru(
                int8(),
                weights,
                biases,
                row(mels, row, rows),
                row(aux, row, rows),
                score ? new float[0] : row(uniforms, row, rows),
                row(audio, row, rows),
                SAMPLES_PER_FRAME,
                mixtures,
                TEMPERATURE,
                row(previous, row, rows),
                row(state, row, rows)));
      }
      return runs;
    }
  }
}
