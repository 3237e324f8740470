package org.wavebridge.conformance.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.exporter.checkpoint.CheckpointReader;
import org.wavebridge.exporter.family.Families;
import org.wavebridge.graphs.model.ExcitationDraw;
import org.wavebridge.graphs.model.LpcNetConditioner;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.lpcnet.LpcNetNetwork;
import org.wavebridge.graphs.quantize.Quantizer;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.Conditioning;
import org.wavebridge.reference.Likelihood;
import org.wavebridge.reference.LpcNetReference;
import org.wavebridge.reference.Reference;
import org.wavebridge.reference.ReferenceNetwork;
import org.wavebridge.reference.ReferenceState;

/**
 * The reference of LPCNet against what the original C code computed, in all its variants. The first
 * four frames of one of them are in the repository.
 */
final class LpcNetGoldenTest {
  private static final int HOP = 160;
  private static final int AHEAD = 2;
  private static final String SMALL = "small";

  private static Stream<Arguments> runs() {
    return Stream.of(SMALL, "tree_random", "tree_trained", "tree_e2e", "softmax_random")
        .flatMap(
            folder ->
                Stream.of(Arithmetic.DOUBLE, Arithmetic.CANONICAL_F32)
                    .map(arithmetic -> Arguments.of(folder, arithmetic)));
  }

  /** What one folder holds. */
  private record Run(String folder, VocoderModel model) {
    static Run of(String folder) {
      return new Run(folder, read(folder, "model.h5"));
    }

    Golden golden(String name) {
      return folder.equals(SMALL)
          ? Golden.of("small/lpcnet/" + name + ".npz")
          : Golden.ofTrained("lpcnet/" + folder + "/" + name + ".npz");
    }

    LpcNetNetwork network() {
      return (LpcNetNetwork) model.network();
    }

    double[][] features() {
      return rows(golden("frames").doubles("features"), model.features().mels());
    }

    /** The conditioning that the original has, in our order. */
    Conditioning given() {
      Golden frames = golden("frames");
      LpcNetNetwork network = network();
      int gates = 3 * network.hidden();
      double[][] first = rows(frames.doubles("gru_a_condition"), gates);
      double[][] ours = new Reference(model, Arithmetic.DOUBLE).conditioning(features()).frames();
      double[][] coefficients = rows(frames.doubles("lpc"), LpcNetNetwork.ORDER);
      double[][] made = new double[first.length - AHEAD][];
      for (int f = 0; f < made.length; f++) {
        double[] frame = ours[f].clone();
        System.arraycopy(ownOrder(first[f + AHEAD]), 0, frame, 0, gates);
        System.arraycopy(
            coefficients[f + AHEAD], 0, frame, network.inputSize(), LpcNetNetwork.ORDER);
        made[f] = frame;
      }
      return Conditioning.ofFrames(HOP, made);
    }
  }

  private static VocoderModel read(String folder, String file) {
    Path path =
        folder.equals(SMALL)
            ? Golden.path("small/lpcnet/" + file)
            : Golden.trained("lpcnet/" + folder + "/" + file);
    return Families.read(CheckpointReader.read(path), "auto", Map.of()).model();
  }

  private static double[][] rows(double[] flat, int size) {
    double[][] rows = new double[flat.length / size][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(flat, i * size, (i + 1) * size));
    return rows;
  }

  /** Gates z, r, h as r, z, n. */
  private static double[] ownOrder(double[] gates) {
    int size = gates.length / 3;
    double[] ordered = gates.clone();
    System.arraycopy(gates, size, ordered, 0, size);
    System.arraycopy(gates, 0, ordered, size, size);
    return ordered;
  }

  @ParameterizedTest
  @MethodSource("runs")
  void conditioning(String folder, Arithmetic arithmetic) {
    Run run = Run.of(folder);
    double[][] found = new Reference(run.model(), arithmetic).conditioning(run.features()).frames();
    Golden frames = run.golden("frames");
    int gates = 3 * run.network().hidden();
    double[][] first = rows(frames.doubles("gru_a_condition"), gates);
    double[][] coefficients = rows(frames.doubles("lpc"), LpcNetNetwork.ORDER);
    double worst = 0;
    double prediction = 0;
    for (int f = 0; f + AHEAD < first.length; f++) {
      double[] ordered = ownOrder(first[f + AHEAD]);
      for (int j = 0; j < gates; j++) {
        worst = Math.max(worst, Math.abs(ordered[j] - found[f][j]));
      }
      for (int j = 0; j < LpcNetNetwork.ORDER; j++) {
        double off = coefficients[f + AHEAD][j] - found[f][run.network().inputSize() + j];
        prediction = Math.max(prediction, Math.abs(off));
      }
    }
    Golden.within("gates", 2e-5, worst);
    Golden.within("coefficients", 1e-2, prediction);
  }

  @ParameterizedTest
  @MethodSource("runs")
  void everyClassOfTheFreeRun(String folder, Arithmetic arithmetic) {
    Run run = Run.of(folder);
    Golden free = run.golden("free");
    Conditioning conditioning = run.given();
    LpcNetReference reference = reference(run.network(), arithmetic);
    ReferenceState state = reference.initialState();
    int[] excitations = free.ints("exc");
    int[] indices = free.ints("indices");
    double[][] uniforms = uniforms(run, free);
    for (int t = 0; t < excitations.length; t++) {
      assertClasses(indices, t, reference.classes(state, conditioning, t));
      reference.draw(state, conditioning, t, uniforms[t], 1);
      assertEquals(excitations[t], (int) state.previous()[LpcNetNetwork.ORDER], "sample " + t);
    }
  }

  private static LpcNetReference reference(LpcNetNetwork network, Arithmetic arithmetic) {
    return (LpcNetReference) ReferenceNetwork.of(network, arithmetic);
  }

  private static void assertClasses(int[] indices, int t, int[] found) {
    assertArrayEquals(
        Arrays.copyOfRange(indices, 3 * t, 3 * t + 3), found, () -> "inputs of sample " + t);
  }

  @ParameterizedTest
  @MethodSource("runs")
  void samplesOfTheFreeRun(String folder, Arithmetic arithmetic) {
    Run run = Run.of(folder);
    Golden free = run.golden("free");
    Conditioning conditioning = run.given();
    ReferenceNetwork reference = ReferenceNetwork.of(run.network(), arithmetic);
    ReferenceState state = reference.initialState();
    double[] samples = free.doubles("pcm_pre");
    double[][] uniforms = uniforms(run, free);
    double worst = 0;
    double largest = 0;
    for (int t = 0; t < samples.length; t++) {
      double sample = reference.draw(state, conditioning, t, uniforms[t], 1).audio() * 32768;
      worst = Math.max(worst, Math.abs(samples[t] - sample));
      largest = Math.max(largest, Math.abs(samples[t]));
    }
    Golden.within("samples", 1e-4 * largest, worst);
  }

  private static double[][] uniforms(Run run, Golden free) {
    if (run.network().draw() == ExcitationDraw.SOFTMAX) {
      return rows(free.doubles("uniforms"), 1);
    }
    double[] bytes = Arrays.stream(free.ints("random_bytes")).asDoubleStream().toArray();
    return rows(Arrays.stream(bytes).map(b -> b / 256).toArray(), 8);
  }

  @ParameterizedTest
  @MethodSource("runs")
  void teacherForcing(String folder, Arithmetic arithmetic) {
    Run run = Run.of(folder);
    Golden forced = run.golden("tf");
    Conditioning conditioning = run.given();
    LpcNetReference reference = reference(run.network(), arithmetic);
    ReferenceState state = reference.initialState();
    int[] excitations = forced.ints("exc");
    int[] indices = forced.ints("indices");
    double[] samples = forced.doubles("pcm_pre");
    double[] bits = forced.doubles("bits");
    int[] logitsIndex = forced.ints("logits_idx");
    boolean tree = run.network().draw() == ExcitationDraw.TREE;
    double[][] expected = rows(forced.doubles(tree ? "node_logits" : "logits"), 256);
    double sum = 0;
    double worst = 0;
    int next = 0;
    for (int t = 0; t < excitations.length; t++) {
      assertClasses(indices, t, reference.classes(state, conditioning, t));
      double[] logits = reference.score(state, conditioning, t, samples[t] / 32768);
      double drawn = reference.drawn(state, samples[t] / 32768);
      assertEquals(excitations[t], (int) drawn, "sample " + t);
      sum += Likelihood.bits(run.network(), logits, drawn) - bits[t];
      if (next < logitsIndex.length && logitsIndex[next] == t) {
        for (int k = tree ? 1 : 0; k < 256; k++) {
          worst = Math.max(worst, Math.abs(expected[next][k] - logits[k]));
        }
        next++;
      }
    }
    Golden.within("logits", 2e-4, worst);
    Golden.within("bits per sample", 1e-4, Math.abs(sum / excitations.length));
  }

  /**
   * The project's int8 file holds whole 128ths, which stay as they are. The activations differ only
   * where one lies on the edge between two levels, as does what follows it.
   */
  @ParameterizedTest
  @ValueSource(strings = {"tree_random", "tree_trained"})
  void int8IsTheirs(String folder) {
    Run run = Run.of(folder);
    VocoderModel model = read(folder, "weights_blob_int8.bin");
    LpcNetNetwork quantised = (LpcNetNetwork) Quantizer.quantise(model).network();
    Int8 found = int8(run, quantised);
    Golden.within("bits per sample", 1e-3, Math.abs(found.bits()));
    Golden.within("logits", 3e-3, found.logits());
  }

  /** Weights that nobody has rounded are rounded with a scale for each row, there with 128ths. */
  @ParameterizedTest
  @ValueSource(strings = {"tree_random", "tree_trained"})
  void int8OfFloatsCostsNoMoreThanTheirs(String folder) {
    Run run = Run.of(folder);
    LpcNetNetwork quantised = (LpcNetNetwork) Quantizer.quantise(run.model()).network();
    double bound = folder.equals("tree_trained") ? 1e-3 : 5e-3;
    Golden.within("bits per sample above theirs", bound, int8(run, quantised).bits());
  }

  /**
   * What differs from the recorded run of int8 code.
   *
   * @param bits of a sample, ours less theirs in the mean
   * @param logits root of the mean squared difference of those on the path of the excitations
   */
  private record Int8(double bits, double logits) {}

  private static Int8 int8(Run run, LpcNetNetwork network) {
    Golden forced = run.golden("tf");
    Golden recorded = run.golden("tf_int8");
    ReferenceNetwork reference = ReferenceNetwork.of(network, Arithmetic.CANONICAL_F32);
    ReferenceState state = reference.initialState();
    Conditioning conditioning = run.given();
    double[] samples = forced.doubles("pcm_pre");
    double[] theirs = recorded.doubles("exact_int8_bits");
    double[][] path = rows(recorded.doubles("exact_int8_path_logits"), 8);
    double sum = 0;
    double square = 0;
    for (int t = 0; t < samples.length; t++) {
      double[] found = reference.score(state, conditioning, t, samples[t] / 32768);
      int drawn = (int) reference.drawn(state, samples[t] / 32768);
      sum += Likelihood.bits(network, found, drawn) - theirs[t];
      for (int i = 0; i < 8; i++) {
        double off = found[(drawn + LpcNetNetwork.CLASSES) >> (8 - i)] - path[t][i];
        square += off * off / 8;
      }
    }
    return new Int8(sum / samples.length, Math.sqrt(square / samples.length));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tree_random/weights_blob_float.bin",
        "tree_random/weights_blob_int8.bin",
      })
  void everyFormHoldsTheSameNetwork(String file) {
    String folder = file.substring(0, file.indexOf('/'));
    VocoderModel expected = Run.of(folder).model();
    VocoderModel found = read(folder, file.substring(file.indexOf('/') + 1));
    LpcNetNetwork one = (LpcNetNetwork) expected.network();
    LpcNetNetwork other = (LpcNetNetwork) found.network();
    double step = file.contains("int8") ? 0.5 / 128 + 1e-6 : 1e-6;
    close("tables", 1e-5, one.sample().values(), other.sample().values());
    close(
        "recurrent", step, one.recurrent().weight().values(), other.recurrent().weight().values());
    close("diagonal", 1e-6, one.diagonal(), other.diagonal());
    close("second", step, one.secondInput().values(), other.secondInput().values());
    close(
        "second recurrent",
        step,
        one.secondRecurrent().weight().values(),
        other.secondRecurrent().weight().values());
    close("dense", 1e-6, one.dualDense().weight().values(), other.dualDense().weight().values());
    close("factor", 1e-6, one.factor(), other.factor());
    LpcNetConditioner a = (LpcNetConditioner) expected.conditioner();
    LpcNetConditioner b = (LpcNetConditioner) found.conditioner();
    close("gates", 1e-6, a.gates().weight().values(), b.gates().weight().values());
    assertEquals(a.cepstral().isPresent(), b.cepstral().isPresent());
  }

  private static void close(String name, double bound, float[] one, float[] other) {
    assertEquals(one.length, other.length, name);
    double worst = 0;
    for (int i = 0; i < one.length; i++) {
      worst = Math.max(worst, Math.abs(one[i] - other[i]));
    }
    Golden.within(name, bound, worst);
  }
}
