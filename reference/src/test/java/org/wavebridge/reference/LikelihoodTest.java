package org.wavebridge.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;

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

  static Stream<Head> continuous() {
    return ResidualGruNetwork.HEADS.stream().filter(head -> head.categorical().isEmpty());
  }

  /** Levels of drawn values, of scales far wider than them or about as wide, and one far off. */
  @ParameterizedTest
  @MethodSource("continuous")
  void aLevelHasItsShareOfTheDistribution(Head head) {
    HeadReference.Continuous reference = (HeadReference.Continuous) HeadReference.of(head);
    Random random = new Random(7);
    int compared = 0;
    for (int trial = 0; trial < 2000; trial++) {
      boolean wide = trial % 2 == 0;
      double[] outputs = random.doubles(head.outputs(), wide ? -3 : -12, 0.5).toArray();
      double[] uniforms = random.doubles(head.draws()).toArray();
      double value = reference.draw(Arithmetic.DOUBLE, outputs, 1, uniforms);
      double share =
          reference.below(outputs, 1, value + 1 / 65535.0)
              - reference.below(outputs, 1, value - 1 / 65535.0);
      if (Math.abs(value) < 0.999 && share > 1e-8) {
        assertEquals(-Math.log(share), reference.nats(outputs, value), wide ? 7e-6 : 1e-3);
        compared++;
      }
    }
    assertTrue(compared > 100, "compared " + compared);
    double[] low = new double[head.outputs()];
    Arrays.fill(low, -30);
    assertTrue(Double.isFinite(reference.nats(low, 1)));
  }

  /** The canonical quantiles are right to 1.2e-6 of themselves and the last place of logarithms. */
  @ParameterizedTest
  @MethodSource("continuous")
  void quantiles(Head head) {
    HeadReference.Continuous reference = (HeadReference.Continuous) HeadReference.of(head);
    Random random = new Random(5);
    double[] uniforms = new double[head.draws()];
    double[] outputs = new double[head.outputs()];
    for (int i = 0; i < 200_000; i++) {
      int k = i < 1000 ? i + 1 : i < 2000 ? (1 << 24) - i + 999 : random.nextInt(1, 1 << 24);
      Arrays.fill(uniforms, k * 0x1p-24);
      double exact = reference.outcomes(Arithmetic.DOUBLE, outputs, 1, uniforms).get(0).quantile();
      double found =
          reference.outcomes(Arithmetic.CANONICAL_F32, outputs, 1, uniforms).get(0).quantile();
      assertEquals(exact, found, 1.2e-6 * Math.abs(exact) + 1.2e-7, "u = " + uniforms[0]);
    }
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
