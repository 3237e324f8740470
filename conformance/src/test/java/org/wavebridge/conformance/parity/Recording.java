package org.wavebridge.conformance.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.wavebridge.conformance.cases.Subject;
import org.wavebridge.conformance.golden.Golden;
import org.wavebridge.conformance.golden.GoldenFamily;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.NpyFile;
import org.wavebridge.runtime.io.SpeakerEmbedding;

/**
 * The recorded outputs of an original project's code for one of its checkpoints.
 *
 * @param subject the imported checkpoint
 * @param speaker who speaks, where the model takes an embedding
 * @param forced samples that were given
 * @param index the given samples whose logits were recorded
 * @param logits of those samples, {@code [index][logits]}
 * @param free samples that were drawn
 * @param uniforms that they were drawn with
 * @param nearest values nearer than this are the same draw
 */
record Recording(
    Subject subject,
    Optional<SpeakerEmbedding> speaker,
    Run forced,
    int[] index,
    double[][] logits,
    Run free,
    float[] uniforms,
    double nearest) {
  /**
   * Samples of an utterance.
   *
   * @param mel features
   * @param firstFrame frames before the one that the first sample belongs to
   * @param previous values fed back before the first sample
   * @param values of the samples
   */
  record Run(Features mel, int firstFrame, float[] previous, float[] values) {}

  private static final double CLASS = 1e-6;

  /** One for each golden checkpoint that is there. */
  static List<Recording> all() {
    List<Recording> all = new ArrayList<>(List.of(voice(), raw(), mol()));
    Arrays.stream(GoldenFamily.values())
        .filter(GoldenFamily::isThere)
        .map(Recording::of)
        .forEach(all::add);
    return all;
  }

  private static Recording voice() {
    Golden golden = Golden.of("en-us-16k/agent-pass.golden.npz");
    int[] samples = NpyFile.read(Golden.path("en-us-16k/agent-pass.samples.npy")).ints();
    int[] index = golden.ints("index");
    double[][] logits = joined(golden.doubles("coarse_logits"), golden.doubles("fine_logits"));
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
    Features features = Features.read(Golden.path(mel), model.features().mels());
    float[] previous = model.network().initialPrevious();
    return new Recording(
        Subject.of(name, model),
        Optional.empty(),
        new Run(features, 0, previous, given),
        index,
        logits,
        new Run(features, 0, previous, made),
        uniforms,
        nearest);
  }

  private static Recording of(GoldenFamily family) {
    var model = family.read().model();
    Golden golden = family.golden();
    int[] index = golden.ints(golden.has("tf_idx") ? "tf_idx" : "tf_c_idx");
    double[][] logits;
    if (golden.has("tf_idx")) {
      double[] values = golden.doubles("tf_logits");
      logits = rows(values, values.length / index.length);
    } else {
      assertArrayEquals(index, golden.ints("tf_f_idx"));
      logits = joined(golden.doubles("tf_c_logits"), golden.doubles("tf_f_logits"));
    }
    return new Recording(
        Subject.of(family.name().toLowerCase(Locale.ROOT).replace('_', '-'), model),
        family.speaker(),
        new Run(family.mel(), family.offset(), family.previous(model), family.targets(model)),
        index,
        logits,
        new Run(
            family.generatedMel(),
            model.utterance().leadFrames(),
            model.network().initialPrevious(),
            family.drawn(model)),
        golden.floats("gen_u"),
        CLASS);
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

  private static double[][] joined(double[] coarse, double[] fine) {
    double[][] rows = new double[coarse.length / 256][512];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(coarse, i * 256, rows[i], 0, 256);
      System.arraycopy(fine, i * 256, rows[i], 256, 256);
    }
    return rows;
  }
}
