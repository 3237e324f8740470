package org.wavebridge.conformance.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.graphs.model.CausalConvolutions;
import org.wavebridge.graphs.model.QuadratureMirrorTree;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.multibandgru.MultiBandGruNetwork;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.BandReference;
import org.wavebridge.reference.CausalReference;
import org.wavebridge.reference.Conditioning;
import org.wavebridge.reference.Likelihood;
import org.wavebridge.reference.MelReference;
import org.wavebridge.reference.Reference;
import org.wavebridge.reference.ReferenceNetwork;
import org.wavebridge.reference.ReferenceState;

/** The reference of Google Lyra's trained WaveGRU against what Lyra's own code computed. */
final class LyraGoldenTest {
  private static final int BANDS = 4;
  private static final int STEPS = 4000;

  private Golden golden;
  private VocoderModel model;

  @BeforeEach
  void read() {
    golden = Golden.ofTrained("lyra");
    model = Exporter.read(Golden.trained("lyra/weights"), "auto", Optional.empty()).model();
  }

  private MultiBandGruNetwork network() {
    return assertInstanceOf(MultiBandGruNetwork.class, model.network());
  }

  private QuadratureMirrorTree tree() {
    return assertInstanceOf(QuadratureMirrorTree.class, network().synthesis());
  }

  private List<double[][]> stages() {
    return CausalReference.stages(
        assertInstanceOf(CausalConvolutions.class, model.conditioner()),
        rows(golden.doubles("features"), model.features().mels()));
  }

  private static double[][] rows(double[] flat, int size) {
    double[][] rows = new double[flat.length / size][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(flat, i * size, (i + 1) * size));
    return rows;
  }

  @Test
  void features() {
    MelReference reference =
        new MelReference(
            model.features().analysis().orElseThrow(),
            model.features().mels(),
            model.features().hop(),
            model.audio().sampleRate());
    int[] samples = golden.ints("wav_in");
    float[] waveform = new float[samples.length];
    for (int t = 0; t < waveform.length; t++) {
      waveform[t] = samples[t] / 32768f;
    }
    double[][] found = reference.features(waveform);
    double[][] expected = rows(golden.doubles("features"), found.length);
    assertEquals(expected.length, found[0].length);
    double worst = 0;
    for (int f = 0; f < expected.length; f++) {
      for (int m = 0; m < found.length; m++) {
        worst = Math.max(worst, Math.abs(expected[f][m] - found[m][f]));
      }
    }
    Golden.within("features", 1e-6, worst);
  }

  @Test
  void conditioning() {
    List<double[][]> stages = stages();
    String[] names = {
      "conv1d", "stack0", "stack1", "stack2", "transpose0", "transpose1", "transpose2", "conv_cond"
    };
    for (int stage = 0; stage < names.length; stage++) {
      close("cond_" + names[stage], 3e-5, 0, 1, stages.get(stage));
    }
    close("cond_gates", 2e-4, 0, 1, stages.get(stages.size() - 1));
  }

  /** Compares rows of what was found, from one on with a stride, with all that were recorded. */
  private void close(String name, double bound, int from, int by, double[][] found) {
    double[] expected = golden.doubles(name);
    int rows = expected.length / found[0].length;
    double worst = 0;
    for (int i = 0; i < rows; i++) {
      worst = Math.max(worst, Golden.difference(expected, i, found[from + i * by]));
    }
    Golden.within(name, bound, worst);
  }

  private Conditioning given() {
    return Conditioning.ofFrames(model.samplesPerVector(), stages().get(8));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void teacherForcing(boolean canonical) {
    Reference reference =
        new Reference(model, canonical ? Arithmetic.CANONICAL_F32 : Arithmetic.DOUBLE);
    ReferenceState state = reference.network().initialState();
    int[][] bands = bands("tf_bands", STEPS);
    float[] audio = new float[STEPS * BANDS];
    for (int i = 0; i < audio.length; i++) {
      audio[i] = bands[i % BANDS][i / BANDS] / 32768f;
    }
    double[][] outputs = new double[audio.length][];
    double[][] states = new double[STEPS][];
    double[] bits = new double[audio.length];
    reference.score(
        state,
        given(),
        0,
        audio,
        (t, logits) -> {
          outputs[t] = logits;
          states[t / BANDS] = state.hidden();
          bits[t] = Likelihood.bits(model.network(), logits, audio[t]);
        });
    assertOutputs("tf_", states, outputs);
    Golden.within("tf bits", 2e-3, Golden.difference(golden.doubles("tf_nll_bits"), 0, bits));
    Golden.within(
        "mean bits", 1e-4, Math.abs(2.59741 - Arrays.stream(bits).average().orElseThrow()));
  }

  /** Lyra keeps mixture logits, means and scales apart, each band by band. */
  private void assertOutputs(String run, double[][] states, double[][] outputs) {
    close(run + "hidden_first400", 3e-4, 0, 1, states);
    close(run + "hidden_every100", 3e-4, 99, 100, states);
    String[] names = {"mix", "means", "scales_raw"};
    int mixtures = network().head().mixtures();
    for (int part = 0; part < 3; part++) {
      double[][] found = new double[STEPS][BANDS * mixtures];
      for (int i = 0; i < outputs.length; i++) {
        System.arraycopy(
            outputs[i], part * mixtures, found[i / BANDS], i % BANDS * mixtures, mixtures);
      }
      close(run + names[part], 1e-3, 0, 1, found);
    }
  }

  @Test
  void freeRunning() {
    ReferenceNetwork reference = new Reference(model, Arithmetic.CANONICAL_F32).network();
    ReferenceState state = reference.initialState();
    Conditioning conditioning = given();
    double[][] uniforms = rows(golden.doubles("free_uniforms"), 2 * BANDS);
    int[][] bands = new int[BANDS][STEPS];
    double[][] outputs = new double[STEPS * BANDS][];
    double[][] states = new double[STEPS][];
    for (int i = 0; i < outputs.length; i++) {
      int band = i % BANDS;
      double[] own = {uniforms[i / BANDS][band], uniforms[i / BANDS][BANDS + band]};
      ReferenceNetwork.Step step = reference.draw(state, conditioning, i, own, 1);
      outputs[i] = step.logits();
      states[i / BANDS] = state.hidden();
      bands[band][i / BANDS] = (int) (step.audio() * 32768);
    }
    int[][] expected = bands("free_bands_sampled", STEPS);
    for (int band = 0; band < BANDS; band++) {
      Golden.same("band " + band, expected[band], bands[band]);
    }
    assertOutputs("free_", states, outputs);
    assertArrayEquals(golden.ints("free_wav"), BandReference.merge(tree(), bands));
  }

  @Test
  void split() {
    assertArrayEquals(
        bands("split_bands", STEPS), BandReference.split(tree(), golden.ints("wav_in")));
  }

  private int[][] bands(String name, int steps) {
    int[] flat = golden.ints(name);
    int[][] bands = new int[BANDS][];
    Arrays.setAll(bands, band -> Arrays.copyOfRange(flat, band * steps, (band + 1) * steps));
    return bands;
  }
}
