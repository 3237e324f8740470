package org.wavebridge.conformance.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.Conditioning;
import org.wavebridge.reference.Likelihood;
import org.wavebridge.runtime.io.SpeakerEmbedding;

/** Compares what was found with what a golden checkpoint's own code gave. */
public final class FamilyChecks {
  /** Of the larger of 1 and the row's largest. */
  private static final double LOGITS = 2e-4;

  private final GoldenFamily family;
  private final Golden golden;
  private final String who;

  /**
   * Checks of a family.
   *
   * @param who found it, for messages
   */
  public FamilyChecks(GoldenFamily family, String who) {
    this.family = family;
    this.golden = family.golden();
    this.who = who;
  }

  /** Fails where the conditioning of the teacher-forced samples is not the recorded one. */
  public void conditioning(Conditioning found) {
    if (golden.has("cond_frames")) {
      repeated(found);
      return;
    }
    rows("up_mels", golden.ints("up_idx"), found.samples());
    if (golden.has("aux_rows")) {
      rows("aux_rows", golden.ints("aux_idx"), found.frames());
    }
    if (golden.has("aux_frames")) {
      int[] frames = new int[golden.array("aux_frames").shape()[0]];
      Arrays.setAll(frames, f -> f);
      rows("aux_frames", frames, withoutSpeaker(found.frames()));
    }
  }

  /** The aux vectors that the speaker stands in front of. */
  private double[][] withoutSpeaker(double[][] vectors) {
    float[] speaker = family.speaker().map(SpeakerEmbedding::values).orElse(new float[0]);
    double[][] rest = new double[vectors.length][];
    for (int t = 0; t < rest.length; t++) {
      double[] first = Arrays.copyOf(vectors[t], speaker.length);
      assertArrayEquals(Arithmetic.widen(speaker), first, who + " speaker at " + t);
      rest[t] = Arrays.copyOfRange(vectors[t], speaker.length, vectors[t].length);
    }
    return rest;
  }

  /** Frames, of which one is recorded for every sample. */
  private void repeated(Conditioning found) {
    int[] frames = golden.ints("frame_of");
    double[] expected = golden.doubles("cond_frames");
    double worst = 0;
    for (int t = 0; t < frames.length; t++) {
      double[] vector =
          found.frames().length > 0 ? found.frames()[t / found.hop()] : found.samples()[t];
      worst = Math.max(worst, Golden.difference(expected, frames[t], vector));
    }
    within("cond_frames", 2e-5, worst);
  }

  private void rows(String array, int[] index, double[][] found) {
    double[] expected = golden.doubles(array);
    assertEquals(index.length * found[0].length, expected.length, array);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    double worst = 0;
    for (int i = 0; i < index.length; i++) {
      worst = Math.max(worst, Golden.difference(expected, i, found[index[i]]));
    }
    within(array, 2e-5, worst / Math.max(1, largest));
  }

  private void within(String what, double bound, double difference) {
    Golden.within(family + " " + who + " " + what, bound, difference);
  }

  /**
   * Fails where the bits of a target, at any time, are further from the recorded ones than logits
   * may be: that of the target and the logarithm of the sum.
   */
  public void bits(VocoderModel model, double[][] logits) {
    float[] targets = family.targets(model);
    double[] expected = family.bits(model);
    assertEquals(expected.length, targets.length);
    double worst = 0;
    for (int t = 0; t < targets.length; t++) {
      double found = Likelihood.bits(model.network(), logits[t], targets[t]);
      double largest = Arrays.stream(logits[t]).map(Math::abs).max().orElseThrow();
      worst = Math.max(worst, Math.abs(found - expected[t]) / Math.max(1, largest));
    }
    within("bits", 2 * LOGITS / Math.log(2), worst);
  }

  /**
   * Fails where logits are further from the recorded ones than 2e-4 of the larger of 1 and theirs.
   */
  public void logits(double[][] found) {
    if (golden.has("tf_c_logits")) {
      logits("tf_c_", found, 0);
      logits("tf_f_", found, DualSoftmaxNetwork.CLASSES);
    } else {
      logits("tf_", found, 0);
    }
  }

  private void logits(String arrays, double[][] found, int from) {
    int[] index = golden.ints(arrays + "idx");
    double[] expected = golden.doubles(arrays + "logits");
    int bands = bands();
    int size = expected.length / (index.length * bands);
    double worst = 0;
    for (int i = 0; i < index.length * bands; i++) {
      double[] row = Arrays.copyOfRange(expected, i * size, (i + 1) * size);
      double largest = Arrays.stream(row).map(Math::abs).max().orElseThrow();
      double[] outputs = found[index[i / bands] * bands + i % bands];
      double[] logits = Arrays.copyOfRange(outputs, from, from + size);
      worst = Math.max(worst, Golden.difference(row, 0, logits) / Math.max(1, largest));
    }
    within(arrays + "logits", LOGITS, worst);
  }

  /** Samples of a step, of which the recording counts the steps. */
  private int bands() {
    int[] shape = golden.has("tf_target") ? golden.array("tf_target").shape() : new int[1];
    return shape.length > 1 ? shape[1] : 1;
  }

  /** Fails where the states after some steps are not those recorded. */
  public void states(double[][] states) {
    int[] times = golden.ints("h_idx");
    double[] first = golden.doubles(golden.has("h") ? "h" : "h1");
    double[] second = golden.has("h2") ? golden.doubles("h2") : new double[0];
    int size = first.length / times.length;
    double worst = 0;
    for (int i = 0; i < times.length; i++) {
      double[] state = states[(times[i] + 1) * bands() - 1];
      worst = Math.max(worst, Golden.difference(first, i, Arrays.copyOf(state, size)));
      if (second.length > 0) {
        double[] rest = Arrays.copyOfRange(state, size, state.length);
        worst = Math.max(worst, Golden.difference(second, i, rest));
      }
    }
    within("states", 1e-5, worst);
  }
}
