package org.wavebridge.conformance.parity;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.wavebridge.conformance.cases.ConformanceCase;
import org.wavebridge.conformance.cases.Subject;
import org.wavebridge.conformance.cases.Trial;
import org.wavebridge.conformance.measure.ErrorCurve;
import org.wavebridge.conformance.targets.ConditioningTensors;
import org.wavebridge.conformance.targets.Sequence;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.spi.Tensor;

/**
 * Checkpoints of other projects: logits under teacher forcing, and every draw of a free run,
 * against what the original project's own code recorded. Catches what a reference and a backend of
 * the same house could both have misread.
 */
final class GoldenCase implements ConformanceCase {
  /**
   * Of the larger of 1 and the row's largest: original projects compute in f32, in an order of
   * their own, and logits near zero are sums of large ones.
   */
  private static final double RECORDED = 2e-4;

  private final Map<String, Recording> recordings = new HashMap<>();
  private final List<Subject> subjects;

  GoldenCase(List<Recording> all) {
    all.forEach(recording -> recordings.put(recording.subject().name(), recording));
    subjects = all.stream().map(Recording::subject).toList();
  }

  @Override
  public String name() {
    return "golden/recorded";
  }

  @Override
  public String catches() {
    return "what a reference and a backend of the same house could both have misread";
  }

  @Override
  public List<Subject> subjects(List<Subject> given) {
    return subjects;
  }

  @Override
  public boolean appliesTo(Subject subject, String precision) {
    return precision.equals(BundleManifest.F32);
  }

  @Override
  public void run(Trial trial) {
    Recording recording = recordings.get(trial.subject().name());
    Recording.Run given = recording.forced();
    int samples = Math.min(trial.size(2000, given.values().length), given.values().length);
    float[] logits =
        trial
            .graph(GraphKind.SCORE)
            .run(
                Sequence.scoreInputs(
                    List.of(sequence(trial, recording, given, samples, new float[0])),
                    List.of(Arrays.copyOf(given.values(), samples))))
            .get("logits")
            .values();
    int size = recording.logits()[0].length;
    // A row is a step's: of several bands, as many logits as they have together.
    int count =
        (int)
            Arrays.stream(recording.index()).filter(t -> (t + 1L) * size <= logits.length).count();
    ErrorCurve errors = new ErrorCurve(count);
    double worst = 0;
    for (int i = 0; i < count; i++) {
      double[] row = recording.logits()[i];
      errors.add(i, row, logits, recording.index()[i] * size);
      double largest = Arrays.stream(row).map(Math::abs).max().orElseThrow();
      worst = Math.max(worst, errors.absolute(i) / Math.max(1, largest));
    }
    trial.require("recorded logits", "error of the row's largest " + worst, worst <= RECORDED);
    trial.curve("recorded logits", errors.absolute());

    Recording.Run free = recording.free();
    int drawn = Math.min(trial.size(2000, free.values().length), free.values().length);
    float[] uniforms = Arrays.copyOf(recording.uniforms(), drawn * trial.model().network().draws());
    float[] made =
        trial
            .graph(GraphKind.GENERATE)
            .run(
                Sequence.generateInputs(List.of(sequence(trial, recording, free, drawn, uniforms))))
            .get("audio")
            .values();
    int other = 0;
    for (int t = 0; t < drawn; t++) {
      other += Math.abs(made[t] - free.values()[t]) <= recording.nearest() ? 0 : 1;
    }
    trial.require("recorded draws", other + " of " + drawn + " are others", other == 0);
  }

  private static Sequence sequence(
      Trial trial, Recording recording, Recording.Run run, int samples, float[] uniforms) {
    VocoderModel model = trial.model();
    Features mel = run.mel();
    Map<String, Tensor> inputs = new HashMap<>();
    inputs.put("features", new Tensor(mel.values(), 1, mel.mels(), mel.frames()));
    recording
        .speaker()
        .ifPresent(who -> inputs.put("speaker", new Tensor(who.values(), 1, who.values().length)));
    Map<String, Tensor> made = trial.graph(GraphKind.CONDITIONER).run(inputs);
    Map<String, float[]> conditioning = new HashMap<>();
    for (Conditioning tensor : model.conditioningTensors()) {
      int unit = ConditioningTensors.samplesPerRow(model, tensor);
      int first = run.firstFrame() * model.features().hop() / unit;
      int end = first + (samples + unit - 1) / unit;
      float[] values = made.get(tensor.name()).values();
      conditioning.put(
          tensor.name(), Arrays.copyOfRange(values, first * tensor.size(), end * tensor.size()));
    }
    return new Sequence(
        model,
        samples,
        conditioning,
        uniforms,
        run.previous(),
        new float[model.network().stateSize()],
        1);
  }
}
