package org.wavebridge.conformance.golden;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.wavebridge.conformance.cases.Subject;
import org.wavebridge.conformance.reference.Golden;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.NpyFile;

/**
 * What the code of an original project made of one of its checkpoints.
 *
 * @param subject the imported checkpoint
 * @param mel features
 * @param given samples of teacher forcing, as values
 * @param index the samples whose logits were recorded
 * @param logits of those samples, {@code [index][logits]}
 * @param uniforms of a free run
 * @param made the values of that run
 * @param nearest values nearer than this are the same draw
 */
record Recording(
    Subject subject,
    Features mel,
    float[] given,
    int[] index,
    double[][] logits,
    float[] uniforms,
    float[] made,
    double nearest) {
  private static final double CLASS = 1e-6;

  /** One for each golden checkpoint. */
  static List<Recording> all() {
    return List.of(voice(), raw(), mol());
  }

  private static Recording voice() {
    Golden golden = Golden.of("en-us-16k/agent-pass.golden.npz");
    int[] samples = NpyFile.read(Golden.path("en-us-16k/agent-pass.samples.npy")).ints();
    int[] index = golden.ints("index");
    double[] coarse = golden.doubles("coarse_logits");
    double[] fine = golden.doubles("fine_logits");
    double[][] logits = new double[index.length][512];
    for (int i = 0; i < index.length; i++) {
      System.arraycopy(coarse, i * 256, logits[i], 0, 256);
      System.arraycopy(fine, i * 256, logits[i], 256, 256);
    }
    int[] classes = golden.ints("free_classes");
    float[] made = new float[classes.length / 2];
    for (int t = 0; t < made.length; t++) {
      made[t] = (classes[2 * t] * 256 + classes[2 * t + 1]) / 32768f - 1;
    }
    float[] given = new float[samples.length];
    for (int t = 0; t < given.length; t++) {
      given[t] = samples[t] / 32768f - 1;
    }
    return of(
        "voice",
        "en-us-16k/checkpoint.pt",
        "en-us-16k/agent-pass.npy",
        given,
        index,
        logits,
        golden.floats("free_uniforms"),
        made,
        CLASS);
  }

  private static Recording raw() {
    Golden golden = Golden.of("fatchord_raw/golden.npz");
    return of(
        "fatchord-raw",
        "fatchord_raw/checkpoint_zip.pyt",
        "fatchord_raw/mel.npy",
        values(golden.ints("tf_target"), 512),
        golden.ints("tf_idx"),
        rows(golden.doubles("tf_logits"), 512),
        golden.floats("gen_u"),
        values(golden.ints("gen_labels"), 512),
        CLASS);
  }

  private static Recording mol() {
    Golden golden = Golden.of("fatchord_mol/golden.npz");
    float[] mixture = golden.floats("gen_u_mix");
    float[] value = golden.floats("gen_u_x");
    float[] uniforms = new float[value.length * 11];
    for (int t = 0; t < value.length; t++) {
      System.arraycopy(mixture, t * 10, uniforms, t * 11, 10);
      uniforms[t * 11 + 10] = value[t];
    }
    return of(
        "fatchord-mol",
        "fatchord_mol/checkpoint_zip.pyt",
        "fatchord_mol/mel.npy",
        golden.floats("tf_target"),
        golden.ints("tf_idx"),
        rows(golden.doubles("tf_params"), 30),
        uniforms,
        golden.floats("gen_raw"),
        2e-5);
  }

  private static Recording of(
      String name,
      String checkpoint,
      String mel,
      float[] given,
      int[] index,
      double[][] logits,
      float[] uniforms,
      float[] made,
      double nearest) {
    var model = Exporter.read(Golden.path(checkpoint), "auto", Optional.empty()).model();
    return new Recording(
        Subject.of(name, model),
        Features.read(Golden.path(mel), model.features().mels()),
        given,
        index,
        logits,
        uniforms,
        made,
        nearest);
  }

  private static float[] values(int[] classes, int count) {
    float[] values = new float[classes.length];
    for (int t = 0; t < values.length; t++) {
      values[t] = 2f * classes[t] / (count - 1) - 1;
    }
    return values;
  }

  private static double[][] rows(double[] values, int size) {
    double[][] rows = new double[values.length / size][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOfRange(values, i * size, (i + 1) * size);
    }
    return rows;
  }
}
