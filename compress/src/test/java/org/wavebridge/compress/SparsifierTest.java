package org.wavebridge.compress;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.random.RandomModels;

/** Densities of sparse networks, on a small dual softmax that is dense. */
final class SparsifierTest {
  private static final BlockShape SHAPE = new BlockShape(16, 1);
  private static final int HOP = 40;

  private final VocoderModel model = RandomModels.dualSoftmax(5, 64, 10, HOP, 1, SHAPE);
  private final Recording first = recording(1);
  private final Recording second = recording(2);

  private static Recording recording(long seed) {
    Random random = new Random(seed);
    double[][] features = new double[8][10];
    for (double[] frame : features) {
      for (int mel = 0; mel < frame.length; mel++) {
        frame[mel] = random.nextGaussian();
      }
    }
    float[] values = new float[6 * HOP];
    for (int t = 0; t < values.length; t++) {
      values[t] = (float) (0.5 * Math.sin(0.1 * t * seed) + 0.05 * random.nextGaussian());
    }
    return new Recording(features, new float[0], values);
  }

  private Calibration calibration(Recording... recordings) {
    return Calibration.of(model, List.of(recordings), 400, (done, all) -> {});
  }

  private static WeightMatrix matrix(VocoderModel model, String layer) {
    LayerRow row =
        model.network().layers().rows().stream()
            .filter(each -> each.name().equals(layer))
            .findFirst()
            .orElseThrow();
    return model.network().layers().weight(row);
  }

  private static double density(VocoderModel model, String layer) {
    WeightMatrix matrix = matrix(model, layer);
    return (double) matrix.nonZeros() / matrix.values().length;
  }

  private double mean(VocoderModel sparse, Set<String> without) {
    long kept = 0;
    long all = 0;
    for (LayerRow row : Sparsifier.layers(model, SHAPE, 0.3, Map.of())) {
      if (!without.contains(row.name())) {
        WeightMatrix matrix = matrix(sparse, row.name());
        kept += matrix.nonZeros();
        all += matrix.values().length;
      }
    }
    return (double) kept / all;
  }

  @Test
  void theMeanOverAllLayersIsTheDensityWanted() {
    Sparsifier sparsifier = new Sparsifier(model, SHAPE, 0.3, Map.of(), calibration(first));
    for (double density : new double[] {0.6, 0.3}) {
      assertEquals(density, mean(sparsifier.to(density), Set.of()), 0.002);
    }
  }

  /** Only the recurrent matrix is worth bits here, by what the test says. */
  @Test
  void aLayerThatMattersKeepsMore() {
    Sparsifier sparsifier = new Sparsifier(model, SHAPE, 0.4, Map.of(), calibration(first));
    double before = density(sparsifier.to(0.4), "recurrent");
    Map<String, Double> lost =
        sparsifier.measure(sparse -> 9 + 100 * (1 - density(sparse, "recurrent")));
    assertEquals(50, lost.get("recurrent"), 0.5);
    assertEquals(0, lost.get("coarse_output"), 1e-9);
    VocoderModel sparse = sparsifier.to(0.4);
    assertTrue(density(sparse, "recurrent") > before);
    assertEquals(0.4, mean(sparse, Set.of()), 0.002);
  }

  @Test
  void aLayerMayHaveADensityOfItsOwn() {
    Map<String, Double> given = Map.of("coarse_output", 0.75);
    Sparsifier sparsifier = new Sparsifier(model, SHAPE, 0.4, given, calibration(first));
    VocoderModel sparse = sparsifier.to(0.4);
    assertEquals(0.75, density(sparse, "coarse_output"), 0.002);
    assertEquals(0.4, mean(sparse, given.keySet()), 0.002);
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Sparsifier(model, SHAPE, 0.4, Map.of("fc1", 0.5), calibration(first)));
    assertTrue(refused.getMessage().startsWith("layer 'fc1': expected one of [recurrent, "));
  }

  @Test
  void theOrderOfRecordingsHardlyMatters() {
    Calibration one = calibration(first, second);
    Calibration other = calibration(second, first);
    Map<String, double[]> moments = new HashMap<>();
    for (String layer : one.layers()) {
      moments.put(layer, one.of(layer).secondMoments());
      assertArrayEquals(moments.get(layer), other.of(layer).secondMoments(), 1e-9, layer);
      assertEquals(one.of(layer).steps(), other.of(layer).steps());
      assertArrayEquals(one.of(layer).largest(), other.of(layer).largest(), layer);
    }
    Calibration again = calibration(first, second);
    moments.forEach(
        (layer, expected) ->
            assertArrayEquals(expected, again.of(layer).secondMoments(), 0, layer));
  }
}
