package org.wavebridge.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.ContextNetwork;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.graphs.random.RandomModels.ContextShape;

/** Properties of subscale models whatever their weights. */
final class SubscaleReferenceTest {
  private static final int FRAMES = 4;
  private static final int HOP = 12;

  /** Ends inside a frame and inside a set of sub-tensors. */
  private static final int SAMPLES = 43;

  private static final List<ContextShape> TWO_LAYERS =
      List.of(new ContextShape(6, 3, 1, true), new ContextShape(5, 2, 3, true));

  static Stream<VocoderModel> vocoders() {
    return Stream.of(
        RandomModels.dualSoftmax(1, 8, 6, HOP, 1, new BlockShape(1, 1)),
        RandomModels.residualGru(2, 6, 4, List.of(HOP), new Head.Categorical(32)),
        RandomModels.residualGru(3, 6, 4, List.of(HOP), new Head.MixtureOfLogistics(3)));
  }

  @ParameterizedTest
  @MethodSource("vocoders")
  void oneSubTensorWithoutContextIsTheOrdinaryNetwork(VocoderModel model) {
    VocoderModel subscale = model.with(new Subscale(1, 0, 1, Optional.empty()));
    for (Arithmetic of : new Arithmetic[] {Arithmetic.DOUBLE, Arithmetic.CANONICAL_F32}) {
      Reference ordinary = new Reference(model, of);
      float[] uniforms = uniforms(model);
      double[] expected =
          ordinary.generate(
              ordinary.network().initialState(), conditioning(model), 0, uniforms, 0.9);
      SubscaleReference reference = new SubscaleReference(subscale, of);
      assertArrayEquals(expected, reference.generate(conditioning(model), uniforms, 0.9));
      float[] audio = narrow(expected);
      assertArrayEquals(
          ordinary.bits(conditioning(model), audio), reference.bits(conditioning(model), audio));
    }
  }

  /** With no context, sub-tensor s is the ordinary network on every B-th conditioning vector. */
  @ParameterizedTest
  @MethodSource("vocoders")
  void withoutContextSubTensorsAreIndependent(VocoderModel model) {
    int factor = 3;
    VocoderModel subscale = model.with(new Subscale(factor, 2, 1, Optional.empty()));
    Conditioning conditioning = conditioning(model);
    float[] uniforms = uniforms(model);
    int draws = model.network().draws();
    double[] audio =
        new SubscaleReference(subscale, Arithmetic.DOUBLE).generate(conditioning, uniforms, 1);
    ReferenceNetwork network = ReferenceNetwork.of(model.network(), Arithmetic.DOUBLE);
    for (int row = 0; row < factor; row++) {
      ReferenceState state = network.initialState();
      for (int t = row; t < SAMPLES; t += factor) {
        double[] drawn = Arithmetic.widen(Arrays.copyOfRange(uniforms, t * draws, (t + 1) * draws));
        assertEquals(network.draw(state, conditioning, t, drawn, 1).audio(), audio[t]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("vocoders")
  void bothArithmeticsAgree(VocoderModel model) {
    VocoderModel subscale = RandomModels.subscale(9, model, 4, 2, 1, true, TWO_LAYERS);
    SubscaleReference canonical = new SubscaleReference(subscale, Arithmetic.CANONICAL_F32);
    SubscaleReference exact = new SubscaleReference(subscale, Arithmetic.DOUBLE);
    double[] audio = canonical.generate(conditioning(model), uniforms(model), 1);
    double[][] found = logits(canonical, conditioning(model), narrow(audio));
    double[][] expected = logits(exact, conditioning(model), narrow(audio));
    double[][] none =
        logits(
            new SubscaleReference(
                model.with(new Subscale(4, 2, 1, Optional.empty())), Arithmetic.DOUBLE),
            conditioning(model),
            narrow(audio));
    for (int t = 0; t < SAMPLES; t++) {
      assertArrayEquals(expected[t], found[t], 2e-4, "sample " + t);
      assertFalse(Arrays.equals(none[t], expected[t]), "the context adds nothing to sample " + t);
    }
  }

  /** Layers without ReLU whose taps together leave no hole: each visible sample must show. */
  @Test
  void aSampleChangesExactlyTheContextsThatMaySeeIt() {
    List<ContextShape> shapes =
        List.of(new ContextShape(6, 3, 1, false), new ContextShape(5, 2, 3, false));
    int factor = 4;
    int horizon = 2;
    for (boolean ownPast : new boolean[] {false, true}) {
      VocoderModel model =
          RandomModels.subscale(
              7, vocoders().findFirst().orElseThrow(), factor, horizon, 1, ownPast, shapes);
      int reach = model.subscale().flatMap(Subscale::context).orElseThrow().reach();
      assertEquals(2 + 3, reach);
      SubscaleReference reference = new SubscaleReference(model, Arithmetic.DOUBLE);
      double[] audio = Arithmetic.widen(audio(new Random(3)));
      for (int changed = 0; changed < SAMPLES; changed++) {
        double[] other = audio.clone();
        other[changed] += 0.5;
        int k = changed / factor;
        int z = changed % factor;
        for (int t = 0; t < SAMPLES; t++) {
          int i = t / factor;
          int s = t % factor;
          boolean earlier = z < s && k <= i + horizon && k >= i + horizon - reach;
          boolean own = ownPast && z == s && k < i && k >= i - 1 - reach;
          boolean changes =
              !Arrays.equals(reference.context(audio, i, s), reference.context(other, i, s));
          assertEquals(earlier || own, changes, "sample %d, context of %d".formatted(changed, t));
        }
      }
    }
  }

  /** The whole sequence at once, with zeros before it that are longer than all the taps. */
  @Test
  void contextsAreConvolutionsOverZeroPaddedSamples() {
    VocoderModel dual = vocoders().findFirst().orElseThrow();
    VocoderModel model = RandomModels.subscale(8, dual, 4, 2, 1, true, TWO_LAYERS);
    Subscale subscale = model.subscale().orElseThrow().with(3, 1);
    SubscaleReference reference = new SubscaleReference(model.with(subscale), Arithmetic.DOUBLE);
    double[] audio = Arithmetic.widen(audio(new Random(4)));
    for (int row = 0; row < 3; row++) {
      double[][] expected = convolved(subscale, audio, row);
      for (int position = 0; 3 * position + row < SAMPLES; position++) {
        assertArrayEquals(
            expected[position], reference.context(audio, position, row), 1e-12, "row " + row);
      }
    }
  }

  private static double[][] convolved(Subscale subscale, double[] audio, int row) {
    ContextNetwork network = subscale.context().orElseThrow();
    int pad = network.reach();
    int positions = (SAMPLES + 2) / 3;
    double[][] x = new double[pad + positions + subscale.horizon()][network.factor()];
    for (int t = 0; t < SAMPLES; t++) {
      int d = row - t % 3;
      int at = pad + t / 3 + (d == 0 ? subscale.horizon() + 1 : 0);
      if (d >= 0 && at < x.length) {
        x[at][d] = audio[t];
      }
    }
    for (ContextLayer layer : network.layers()) {
      double[][] y = new double[x.length - layer.reach()][layer.outputs()];
      for (int t = 0; t < y.length; t++) {
        for (int o = 0; o < layer.outputs(); o++) {
          y[t][o] = layer.bias()[o];
          for (int k = 0; k < layer.kernel(); k++) {
            for (int c = 0; c < layer.inputs(); c++) {
              y[t][o] +=
                  layer.weight().at(o, k * layer.inputs() + c) * x[t + k * layer.dilation()][c];
            }
          }
          y[t][o] = layer.relu() ? Math.max(0, y[t][o]) : y[t][o];
        }
      }
      x = y;
    }
    return Arrays.copyOfRange(x, subscale.horizon(), x.length);
  }

  @Test
  void refusesWhatIsNotThere() {
    VocoderModel model = vocoders().findFirst().orElseThrow();
    assertThrows(
        IllegalArgumentException.class, () -> new SubscaleReference(model, Arithmetic.DOUBLE));
    SubscaleReference reference =
        new SubscaleReference(
            model.with(new Subscale(2, 0, 1, Optional.empty())), Arithmetic.DOUBLE);
    assertThrows(IllegalArgumentException.class, () -> reference.context(new double[4], 0, 1));
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> reference.generate(conditioning(model), new float[5], 1))
            .getMessage();
    assertTrue(message.contains("expected 4 values, found 5"), message);
  }

  private static double[][] logits(
      SubscaleReference reference, Conditioning conditioning, float[] audio) {
    double[][] logits = new double[audio.length][];
    reference.score(conditioning, audio, (t, found) -> logits[t] = found);
    return logits;
  }

  private static Conditioning conditioning(VocoderModel model) {
    boolean dual = model.network().draws() == 2;
    return SmallNetworks.conditioning(FRAMES, HOP, dual ? 6 : 4, dual ? 0 : 4, 5);
  }

  private static float[] uniforms(VocoderModel model) {
    float[] uniforms = new float[SAMPLES * model.network().draws()];
    Random random = new Random(6);
    for (int i = 0; i < uniforms.length; i++) {
      uniforms[i] = random.nextFloat();
    }
    return uniforms;
  }

  /** Values of 16-bit samples. */
  private static float[] audio(Random random) {
    float[] audio = new float[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      audio[i] = random.nextInt(65536) / 32768f - 1;
    }
    return audio;
  }

  private static float[] narrow(double[] values) {
    float[] narrow = new float[values.length];
    for (int i = 0; i < narrow.length; i++) {
      narrow[i] = (float) values[i];
    }
    return narrow;
  }
}
