package org.wavebridge.conformance.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.conformance.targets.FeatureFrames;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.exporter.family.ImportedModel;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.Conditioning;
import org.wavebridge.reference.Reference;
import org.wavebridge.reference.SubscaleReference;
import org.wavebridge.runtime.SubscaleSchedule;
import org.wavebridge.runtime.WaveformDecoder;
import org.wavebridge.runtime.io.Features;

/** The reference, and the schedule, against outputs of papercup's own subscale code. */
final class PapercupGoldenTest {
  private static final Golden GOLDEN = Golden.of("papercup_subscale/golden.npz");
  private static final ImportedModel IMPORTED =
      Exporter.read(
          Golden.path("papercup_subscale/checkpoint_zip.pth"),
          "auto",
          Optional.of(Golden.path("papercup_subscale/config.json")));
  private static final VocoderModel MODEL = IMPORTED.model();
  private static final int HOP = 240;
  private static final int FRAMES = 8;
  private static final int SAMPLES = FRAMES * HOP;
  private static final int FACTOR = 8;

  static Stream<Arithmetic> arithmetics() {
    return Stream.of(Arithmetic.DOUBLE, Arithmetic.CANONICAL_F32);
  }

  @Test
  void conditioning() {
    Conditioning conditioning = conditioningOfTheProject();
    assertWithin("aux", 1e-5, "aux_frames", "", conditioning.frames());
    assertWithin("mels", 1e-5, "up_mels", "up_idx", conditioning.samples());
  }

  /** The project does not pad: it has no samples for the two frames at each end. */
  private static Conditioning conditioningOfTheProject() {
    Features mel = Features.read(Golden.path("papercup_subscale/mel.npy"), 80);
    Conditioning padded =
        new Reference(MODEL, Arithmetic.DOUBLE).conditioning(FeatureFrames.of(mel));
    assertEquals(FRAMES + 4, padded.frames().length);
    return new Conditioning(
        HOP,
        Arrays.copyOfRange(padded.frames(), 2, 2 + FRAMES),
        Arrays.copyOfRange(padded.samples(), 2 * HOP, 2 * HOP + SAMPLES));
  }

  /** The linear layer on the recorded windows is the context of our layer. */
  @ParameterizedTest
  @MethodSource("arithmetics")
  void contexts(Arithmetic arithmetic) {
    contexts(arithmetic, "context", "tf_labels");
    contexts(arithmetic, "gen_context", "gen_labels");
  }

  private static void contexts(Arithmetic arithmetic, String windows, String labels) {
    SubscaleReference reference = new SubscaleReference(MODEL, arithmetic);
    double[] audio = Arithmetic.widen(values(labels));
    Checkpoint checkpoint = IMPORTED.checkpoint();
    float[] weight = checkpoint.tensors().get("conditioning_network.linproj.weight").toFloats();
    float[] bias = checkpoint.tensors().get("conditioning_network.linproj.bias").toFloats();
    double[] window = GOLDEN.doubles(windows);
    int[] positions = GOLDEN.ints("ctx_idx");
    int width = window.length / positions.length;
    assertEquals(112, width);
    double largest = 0;
    for (int i = 0; i < positions.length; i++) {
      double[] expected = Arithmetic.widen(bias);
      for (int k = 0; k < weight.length; k++) {
        expected[k / width] += weight[k] * window[i * width + k % width];
      }
      double[] found = reference.context(audio, positions[i] / FACTOR, positions[i] % FACTOR);
      largest = Math.max(largest, Golden.difference(expected, 0, found));
    }
    Golden.within(windows + " " + arithmetic, 2e-6, largest);
  }

  @ParameterizedTest
  @MethodSource("arithmetics")
  void teacherForced(Arithmetic arithmetic) {
    double[][] logits = new double[SAMPLES][];
    new SubscaleReference(MODEL, arithmetic)
        .score(conditioningOfTheProject(), values("tf_labels"), (t, found) -> logits[t] = found);
    assertWithin("logits " + arithmetic, 2e-5, "tf_logits", "tf_idx", logits);
  }

  @Test
  void bits() {
    double[] bits =
        new SubscaleReference(MODEL, Arithmetic.DOUBLE)
            .bits(conditioningOfTheProject(), values("tf_labels"));
    Golden.within("bits", 5e-5, Golden.difference(GOLDEN.doubles("tf_nll_bits"), 0, bits));
  }

  @ParameterizedTest
  @MethodSource("arithmetics")
  void freeRunningDrawsEveryRecordedLabel(Arithmetic arithmetic) {
    double[] audio =
        new SubscaleReference(MODEL, arithmetic)
            .generate(conditioningOfTheProject(), GOLDEN.floats("gen_u"), 1);
    int[] labels = Arrays.stream(audio).mapToInt(v -> (int) Math.rint((v + 1) * 255 / 2)).toArray();
    Golden.same("labels " + arithmetic, GOLDEN.ints("gen_labels"), labels);
    float[] narrow = new float[SAMPLES];
    for (int t = 0; t < SAMPLES; t++) {
      narrow[t] = (float) audio[t];
    }
    double[] waveform = Arithmetic.widen(new WaveformDecoder(MODEL.audio()).decode(narrow));
    Golden.within("waveform", 1e-6, Golden.difference(GOLDEN.doubles("gen_wav"), 0, waveform));
  }

  @Test
  void schedule() {
    SubscaleSchedule schedule = SubscaleSchedule.of(MODEL.subscale().orElseThrow(), SAMPLES);
    int[] step = GOLDEN.ints("sched_step");
    int[] row = GOLDEN.ints("sched_subtensor");
    for (int t = 0; t < SAMPLES; t++) {
      assertEquals(step[t], schedule.step((t - row[t]) / FACTOR, row[t]), "sample " + t);
    }
    int[] batch = GOLDEN.ints("sched_batch");
    assertEquals(batch.length, schedule.steps());
    for (int n = 0; n < batch.length; n++) {
      assertEquals(batch[n], schedule.endRow(n) - schedule.firstRow(n), "step " + n);
    }
  }

  private static float[] values(String labels) {
    return new Reference(MODEL, Arithmetic.DOUBLE).values(GOLDEN.ints(labels));
  }

  /** The recorded rows, of every time or of those of an index, are close to what is found. */
  private static void assertWithin(
      String what, double bound, String array, String index, double[][] found) {
    double[] recorded = GOLDEN.doubles(array);
    int rows = recorded.length / found[0].length;
    int[] times = new int[rows];
    Arrays.setAll(times, t -> t);
    times = index.isEmpty() ? times : GOLDEN.ints(index);
    assertEquals(rows, times.length);
    double largest = 0;
    for (int i = 0; i < rows; i++) {
      largest = Math.max(largest, Golden.difference(recorded, i, found[times[i]]));
    }
    Golden.within(what, bound, largest);
  }
}
