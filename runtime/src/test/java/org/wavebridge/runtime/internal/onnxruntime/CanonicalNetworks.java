package org.wavebridge.runtime.internal.onnxruntime;

import java.util.Map;

/**
 * The networks of {@code docs/numerics.md} in plain Java for one row: the values that the native
 * operators must give bit for bit.
 */
final class CanonicalNetworks {
  /** A matrix and its name. */
  record Weight(String name, int rows, int inputs, float[] values) {}

  /** One row's result. */
  record Run(float[] audio, float[] logits, float[] previous, float[] state) {}

  private CanonicalNetworks() {}

  static float exp(float x) {
    x = x < -87 ? -87 : x > 88 ? 88 : x;
    float n = Math.fma(x, 0x1.715476p+0f, 12582912f) - 12582912f;
    float r = Math.fma(n, -0x1.7f7d1cp-20f, Math.fma(n, -0x1.62e4p-1f, x));
    float p =
        horner(
            r,
            0x1.6a242ap-10f,
            0x1.1239e4p-7f,
            0x1.5558f2p-5f,
            0x1.555492p-3f,
            0x1.fffffcp-2f,
            1,
            1);
    return Math.scalb(p, (int) n);
  }

  static float sigmoid(float x) {
    return 1 / (1 + exp(-x));
  }

  static float tanh(float x) {
    float a = Math.abs(x);
    float z = x * x;
    if (a < 0.625f) {
      float p =
          horner(
              z,
              -0.005716780200600624f,
              0.020650357007980347f,
              -0.053743429481983185f,
              0.13331490755081177f,
              -0.3333328366279602f);
      return Math.fma(p * z, x, x);
    }
    return Math.copySign(1 - 2 / (exp(a + a) + 1), x);
  }

  static float log(float x) {
    int i = Float.floatToRawIntBits(x) - 0x3f3504f3;
    float k = i >> 23;
    float f = Float.intBitsToFloat((i & 0x7fffff) + 0x3f3504f3) - 1;
    float p =
        horner(
            f,
            -0.0762314423918724f,
            0.12905766069889069f,
            -0.1324307918548584f,
            0.14181599020957947f,
            -0.16609039902687073f,
            0.20001986622810364f,
            -0.25001585483551025f,
            0.33333325386047363f,
            -0.49999988079071045f);
    float y = Math.fma(k, 0x1.7f7d1cp-20f, (f * f) * p) + f;
    return Math.fma(k, 0x1.62e4p-1f, y);
  }

  private static float horner(float x, float... coefficients) {
    float p = coefficients[0];
    for (int i = 1; i < coefficients.length; i++) {
      p = Math.fma(p, x, coefficients[i]);
    }
    return p;
  }

  static float[] affine(Weight weight, float[] x, int from, float[] bias) {
    float[] y = new float[weight.rows()];
    for (int row = 0; row < y.length; row++) {
      float[] s = new float[4];
      for (int k = 0; k < weight.inputs(); k++) {
        s[k % 4] = Math.fma(weight.values()[row * weight.inputs() + k], x[from + k], s[k % 4]);
      }
      y[row] = (s[0] + s[1]) + (s[2] + s[3]) + bias[row];
    }
    return y;
  }

  /** The product of a sample path: in int8 where the weight is one of those quantised. */
  private static float[] product(boolean int8, Weight weight, float[] x, int from, float[] bias) {
    return int8 && CanonicalInt8.QUANTISED.contains(weight.name())
        ? CanonicalInt8.affine(weight, x, from, bias)
        : affine(weight, x, from, bias);
  }

  private static float[] relu(float[] x) {
    for (int i = 0; i < x.length; i++) {
      x[i] = x[i] > 0 ? x[i] : 0;
    }
    return x;
  }

  private static void gru(float[] in, float[] a, float[] h, int offset, int from, int to) {
    int size = in.length / 3;
    for (int k = from; k < to; k++) {
      float r = sigmoid(in[k] + a[k]);
      float z = sigmoid(in[size + k] + a[size + k]);
      float n = tanh(Math.fma(r, a[2 * size + k], in[2 * size + k]));
      h[offset + k] = Math.fma(z, h[offset + k] - n, n);
    }
  }

  static int drawClass(float[] logits, float temperature, float uniform) {
    float m = Float.NEGATIVE_INFINITY;
    for (float l : logits) {
      m = Math.max(m, l / temperature);
    }
    long total = 0;
    long[] c = new long[logits.length];
    for (int i = 0; i < c.length; i++) {
      total += (long) Math.rint(exp(logits[i] / temperature - m) * 0x1p24f);
      c[i] = total;
    }
    long threshold = ((long) (uniform * 0x1p24f) * total) >>> 24;
    for (int i = 0; i < c.length; i++) {
      if (c[i] > threshold) {
        return i;
      }
    }
    return 0;
  }

  static float drawMixture(float[] l, int mixtures, float temperature, float[] u, int from) {
    int j = 0;
    float best = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < mixtures; i++) {
      float g = l[i] / temperature - log(-log(clamp(u[from + i])));
      if (g > best) {
        best = g;
        j = i;
      }
    }
    float last = clamp(u[from + mixtures]);
    float e = exp(Math.max(l[2 * mixtures + j], -32.23619079589844f)) * temperature;
    float x = Math.fma(e, log(last) - log(1 - last), l[mixtures + j]);
    return Math.max(-1, Math.min(1, x));
  }

  private static float clamp(float u) {
    return Math.max(1e-5f, Math.min(0.99999f, u));
  }

  private static float value(int k, int classes) {
    return (float) (2 * k) / (float) (classes - 1) - 1;
  }

  /** Generates with uniforms, or scores given samples where {@code uniforms} is empty. */
  static Run dualSoftmax(
      boolean int8,
      Map<String, Weight> weights,
      Map<String, float[]> biases,
      float[] conditioning,
      float[] uniforms,
      float[] given,
      int samplesPerFrame,
      float temperature,
      float[] previous,
      float[] state) {
    Weight columns = weights.get("sample_weights");
    int hidden = state.length;
    int samples = given.length;
    int size = weights.get("conditioning_weight").inputs();
    Run run =
        new Run(new float[samples], new float[512 * samples], previous.clone(), state.clone());
    for (int t = 0; t < samples; t++) {
      int frame = t / samplesPerFrame;
      float[] in =
          product(
              int8,
              weights.get("conditioning_weight"),
              conditioning,
              frame * size,
              biases.get("conditioning_bias"));
      float[] a =
          product(int8, weights.get("recurrent"), run.state, 0, biases.get("recurrent_bias"));
      for (int column = 0; column < 2; column++) {
        for (int k = 0; k < 3 * hidden; k++) {
          in[k] = Math.fma(columns.values()[3 * k + column], run.previous[column], in[k]);
        }
      }
      int[] classes = new int[2];
      for (int part = 0; part < 2; part++) {
        if (part == 1) {
          for (int k = 0; k < 3 * hidden; k++) {
            in[k] = Math.fma(columns.values()[3 * k + 2], value(classes[0], 256), in[k]);
          }
        }
        int half = hidden / 2;
        gru(in, a, run.state, 0, part * half, part * half + half);
        String name = part == 0 ? "coarse" : "fine";
        float[] q =
            relu(
                product(
                    int8,
                    weights.get(name + "_hidden"),
                    run.state,
                    part * half,
                    biases.get(name + "_hidden_bias")));
        float[] l =
            product(int8, weights.get(name + "_output"), q, 0, biases.get(name + "_output_bias"));
        System.arraycopy(l, 0, run.logits, 512 * t + 256 * part, 256);
        int sample = (int) Math.rint((given[t] + 1) * 32768);
        classes[part] =
            uniforms.length == 0
                ? (part == 0 ? sample / 256 : sample % 256)
                : drawClass(l, temperature, uniforms[2 * t + part]);
      }
      run.previous[0] = value(classes[0], 256);
      run.previous[1] = value(classes[1], 256);
      run.audio[t] = (256 * classes[0] + classes[1]) / 32768f - 1;
    }
    return run;
  }

  /** Generates with uniforms, or scores given samples where {@code uniforms} is empty. */
  static Run residualGru(
      boolean int8,
      Map<String, Weight> weights,
      Map<String, float[]> biases,
      float[] mels,
      float[] aux,
      float[] uniforms,
      float[] given,
      int samplesPerFrame,
      int mixtures,
      float temperature,
      float[] previous,
      float[] state) {
    int hidden = state.length / 2;
    int samples = given.length;
    int classes = weights.get("output").rows();
    int draws = mixtures == 0 ? 1 : mixtures + 1;
    String[] parts = {"input", "gru2", "fc1", "fc2"};
    int width = 0;
    for (String part : parts) {
      width += weights.get(part + "_aux").inputs();
    }
    float[] columns = weights.get("sample_weights").values();
    Run run =
        new Run(new float[samples], new float[classes * samples], previous.clone(), state.clone());
    for (int t = 0; t < samples; t++) {
      float[][] fromAux = new float[4][];
      int at = t / samplesPerFrame * width;
      for (int i = 0; i < 4; i++) {
        Weight weight = weights.get(parts[i] + "_aux");
        fromAux[i] = product(int8, weight, aux, at, biases.get(parts[i] + "_bias"));
        at += weight.inputs();
      }
      Weight mel = weights.get("mel_weight");
      float[] x = product(int8, mel, mels, t * mel.inputs(), fromAux[0]);
      for (int k = 0; k < hidden; k++) {
        x[k] = Math.fma(columns[k], run.previous[0], x[k]);
      }
      for (int layer = 1; layer <= 2; layer++) {
        String name = "gru" + layer;
        int offset = (layer - 1) * hidden;
        float[] bias = layer == 1 ? biases.get("gru1_bias") : fromAux[1];
        float[] in = product(int8, weights.get(name + "_input"), x, 0, bias);
        float[] a =
            product(
                int8,
                weights.get(name + "_recurrent"),
                run.state,
                offset,
                biases.get(name + "_recurrent_bias"));
        gru(in, a, run.state, offset, 0, hidden);
        for (int k = 0; k < hidden; k++) {
          x[k] = x[k] + run.state[offset + k];
        }
      }
      float[] q1 = relu(product(int8, weights.get("fc1"), x, 0, fromAux[2]));
      float[] q2 = relu(product(int8, weights.get("fc2"), q1, 0, fromAux[3]));
      float[] l = product(int8, weights.get("output"), q2, 0, biases.get("output_bias"));
      System.arraycopy(l, 0, run.logits, classes * t, classes);
      run.previous[0] =
          uniforms.length == 0
              ? given[t]
              : mixtures == 0
                  ? value(drawClass(l, temperature, uniforms[t]), classes)
                  : drawMixture(l, mixtures, temperature, uniforms, t * draws);
      run.audio[t] = run.previous[0];
    }
    return run;
  }
}
