package org.wavebridge.conformance.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wavebridge.graphs.model.VocoderModel;

/** The reference of imported checkpoints against outputs of each family's own code. */
final class FamilyGoldenTest {
  @ParameterizedTest
  @EnumSource
  void conditioning(GoldenFamily family) {
    VocoderModel model = family.read().model();
    family.assertConditioning("reference", conditioning(family, model), 2e-5);
  }

  private static Conditioning conditioning(GoldenFamily family, VocoderModel model) {
    return family.forced(model, new Reference(model, Arithmetic.DOUBLE).conditioning(family.mel()));
  }

  @ParameterizedTest
  @EnumSource
  void teacherForced(GoldenFamily family) {
    VocoderModel model = family.read().model();
    Conditioning conditioning = conditioning(family, model);
    float[] given = family.targets(model);
    for (Arithmetic arithmetic : new Arithmetic[] {Arithmetic.DOUBLE, Arithmetic.CANONICAL_F32}) {
      Reference reference = new Reference(model, arithmetic);
      ReferenceState state = reference.network().initialState();
      for (int i = 0; i < state.previous.length; i++) {
        state.previous[i] = family.previous(model)[i];
      }
      double[][] logits = new double[given.length][];
      double[][] states = new double[given.length][];
      reference.score(
          state,
          conditioning,
          0,
          given,
          (t, row) -> {
            logits[t] = row.clone();
            states[t] = state.hidden();
          });
      family.assertLogits(arithmetic.toString(), logits);
      family.assertBits(arithmetic.toString(), model, logits);
      assertStates(family, arithmetic, states);
    }
  }

  /** The states after some steps; where a second GRU is absent, the first one's. */
  private static void assertStates(GoldenFamily family, Arithmetic arithmetic, double[][] states) {
    Golden golden = family.golden();
    int[] times = golden.ints("h_idx");
    double[] first = golden.doubles(golden.has("h") ? "h" : "h1");
    double[] second = golden.has("h2") ? golden.doubles("h2") : new double[0];
    int size = first.length / times.length;
    double worst = 0;
    for (int i = 0; i < times.length; i++) {
      double[] state = states[times[i]];
      worst = Math.max(worst, Golden.difference(first, i, Arrays.copyOf(state, size)));
      if (second.length > 0) {
        double[] rest = Arrays.copyOfRange(state, size, state.length);
        worst = Math.max(worst, Golden.difference(second, i, rest));
      }
    }
    Golden.within(family + " state " + arithmetic, 1e-5, worst);
  }

  @ParameterizedTest
  @EnumSource
  void freeRunningDrawsEveryRecordedLabel(GoldenFamily family) {
    VocoderModel model = family.read().model();
    Conditioning made = new Reference(model, Arithmetic.DOUBLE).conditioning(family.generatedMel());
    Golden golden = family.golden();
    float[] values = family.drawn(model);
    for (Arithmetic arithmetic : new Arithmetic[] {Arithmetic.DOUBLE, Arithmetic.CANONICAL_F32}) {
      Reference reference = new Reference(model, arithmetic);
      double[] audio =
          reference.generate(
              reference.network().initialState(),
              family.generated(model, made),
              0,
              golden.floats("gen_u"),
              1);
      assertEquals(values.length, audio.length, family + " " + arithmetic);
      for (int t = 0; t < values.length; t++) {
        assertEquals(values[t], audio[t], 1e-6, family + " sample " + t + " " + arithmetic);
      }
    }
  }
}
