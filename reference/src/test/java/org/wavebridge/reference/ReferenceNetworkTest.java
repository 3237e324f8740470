package org.wavebridge.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;

/** Properties of every network in every arithmetic. */
final class ReferenceNetworkTest {
  private static final int FRAMES = 3;
  private static final int HOP = 5;

  static Stream<StepNetwork> networks() {
    return Stream.of(
        SmallNetworks.dual(1),
        SmallNetworks.residual(new Head.Categorical(32), 2),
        SmallNetworks.residual(new Head.MixtureOfLogistics(3), 3));
  }

  /** Feeding back what was drawn gives the logits and the state of the free run. */
  @ParameterizedTest
  @MethodSource("networks")
  void scoringWhatWasDrawnIsTheSameComputation(StepNetwork network) {
    for (Arithmetic of : new Arithmetic[] {Arithmetic.DOUBLE, Arithmetic.CANONICAL_F32}) {
      ReferenceNetwork reference = ReferenceNetwork.of(network, of);
      Conditioning conditioning = conditioning(network);
      ReferenceState drawn = reference.initialState();
      ReferenceState scored = reference.initialState();
      Random random = new Random(6);
      for (int t = 0; t < FRAMES * HOP; t++) {
        double[] uniforms = random.doubles(network.draws()).map(u -> (float) u * 0.999f).toArray();
        ReferenceNetwork.Step step = reference.draw(drawn, conditioning, t, uniforms, 1);
        double[] logits = reference.score(scored, conditioning, t, step.audio());
        assertArrayEquals(step.logits(), logits);
        assertArrayEquals(drawn.hidden(), scored.hidden());
        assertArrayEquals(drawn.previous(), scored.previous());
      }
    }
  }

  /** Some 1e-6 a step from rounding; weights of size one amplify it a little. */
  @ParameterizedTest
  @MethodSource("networks")
  void bothArithmeticsAgree(StepNetwork network) {
    ReferenceNetwork exact = ReferenceNetwork.of(network, Arithmetic.DOUBLE);
    ReferenceNetwork canonical = ReferenceNetwork.of(network, Arithmetic.CANONICAL_F32);
    Conditioning conditioning = conditioning(network);
    ReferenceState a = exact.initialState();
    ReferenceState b = canonical.initialState();
    Random random = new Random(7);
    for (int t = 0; t < FRAMES * HOP; t++) {
      double given = random.nextInt(65536) / 32768.0 - 1;
      double[] expected = exact.score(a, conditioning, t, given);
      double[] found = canonical.score(b, conditioning, t, given);
      assertArrayEquals(expected, found, 5e-5);
      assertArrayEquals(a.hidden(), b.hidden(), 1e-5);
      for (double logit : found) {
        assertEquals((float) logit, logit);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void aCopyOfTheStateContinuesAlike(StepNetwork network) {
    ReferenceNetwork reference = ReferenceNetwork.of(network, Arithmetic.CANONICAL_F32);
    Conditioning conditioning = conditioning(network);
    ReferenceState state = reference.initialState();
    reference.score(state, conditioning, 0, 0.25);
    ReferenceState copy = state.copy();
    double[] first = reference.score(state, conditioning, 1, -0.5);
    assertArrayEquals(first, reference.score(copy, conditioning, 1, -0.5));
    assertArrayEquals(state.hidden(), copy.hidden());
  }

  /** A frame's parts are kept only for that frame. */
  @ParameterizedTest
  @MethodSource("networks")
  void everySampleUsesItsFrame(StepNetwork network) {
    Conditioning conditioning = conditioning(network);
    for (int t : new int[] {0, HOP - 1, HOP, 2 * HOP}) {
      ReferenceNetwork used = ReferenceNetwork.of(network, Arithmetic.CANONICAL_F32);
      used.score(used.initialState(), conditioning, 2 * HOP + 1, 0);
      ReferenceNetwork fresh = ReferenceNetwork.of(network, Arithmetic.CANONICAL_F32);
      double[] expected = fresh.score(fresh.initialState(), conditioning, t, 0);
      assertArrayEquals(expected, used.score(used.initialState(), conditioning, t, 0));
    }
    ReferenceNetwork reference = ReferenceNetwork.of(network, Arithmetic.DOUBLE);
    double first = reference.score(reference.initialState(), conditioning, HOP - 1, 0)[3];
    double second = reference.score(reference.initialState(), conditioning, HOP, 0)[3];
    assertNotEquals(first, second);
  }

  private static Conditioning conditioning(StepNetwork network) {
    return network instanceof DualSoftmaxNetwork
        ? SmallNetworks.conditioning(FRAMES, HOP, 6, 0, 4)
        : SmallNetworks.conditioning(FRAMES, HOP, 6, 4, 4);
  }
}
