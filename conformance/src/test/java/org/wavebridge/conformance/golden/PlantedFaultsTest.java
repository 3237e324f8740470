package org.wavebridge.conformance.golden;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.wavebridge.conformance.targets.FeatureFrames;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AuxAffine;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.ConditionerReference;
import org.wavebridge.reference.Conditioning;
import org.wavebridge.reference.ReferenceNetwork;
import org.wavebridge.reference.ReferenceState;
import org.wavebridge.runtime.io.Features;

/** The golden comparison must notice what could go wrong in a reader or a network. */
final class PlantedFaultsTest {
  private static final int SAMPLES = 600;

  @TestFactory
  Stream<DynamicTest> everyFaultShows() {
    ResidualGruNetwork right = (ResidualGruNetwork) GoldenModels.raw().network();
    assertTrue(agrees(right), "the right network");
    Map<String, ResidualGruNetwork> faults =
        Map.of(
            "reset and update gate swapped",
            with(right, swapGates(right.gru1Recurrent()), right.fc1(), right.fc2()),
            "recurrent bias dropped",
            with(right, withoutBias(right.gru1Recurrent()), right.fc1(), right.fc2()),
            "one weight's sign flipped",
            with(right, flipped(right.gru1Recurrent()), right.fc1(), right.fc2()),
            "aux slices of two layers exchanged",
            with(right, right.gru1Recurrent(), exchange(right.fc1(), right.fc2()), right.fc2()));
    return faults.entrySet().stream()
        .map(fault -> DynamicTest.dynamicTest(fault.getKey(), () -> differs(fault.getValue())));
  }

  @Test
  void aNanIsNoAgreement() {
    double difference = Golden.difference(new double[] {1, 2}, 0, new double[] {Double.NaN, 2});
    assertThrows(AssertionError.class, () -> Golden.within("NaN", 1e9, difference));
  }

  private static void differs(ResidualGruNetwork network) {
    assertFalse(agrees(network));
  }

  private static boolean agrees(ResidualGruNetwork network) {
    Golden golden = Golden.of("fatchord_raw/golden.npz");
    Features mel = Features.read(Golden.path("fatchord_raw/mel.npy"), 80);
    Conditioning conditioning =
        ConditionerReference.evaluate(GoldenModels.raw().conditioner(), FeatureFrames.of(mel), 275);
    ReferenceNetwork reference = ReferenceNetwork.of(network, Arithmetic.DOUBLE);
    ReferenceState state = reference.initialState();
    float[] x = golden.floats("tf_x");
    double[] logits = golden.doubles("tf_logits");
    int[] index = golden.ints("tf_idx");
    double largest = 0;
    for (int t = 0, row = 0; t < SAMPLES; t++) {
      double[] found = reference.score(state, conditioning, t, x[t + 1]);
      if (index[row] == t) {
        largest = Math.max(largest, Golden.difference(logits, row++, found));
      }
    }
    return largest <= 2e-5;
  }

  private static ResidualGruNetwork with(
      ResidualGruNetwork n, Affine gru1Recurrent, AuxAffine fc1, AuxAffine fc2) {
    return new ResidualGruNetwork(
        n.sample(),
        n.input(),
        n.gru1Input(),
        gru1Recurrent,
        n.gru2Input(),
        n.gru2Recurrent(),
        fc1,
        fc2,
        n.output(),
        n.head());
  }

  private static Affine swapGates(Affine layer) {
    WeightMatrix w = layer.weight();
    int gate = w.values().length / 3;
    float[] values = w.values().clone();
    System.arraycopy(w.values(), 0, values, gate, gate);
    System.arraycopy(w.values(), gate, values, 0, gate);
    return new Affine(WeightMatrix.dense(w.name(), w.rows(), w.columns(), values), layer.bias());
  }

  private static Affine flipped(Affine layer) {
    WeightMatrix w = layer.weight();
    float[] values = w.values().clone();
    values[values.length - 1] = -values[values.length - 1];
    return new Affine(WeightMatrix.dense(w.name(), w.rows(), w.columns(), values), layer.bias());
  }

  private static Affine withoutBias(Affine layer) {
    return new Affine(layer.weight(), new float[layer.bias().length]);
  }

  private static AuxAffine exchange(AuxAffine layer, AuxAffine other) {
    return new AuxAffine(layer.weight(), other.aux(), layer.bias());
  }
}
