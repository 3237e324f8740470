package org.wavebridge.compress;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.wavebridge.graphs.model.Convolution;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.random.RandomModels;

/** Scales found against those that the norm was made with. */
final class SpeechScaleTest {
  private static final int MELS = 12;

  @Test
  void findsTheScaleThatTheNormWasMadeWith() {
    Random random = new Random(1);
    double[][] speech = speech(random);
    VocoderModel model = trained(random, speech, 0.7, 2.4);
    SpeechScale scale = SpeechScale.of(model, speech).orElseThrow();
    assertEquals(0.7, scale.factor(), 1e-4);
    assertEquals(2.4, scale.shift(), 1e-3);
    double[][] features = scale.features(speech, MELS);
    assertEquals(0.7 * speech[3][5] + 2.4, features[3][5], 1e-3);
  }

  @Test
  void findsNoneWhereNoScaleExplainsTheNorm() {
    Random random = new Random(2);
    double[][] speech = speech(random);
    assertEquals(Optional.empty(), SpeechScale.of(trained(random, speech, -1, 0), speech));
  }

  @Test
  void melsInBetweenAreInterpolated() {
    double[][] features = new SpeechScale(2, 1).features(new double[][] {{0, 1, 2}}, 5);
    for (int mel = 0; mel < 5; mel++) {
      assertEquals(1 + mel, features[0][mel], 1e-12);
    }
  }

  private static double[][] speech(Random random) {
    double[][] speech = new double[40][MELS];
    for (double[] frame : speech) {
      for (int mel = 0; mel < MELS; mel++) {
        frame[mel] = -3 - 0.3 * mel + random.nextGaussian();
      }
    }
    return speech;
  }

  /** A network whose first convolution puts out 0 in the mean for features of a scale. */
  private static VocoderModel trained(
      Random random, double[][] speech, double factor, double shift) {
    VocoderModel model =
        RandomModels.residualGru(1, 16, MELS, List.of(4, 5), new Head.Categorical(32));
    UpsampledMels upsampled = (UpsampledMels) model.conditioner();
    Convolution first = upsampled.aux().orElseThrow().input();
    double[] means = new double[MELS];
    for (double[] frame : speech) {
      for (int mel = 0; mel < MELS; mel++) {
        means[mel] += (factor * frame[mel] + shift) / speech.length;
      }
    }
    int taps = first.inputs() * first.width();
    for (int o = 0; o < first.outputs(); o++) {
      double sum = 0;
      for (int i = 0; i < taps; i++) {
        first.weight()[o * taps + i] = (float) random.nextGaussian();
        sum += first.weight()[o * taps + i] * means[i / first.width()];
      }
      first.bias()[o] = (float) -sum;
    }
    return model;
  }
}
