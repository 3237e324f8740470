package org.wavebridge.conformance.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.Conditioning;
import org.wavebridge.reference.Reference;
import org.wavebridge.reference.ReferenceState;

/** The reference of imported checkpoints against outputs of each family's own code. */
final class FamilyGoldenTest {
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DEEPMIND")
  void conditioning(GoldenFamily family) {
    VocoderModel model = family.read().model();
    new FamilyChecks(family, "reference").conditioning(conditioning(family, model));
  }

  private static Conditioning conditioning(GoldenFamily family, VocoderModel model) {
    return family.forced(model, family.conditioning(model, family.mel()));
  }

  @ParameterizedTest
  @EnumSource
  void teacherForced(GoldenFamily family) {
    VocoderModel model = family.read().model();
    Conditioning conditioning = conditioning(family, model);
    float[] given = family.targets(model);
    for (Arithmetic arithmetic : new Arithmetic[] {Arithmetic.DOUBLE, Arithmetic.CANONICAL_F32}) {
      Reference reference = new Reference(model, arithmetic);
      ReferenceState state =
          ReferenceState.of(family.previous(model), new float[model.network().stateSize()]);
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
      FamilyChecks checks = new FamilyChecks(family, arithmetic.toString());
      checks.logits(logits);
      checks.bits(model, logits);
      checks.states(states);
    }
  }

  @ParameterizedTest
  @EnumSource
  void freeRunningDrawsEveryRecordedLabel(GoldenFamily family) {
    VocoderModel model = family.read().model();
    Conditioning made = family.conditioning(model, family.generatedMel());
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
