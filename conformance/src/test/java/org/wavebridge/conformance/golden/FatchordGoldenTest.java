package org.wavebridge.conformance.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.conformance.targets.FeatureFrames;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.Conditioning;
import org.wavebridge.reference.Likelihood;
import org.wavebridge.reference.Reference;
import org.wavebridge.reference.ReferenceState;
import org.wavebridge.runtime.WaveformDecoder;
import org.wavebridge.runtime.io.Features;

/**
 * The reference against outputs recorded from fatchord's own code: classes (RAW) and a mixture of
 * logistics (MOL).
 */
final class FatchordGoldenTest {
  private static final VocoderModel RAW_MODEL = GoldenModels.raw();
  private static final VocoderModel MOL_MODEL = GoldenModels.mol();
  private static final Golden RAW = Golden.of("fatchord_raw/golden.npz");
  private static final Golden MOL = Golden.of("fatchord_mol/golden.npz");
  private static final Features RAW_MEL = Features.read(Golden.path("fatchord_raw/mel.npy"), 80);
  private static final Features MOL_MEL = Features.read(Golden.path("fatchord_mol/mel.npy"), 80);

  static Stream<Arithmetic> arithmetics() {
    return Stream.of(Arithmetic.DOUBLE, Arithmetic.CANONICAL_F32);
  }

  @Test
  void conditioningOfRaw() {
    conditioning(RAW_MODEL, RAW, RAW_MEL);
  }

  @Test
  void conditioningOfMol() {
    conditioning(MOL_MODEL, MOL, MOL_MEL);
  }

  private static void conditioning(VocoderModel model, Golden golden, Features mel) {
    Conditioning conditioning =
        new Reference(model, Arithmetic.DOUBLE).conditioning(FeatureFrames.of(mel));
    assertEquals(24, conditioning.frames().length);
    assertEquals(24 * 275, conditioning.samples().length);
    double[] aux = golden.doubles("aux_frames");
    double largest = 0;
    for (int f = 0; f < 24; f++) {
      largest = Math.max(largest, Golden.difference(aux, f, conditioning.frames()[f]));
    }
    Golden.within("aux", 1e-5, largest);
    double[] mels = golden.doubles("up_mels");
    int[] index = golden.ints("up_idx");
    largest = 0;
    for (int i = 0; i < index.length; i++) {
      largest = Math.max(largest, Golden.difference(mels, i, conditioning.samples()[index[i]]));
    }
    Golden.within("mels", 1e-5, largest);
  }

  @ParameterizedTest
  @MethodSource("arithmetics")
  void teacherForcedRaw(Arithmetic arithmetic) {
    teacherForced(RAW_MODEL, RAW, RAW_MEL, "tf_logits", arithmetic);
  }

  @ParameterizedTest
  @MethodSource("arithmetics")
  void teacherForcedMol(Arithmetic arithmetic) {
    teacherForced(MOL_MODEL, MOL, MOL_MEL, "tf_params", arithmetic);
  }

  /** Logits at the recorded places, and the states. fatchord's x[t + 1] is what sample t feeds. */
  private static void teacherForced(
      VocoderModel model, Golden golden, Features mel, String outputs, Arithmetic arithmetic) {
    Reference reference = new Reference(model, arithmetic);
    Conditioning conditioning = reference.conditioning(FeatureFrames.of(mel));
    float[] x = golden.floats("tf_x");
    double[] logits = golden.doubles(outputs);
    int[] index = golden.ints("tf_idx");
    int[] stateIndex = golden.ints("h_idx");
    double[] h1 = golden.doubles("h1");
    double[] h2 = golden.doubles("h2");
    ReferenceState state = reference.network().initialState();
    double largest = 0;
    double largestState = 0;
    for (int t = 0; t < x.length; t++) {
      float given = t + 1 < x.length ? x[t + 1] : 0;
      double[] found = reference.network().score(state, conditioning, t, given);
      int row = Arrays.binarySearch(index, t);
      if (row >= 0) {
        largest = Math.max(largest, Golden.difference(logits, row, found));
      }
      int stateRow = Arrays.binarySearch(stateIndex, t);
      if (stateRow >= 0) {
        double[] hidden = state.hidden();
        int half = hidden.length / 2;
        double[] first = Arrays.copyOf(hidden, half);
        double[] second = Arrays.copyOfRange(hidden, half, 2 * half);
        largestState = Math.max(largestState, Golden.difference(h1, stateRow, first));
        largestState = Math.max(largestState, Golden.difference(h2, stateRow, second));
      }
    }
    Golden.within(outputs + " " + arithmetic, 2e-5, largest);
    Golden.within("state " + arithmetic, 2e-6, largestState);
  }

  @ParameterizedTest
  @MethodSource("arithmetics")
  void freeRunningRawDrawsEveryRecordedLabel(Arithmetic arithmetic) {
    Reference reference = new Reference(RAW_MODEL, arithmetic);
    double[] audio =
        reference.generate(
            reference.network().initialState(),
            reference.conditioning(FeatureFrames.of(RAW_MEL)),
            0,
            RAW.floats("gen_u"),
            1);
    int[] labels = Arrays.stream(audio).mapToInt(v -> (int) Math.rint((v + 1) * 511 / 2)).toArray();
    Golden.same("labels " + arithmetic, RAW.ints("gen_labels"), labels);
    Golden.within("raw " + arithmetic, 1e-7, Golden.difference(RAW.doubles("gen_raw"), 0, audio));
    // Values are rounded to binary32 (6e-8); mu-law expansion has a slope of up to log 512 = 6.2.
    waveform(RAW_MODEL, audio, RAW, 4e-7);
  }

  @ParameterizedTest
  @MethodSource("arithmetics")
  void freeRunningMolFollowsTheRecordedValues(Arithmetic arithmetic) {
    Reference reference = new Reference(MOL_MODEL, arithmetic);
    float[] mix = MOL.floats("gen_u_mix");
    float[] value = MOL.floats("gen_u_x");
    float[] uniforms = new float[11 * value.length];
    for (int t = 0; t < value.length; t++) {
      System.arraycopy(mix, 10 * t, uniforms, 11 * t, 10);
      uniforms[11 * t + 10] = value[t];
    }
    double[] audio =
        reference.generate(
            reference.network().initialState(),
            reference.conditioning(FeatureFrames.of(MOL_MEL)),
            0,
            uniforms,
            1);
    Golden.within("raw " + arithmetic, 4e-6, Golden.difference(MOL.doubles("gen_raw"), 0, audio));
    waveform(MOL_MODEL, audio, MOL, 4e-6);
  }

  /** Decode, cut to (frames - 1) * hop, fade out. */
  private static void waveform(VocoderModel model, double[] audio, Golden golden, double bound) {
    float[] values = new float[23 * 275];
    for (int t = 0; t < values.length; t++) {
      values[t] = (float) audio[t];
    }
    float[] waveform = new WaveformDecoder(model.audio()).decode(values);
    WaveformDecoder.fadeOut(waveform, model.audio().fadeOutFrames() * 275);
    double[] wide = new double[waveform.length];
    Arrays.setAll(wide, t -> waveform[t]);
    double[] expected = golden.doubles("gen_wav");
    assertEquals(expected.length, wide.length);
    Golden.within("waveform", bound, Golden.difference(expected, 0, wide));
  }

  /** Bits of the labels the project wants predicted, while its own inputs are fed. */
  @Test
  void bitsOfRaw() {
    Reference reference = new Reference(RAW_MODEL, Arithmetic.DOUBLE);
    float[] targets = reference.values(RAW.ints("tf_target"));
    double[] expected = RAW.doubles("tf_nll_bits");
    Golden.within("bits", 5e-5, bits(RAW_MODEL, RAW, RAW_MEL, targets, expected, 1));
  }

  /**
   * Nats of the targets under the mixture. The project works in binary32, where the difference of
   * two sigmoids loses digits; hence the bound.
   */
  @Test
  void bitsOfMol() {
    double[] expected = MOL.doubles("tf_nll_nats");
    double difference =
        bits(MOL_MODEL, MOL, MOL_MEL, MOL.floats("tf_target"), expected, Math.log(2));
    Golden.within("nats", 1e-2, difference);
  }

  private static double bits(
      VocoderModel model,
      Golden golden,
      Features mel,
      float[] targets,
      double[] expected,
      double unit) {
    Reference reference = new Reference(model, Arithmetic.DOUBLE);
    float[] x = golden.floats("tf_x");
    Conditioning conditioning = reference.conditioning(FeatureFrames.of(mel));
    ReferenceState state = reference.network().initialState();
    double largest = 0;
    double sum = 0;
    for (int t = 0; t < x.length; t++) {
      float next = t + 1 < x.length ? x[t + 1] : 0;
      double[] logits = reference.network().score(state, conditioning, t, next);
      double found = unit * Likelihood.bits(model.network(), logits, targets[t]);
      largest = Math.max(largest, Math.abs(found - expected[t]));
      sum += found - expected[t];
    }
    Golden.within("mean", 1e-4, Math.abs(sum / x.length));
    return largest;
  }
}
