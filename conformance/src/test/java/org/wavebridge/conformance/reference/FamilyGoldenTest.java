package org.wavebridge.conformance.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.runtime.io.Features;

/** The reference of imported checkpoints against outputs of each family's own code. */
final class FamilyGoldenTest {
  @ParameterizedTest
  @EnumSource
  void conditioning(GoldenFamily family) {
    VocoderModel model = family.read().model();
    Conditioning made = conditioning(family, model, family.mel(), family.offset());
    Golden golden = family.golden();
    if (golden.has("up_mels")) {
      assertRows(family + " mels", golden, "up_mels", golden.ints("up_idx"), made.samples());
    }
    if (golden.has("aux_rows")) {
      assertRows(family + " aux", golden, "aux_rows", golden.ints("aux_idx"), made.frames());
    }
    if (golden.has("aux_frames")) {
      int[] frames = new int[golden.array("aux_frames").shape()[0]];
      Arrays.setAll(frames, f -> f);
      assertRows(family + " aux", golden, "aux_frames", frames, made.frames());
    }
  }

  private static void assertRows(
      String what, Golden golden, String array, int[] index, double[][] found) {
    double[] expected = golden.doubles(array);
    assertEquals(index.length * found[0].length, expected.length, what);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    double worst = 0;
    for (int i = 0; i < index.length; i++) {
      worst = Math.max(worst, Golden.difference(expected, i, found[index[i]]));
    }
    Golden.within(what, 2e-5, worst / Math.max(1, largest));
  }

  /** The conditioning from a frame on. */
  private static Conditioning conditioning(
      GoldenFamily family, VocoderModel model, Features mel, int offset) {
    Conditioning made = new Reference(model, Arithmetic.DOUBLE).conditioning(mel);
    int hop = model.features().hop();
    return new Conditioning(
        made.hop(),
        Arrays.copyOfRange(
            made.frames(), Math.min(offset, made.frames().length), made.frames().length),
        Arrays.copyOfRange(
            made.samples(), Math.min(offset * hop, made.samples().length), made.samples().length));
  }

  @ParameterizedTest
  @EnumSource
  void teacherForced(GoldenFamily family) {
    VocoderModel model = family.read().model();
    Conditioning conditioning = conditioning(family, model, family.mel(), family.offset());
    float[] given = family.targets(model);
    double[] bits = family.bits(model);
    for (Arithmetic arithmetic : new Arithmetic[] {Arithmetic.DOUBLE, Arithmetic.CANONICAL_F32}) {
      Reference reference = new Reference(model, arithmetic);
      ReferenceState state = reference.network().initialState();
      for (int i = 0; i < state.previous.length; i++) {
        state.previous[i] = family.previous(model)[i];
      }
      double[][] logits = new double[given.length][];
      double sum = 0;
      reference.score(state, conditioning, 0, given, (t, row) -> logits[t] = row.clone());
      for (int t = 0; t < given.length; t++) {
        sum += Likelihood.bits(model.network(), logits[t], given[t]) - bits[t];
      }
      family.assertLogits(arithmetic.toString(), logits);
      Golden.within(family + " bits", 1e-3, Math.abs(sum / given.length));
    }
  }

  @ParameterizedTest
  @EnumSource
  void freeRunningDrawsEveryRecordedLabel(GoldenFamily family) {
    VocoderModel model = family.read().model();
    int offset = model.utterance().leadFrames();
    Conditioning conditioning = conditioning(family, model, family.generatedMel(), offset);
    Golden golden = family.golden();
    float[] values = family.drawn(model);
    for (Arithmetic arithmetic : new Arithmetic[] {Arithmetic.DOUBLE, Arithmetic.CANONICAL_F32}) {
      Reference reference = new Reference(model, arithmetic);
      double[] audio =
          reference.generate(
              reference.network().initialState(), conditioning, 0, golden.floats("gen_u"), 1);
      for (int t = 0; t < values.length; t++) {
        assertEquals(values[t], audio[t], 1e-6, family + " sample " + t + " " + arithmetic);
      }
    }
  }
}
