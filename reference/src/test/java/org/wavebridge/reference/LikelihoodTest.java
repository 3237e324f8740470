package org.wavebridge.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.commons.numbers.gamma.Erfc;
import org.junit.jupiter.api.Test;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.StepNetwork;

final class LikelihoodTest {
  @Test
  void flatClassesCostTheirLogarithm() {
    StepNetwork network = SmallNetworks.residual(new Head.Categorical(512), 1);
    assertEquals(9, Likelihood.bits(network, new double[512], 0.3), 1e-12);
    assertEquals(16, Likelihood.bits(SmallNetworks.dual(1), new double[512], 0.3), 1e-12);
  }

  @Test
  void theClassIsTheNearest() {
    StepNetwork network = SmallNetworks.residual(new Head.Categorical(3), 1);
    double[] logits = {0, 50, 0};
    assertEquals(0, Likelihood.bits(network, logits, 0.49), 1e-12);
    assertTrue(Likelihood.bits(network, logits, 0.51) > 70);
    assertTrue(Likelihood.bits(network, logits, -1) > 70);
  }

  @Test
  void coarseAndFineAreTheHighAndTheLowByte() {
    double[] logits = new double[512];
    logits[0x12] = 60;
    logits[256 + 0x34] = 60;
    double audio = 0x1234 / 32768.0 - 1;
    assertEquals(0, Likelihood.bits(SmallNetworks.dual(1), logits, audio), 1e-12);
  }

  /** Wide components: the density times the width of a level. */
  @Test
  void mixturesIntegrateOverALevel() {
    StepNetwork network = SmallNetworks.residual(new Head.MixtureOfLogistics(2), 1);
    double[] outputs = {0, Math.log(3), 0.1, -0.2, Math.log(0.05), Math.log(0.2)};
    double density = 0.25 * density(0.3, 0.1, 0.05) + 0.75 * density(0.3, -0.2, 0.2);
    double expected = -Math.log(density * 2 / 65535) / Math.log(2);
    assertEquals(expected, Likelihood.bits(network, outputs, 0.3), 1e-6);
  }

  @Test
  void gaussiansGiveALevelItsShare() {
    StepNetwork network = SmallNetworks.residual(new Head.Gaussian(), 1);
    for (double value : new double[] {0.3, 0.31, -0.9, 1}) {
      double[] outputs = {0.25, -2};
      double upper = (value + 1 / 65535.0 - 0.25) / (Math.exp(-2) * Math.sqrt(2));
      double lower = (value - 1 / 65535.0 - 0.25) / (Math.exp(-2) * Math.sqrt(2));
      double share =
          lower > 0
              ? (Erfc.value(lower) - Erfc.value(upper)) / 2
              : (Erfc.value(-upper) - Erfc.value(-lower)) / 2;
      double expected = -Math.log(share) / Math.log(2);
      assertEquals(expected, Likelihood.bits(network, outputs, value), 1e-5);
    }
    double least = Likelihood.bits(network, new double[] {0.25, -7}, 0.2);
    assertEquals(least, Likelihood.bits(network, new double[] {0.25, -30}, 0.2));
    assertTrue(Double.isFinite(Likelihood.bits(network, new double[] {-1, -30}, 1)));
  }

  @Test
  void theEdgesTakeTheTails() {
    StepNetwork network = SmallNetworks.residual(new Head.MixtureOfLogistics(1), 1);
    assertEquals(0, Likelihood.bits(network, new double[] {0, -3, -4}, -1), 1e-9);
    assertEquals(0, Likelihood.bits(network, new double[] {0, 3, -4}, 1), 1e-9);
    double atTheMean = Likelihood.bits(network, new double[] {0, 1, -40}, 1);
    assertTrue(atTheMean >= 0 && atTheMean < 1e-9);
    assertTrue(Double.isFinite(Likelihood.bits(network, new double[] {0, -1, -9}, 0.5)));
  }

  private static double density(double x, double mean, double scale) {
    double e = Math.exp(-(x - mean) / scale);
    return e / (scale * (1 + e) * (1 + e));
  }
}
