package org.wavebridge.conformance.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.wavebridge.conformance.targets.FeatureFrames;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.Conditioning;
import org.wavebridge.reference.Reference;
import org.wavebridge.reference.ReferenceState;
import org.wavebridge.runtime.Uniforms;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.NpyFile;

final class ReferenceTest {
  private static final VocoderModel VOICE = GoldenModels.voice();
  private static final Features MEL = Features.read(Golden.path("en-us-16k/agent-pass.npy"), 80);

  @Test
  void chunksEqualTheWhole() {
    Reference reference = new Reference(VOICE, Arithmetic.CANONICAL_F32);
    Conditioning conditioning = reference.conditioning(FeatureFrames.of(MEL));
    float[] uniforms = new float[2 * 450];
    new Uniforms(11).fill(uniforms, 0, 0, 0, 450, 2);
    ReferenceState whole = reference.network().initialState();
    double[] audio = reference.generate(whole, conditioning, 0, uniforms, 0.9);
    ReferenceState state = reference.network().initialState();
    for (int at = 0, size = 1; at < 450; at += size, size = Math.min(2 * size, 450 - at)) {
      float[] part = Arrays.copyOfRange(uniforms, 2 * at, 2 * (at + size));
      double[] chunk = reference.generate(state, conditioning, at, part, 0.9);
      assertArrayEquals(Arrays.copyOfRange(audio, at, at + size), chunk);
    }
    assertArrayEquals(whole.hidden(), state.hidden());
    assertArrayEquals(whole.previous(), state.previous());
  }

  @Test
  void bitsOfRecordedSpeech() {
    Reference reference = new Reference(VOICE, Arithmetic.DOUBLE);
    int[] samples = NpyFile.read(Golden.path("en-us-16k/agent-pass.samples.npy")).ints();
    float[] audio = reference.values(Arrays.copyOf(samples, 500));
    double[] bits = reference.bits(reference.conditioning(FeatureFrames.of(MEL)), audio);
    double[] recorded = Golden.of("en-us-16k/agent-pass.golden.npz").doubles("bits");
    assertArrayEquals(Arrays.copyOf(recorded, 500), bits, 4e-4);
  }

  @Test
  void samplesStandForValues() {
    Reference voice = new Reference(VOICE, Arithmetic.DOUBLE);
    float[] sixteenBits = voice.values(new int[] {0, 32768, 65535});
    assertArrayEquals(new float[] {-1, 0, 1 - 1 / 32768f}, sixteenBits);
    Reference raw = new Reference(GoldenModels.raw(), Arithmetic.DOUBLE);
    assertArrayEquals(new float[] {-1, 1}, raw.values(new int[] {0, 511}));
    assertEquals(
        "sample 1: expected 0 to 511, found 512",
        assertThrows(IllegalArgumentException.class, () -> raw.values(new int[] {0, 512}))
            .getMessage());
    Reference mol = new Reference(GoldenModels.mol(), Arithmetic.DOUBLE);
    assertThrows(IllegalArgumentException.class, () -> mol.values(new int[] {0}));
  }

  @Test
  void sizesAreChecked() {
    Reference reference = new Reference(VOICE, Arithmetic.DOUBLE);
    Conditioning conditioning = reference.conditioning(FeatureFrames.of(MEL));
    ReferenceState state = reference.network().initialState();
    assertEquals(
        "uniforms of 2 draws: expected 4 values, found 5",
        assertThrows(
                IllegalArgumentException.class,
                () -> reference.generate(state, conditioning, 0, new float[5], 1))
            .getMessage());
    assertEquals(
        "conv1: channels: expected 80 values, found 2",
        assertThrows(IllegalArgumentException.class, () -> reference.conditioning(new double[1][2]))
            .getMessage());
  }
}
