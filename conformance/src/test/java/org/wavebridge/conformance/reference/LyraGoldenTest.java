package org.wavebridge.conformance.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.graphs.model.CausalConvolutions;
import org.wavebridge.graphs.model.MultiBandGruNetwork;
import org.wavebridge.graphs.model.QuadratureMirrorTree;
import org.wavebridge.graphs.model.VocoderModel;

/** The reference of Google Lyra's WaveGRU against what Lyra's own code computed. */
final class LyraGoldenTest {
  private static final Golden GOLDEN = Golden.of("lyra/golden.npz");
  private static final VocoderModel MODEL =
      Exporter.read(Golden.path("lyra/wavegru"), "auto", Optional.empty()).model();
  private static final int BANDS = 4;
  private static final int STEPS = 4000;

  private static MultiBandGruNetwork network() {
    return assertInstanceOf(MultiBandGruNetwork.class, MODEL.network());
  }

  private static QuadratureMirrorTree tree() {
    return assertInstanceOf(QuadratureMirrorTree.class, network().synthesis());
  }

  private static List<double[][]> stages() {
    return CausalReference.stages(
        assertInstanceOf(CausalConvolutions.class, MODEL.conditioner()),
        rows(GOLDEN.doubles("features"), MODEL.features().mels()));
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
            MODEL.features().analysis().orElseThrow(),
            MODEL.features().mels(),
            MODEL.features().hop(),
            MODEL.audio().sampleRate());
    int[] samples = GOLDEN.ints("wav_in");
    float[] waveform = new float[samples.length];
    for (int t = 0; t < waveform.length; t++) {
      waveform[t] = samples[t] / 32768f;
    }
    double[][] found = reference.features(waveform);
    double[][] expected = rows(GOLDEN.doubles("features"), found.length);
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
    int[] frames = GOLDEN.ints("cond_frames");
    int[] columns = GOLDEN.ints("cond_columns");
    String[] names = {
      "conv1d", "stack0", "stack1", "stack2", "transpose0", "transpose1", "transpose2", "conv_cond"
    };
    for (int stage = 0; stage < names.length; stage++) {
      int rate = stages.get(stage).length / 25;
      int[] index =
          stage < 4 ? frames : Arrays.stream(columns).map(column -> column * rate / 8).toArray();
      close("cond_" + names[stage], 3e-5, index, stages.get(stage));
    }
    close("cond_gates", 2e-4, columns, stages.get(stages.size() - 1));
  }

  private static void close(String name, double bound, int[] index, double[][] found) {
    double[] expected = GOLDEN.doubles(name);
    double worst = 0;
    for (int i = 0; i < index.length; i++) {
      worst = Math.max(worst, Golden.difference(expected, i, found[index[i]]));
    }
    Golden.within(name, bound, worst);
  }

  private static Conditioning given() {
    return Conditioning.ofFrames(MODEL.samplesPerVector(), stages().get(8));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void teacherForcing(boolean canonical) {
    Reference reference =
        new Reference(MODEL, canonical ? Arithmetic.CANONICAL_F32 : Arithmetic.DOUBLE);
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
          bits[t] = Likelihood.bits(MODEL.network(), logits, audio[t]);
        });
    assertOutputs("tf_", states, outputs);
    Golden.within("tf bits", 2e-3, Golden.difference(GOLDEN.doubles("tf_nll_bits"), 0, bits));
    Golden.within(
        "mean bits", 1e-4, Math.abs(2.59741 - Arrays.stream(bits).average().orElseThrow()));
  }

  /** Lyra keeps mixture logits, means and scales apart, each band by band. */
  private static void assertOutputs(String run, double[][] states, double[][] outputs) {
    close(run + "hidden", 3e-4, GOLDEN.ints("hidden_steps"), states);
    String[] names = {"mix", "means", "scales_raw"};
    int mixtures = network().head().mixtures();
    for (int part = 0; part < 3; part++) {
      double[][] found = new double[STEPS][BANDS * mixtures];
      for (int i = 0; i < outputs.length; i++) {
        System.arraycopy(
            outputs[i], part * mixtures, found[i / BANDS], i % BANDS * mixtures, mixtures);
      }
      close(run + names[part], 1e-3, GOLDEN.ints("steps"), found);
    }
  }

  @Test
  void freeRunning() {
    ReferenceNetwork reference = new Reference(MODEL, Arithmetic.CANONICAL_F32).network();
    ReferenceState state = reference.initialState();
    Conditioning conditioning = given();
    double[][] uniforms = rows(GOLDEN.doubles("free_uniforms"), 2 * BANDS);
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
    assertArrayEquals(GOLDEN.ints("free_wav"), BandReference.merge(tree(), bands));
  }

  @Test
  void merge() {
    assertArrayEquals(
        GOLDEN.ints("qmf_out_i16"), BandReference.merge(tree(), bands("qmf_in_bands", 512)));
    assertArrayEquals(
        GOLDEN.ints("qmf_split_merge_roundtrip"),
        BandReference.merge(tree(), bands("qmf_split_out", 512)));
  }

  @Test
  void split() {
    assertArrayEquals(
        bands("qmf_split_out", 512), BandReference.split(tree(), GOLDEN.ints("qmf_split_in")));
    assertArrayEquals(
        bands("split_bands", STEPS), BandReference.split(tree(), GOLDEN.ints("wav_in")));
  }

  /** Of eight bands as of four: a tone in the middle of a band is in that band and comes back. */
  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8, 16})
  void aToneIsInItsBand(int count) {
    QuadratureMirrorTree tree =
        new QuadratureMirrorTree(Integer.numberOfTrailingZeros(count), tree().even(), tree().odd());
    for (int band = 0; band < count; band++) {
      int[] tone = new int[4096];
      for (int t = 0; t < tone.length; t++) {
        tone[t] = (int) (8000 * Math.sin(Math.PI * (band + 0.5) / count * t));
      }
      int[][] bands = BandReference.split(tree, tone);
      double own = energy(bands[band]);
      for (int other = 0; other < count; other++) {
        int[][] one = new int[count][bands[0].length];
        one[other] = bands[other];
        double share = energy(BandReference.merge(tree, one)) / energy(tone);
        if (other == band) {
          assertEquals(1, share, 0.1, "band " + band + " of " + count);
        } else {
          assertTrue(energy(bands[other]) < own / 10, "band " + other + " besides " + band);
        }
      }
    }
  }

  private static double energy(int[] samples) {
    return Arrays.stream(samples).skip(samples.length / 2).mapToDouble(x -> (double) x * x).sum();
  }

  private static int[][] bands(String name, int steps) {
    int[] flat = GOLDEN.ints(name);
    int[][] bands = new int[BANDS][];
    Arrays.setAll(bands, band -> Arrays.copyOfRange(flat, band * steps, (band + 1) * steps));
    return bands;
  }
}
