package org.wavebridge.conformance.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.conformance.ChildJvm;
import org.wavebridge.conformance.measure.Bits;
import org.wavebridge.conformance.measure.NumericProfile;
import org.wavebridge.conformance.measure.Quantity;
import org.wavebridge.conformance.measure.Tolerances;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.graphs.assemble.MelFilters;
import org.wavebridge.graphs.assemble.VocoderGraphs;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.FeatureFormat;
import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.MelAnalysis.FilterShape;
import org.wavebridge.graphs.model.MelAnalysis.Framing;
import org.wavebridge.graphs.model.MelAnalysis.LogScale;
import org.wavebridge.graphs.model.MelScale;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.reference.CanonicalMel;
import org.wavebridge.reference.MelReference;
import org.wavebridge.runtime.Backends;
import org.wavebridge.runtime.bench.MachineLimits;
import org.wavebridge.runtime.spi.Backend;
import org.wavebridge.runtime.spi.GraphSession;
import org.wavebridge.runtime.spi.Tensor;

/** Features have the same bits on every CPU level and with any threads: those of the reference. */
final class CanonicalFeaturesTest {
  private static final int ROWS = 2;
  private static final int SAMPLES = 9_000;

  /** An analysis with its frames. */
  record Case(MelAnalysis analysis, int mels, int hop) {}

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (int[] sizes :
        new int[][] {
          {512, 512, 128, 40},
          {1024, 800, 200, 80},
          {2048, 1100, 275, 80},
          {800, 800, 200, 60},
          {600, 400, 150, 33},
          {1103, 1103, 275, 20},
          {1200, 1200, 300, 80}
        }) {
      for (Framing framing : Framing.values()) {
        cases.add(
            new Case(
                MelAnalysis.of(sizes[0], sizes[1], 12_000, MelScale.HTK, LogScale.NATURAL)
                    .framed(framing)
                    .shaped(FilterShape.UNIT_PEAK_IN_MEL)
                    .withFullScale(framing == Framing.CAUSAL ? 32_767 : 1),
                sizes[3],
                sizes[2]));
        cases.add(
            new Case(
                MelAnalysis.of(sizes[0], sizes[1], 7600, MelScale.SLANEY, LogScale.DECIBEL)
                    .withLowest(95)
                    .normalised(100, 115)
                    .clipped(0, 1)
                    .framed(framing)
                    .withPreEmphasis(sizes[3] == 80 ? 0.97 : 0),
                sizes[3],
                sizes[2]));
      }
    }
    return cases;
  }

  /** Prints the hash of the features of every case. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      try {
        for (Case c : cases()) {
          System.out.println("made " + Bits.hash(run("cpu", c, 2)));
        }
        System.out.println("level " + MachineLimits.cpuLevel().orElse("none"));
      } catch (BackendException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theBackendHasTheBitsOfTheReference(Case c) {
    float[] expected = canonical(c);
    for (int threads = 1; threads <= 3; threads++) {
      assertEquals(0, Bits.other(expected, run("cpu", c, threads)), threads + " threads");
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theFunctionBodyIsNearTheReference(Case c) {
    float[] stock = run("stock", c, 1);
    float[] canonical = canonical(c);
    int frames = canonical.length / ROWS / c.mels();
    // A transform of ONNX Runtime that is not of a power of two points loses more.
    double allowed = 3 * Tolerances.of(Quantity.FEATURES, NumericProfile.F32);
    for (int n = 0; n < ROWS; n++) {
      double[][] expected =
          new MelReference(c.analysis(), c.mels(), c.hop(), 24_000).features(row(n));
      assertEquals(frames, expected[0].length);
      for (int i = 0; i < c.mels() * frames; i++) {
        double wanted = expected[i / frames][i % frames];
        int at = n * c.mels() * frames + i;
        assertEquals(wanted, canonical[at], 1e-4, "canonical value " + at);
        assertEquals(wanted, stock[at], allowed, "value " + at + " of the body");
      }
    }
  }

  @Test
  void everyLevelHasTheBitsOfTheReference() throws IOException, InterruptedException {
    String refusal = levels("none");
    assertTrue(refusal.contains("this CPU offers "), refusal);
    String offered = refusal.replaceAll("(?s).*this CPU offers ([^;]*);.*", "$1");
    List<String> expected = cases().stream().map(c -> "made " + Bits.hash(canonical(c))).toList();
    for (String level : offered.split(", ")) {
      List<String> output = levels(level).lines().toList();
      assertTrue(output.contains("level " + level), output::toString);
      List<String> made = output.stream().filter(line -> line.startsWith("made ")).toList();
      assertEquals(expected, made, level);
    }
  }

  private static String levels(String level) throws IOException, InterruptedException {
    ChildJvm child = ChildJvm.run(Map.of("WAVEBRIDGE_CPU_LEVEL", level), Program.class);
    assertEquals(0, child.exitCode(), child.output());
    return child.output();
  }

  private static float[] run(String backend, Case c, int threads) {
    VocoderModel plain = RandomModels.dualSoftmax(1, 16, 4, c.hop(), 0.5, new BlockShape(8, 1));
    VocoderModel model =
        plain.with(new FeatureFormat(c.mels(), c.hop(), Optional.of(c.analysis())));
    byte[] graph = VocoderGraphs.build(model, Profile.F32, GraphKind.FEATURES).toBytes();
    float[] waveform = new float[ROWS * SAMPLES];
    for (int n = 0; n < ROWS; n++) {
      System.arraycopy(row(n), 0, waveform, n * SAMPLES, SAMPLES);
    }
    Backend opened = Backends.create(backend, threads);
    try (GraphSession session = opened.open(graph, "features")) {
      return session
          .run(Map.of("waveform", new Tensor(waveform, ROWS, SAMPLES)))
          .get("features")
          .values();
    }
  }

  private static float[] canonical(Case c) {
    CanonicalMel reference =
        new CanonicalMel(c.analysis(), MelFilters.weight(c.analysis(), 24_000, c.mels()), c.hop());
    float[] first = reference.features(row(0));
    float[] all = new float[ROWS * first.length];
    for (int n = 0; n < ROWS; n++) {
      System.arraycopy(reference.features(row(n)), 0, all, n * first.length, first.length);
    }
    return all;
  }

  /** Noise over a tone. */
  private static float[] row(int n) {
    Random random = new Random(n);
    float[] waveform = new float[SAMPLES];
    for (int t = 0; t < SAMPLES; t++) {
      double tone = StrictMath.sin(0.01 * (n + 1) * t);
      waveform[t] = (float) (0.4 * tone + 0.3 * (random.nextFloat() - 0.5));
    }
    return waveform;
  }
}
