package org.wavebridge.conformance.cases;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wavebridge.conformance.measure.Bits;
import org.wavebridge.conformance.measure.ErrorCurve;
import org.wavebridge.conformance.measure.Quantity;
import org.wavebridge.conformance.targets.ConditioningTensors;
import org.wavebridge.conformance.targets.FeatureFrames;
import org.wavebridge.conformance.targets.Sequence;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.Reference;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.spi.Tensor;

/**
 * Features to conditioning, for several lengths and two rows at once, each with a speaker of its
 * own where there are speakers. Catches wrong padding at the ends, a wrong upsampling phase,
 * convolutions that are flipped and, where a target promises the canonical bits, additions in
 * another order.
 */
final class ConditionerValues implements ConformanceCase {
  @Override
  public String name() {
    return "conditioner/values";
  }

  @Override
  public String catches() {
    return "wrong padding at the ends, a wrong upsampling phase, a flipped convolution, additions in another order";
  }

  @Override
  public SampleOrder sampleOrder() {
    return SampleOrder.ANY;
  }

  @Override
  public boolean appliesTo(Subject subject, String precision) {
    return precision.equals(BundleManifest.F32);
  }

  @Override
  public void run(Trial trial) {
    VocoderModel model = trial.model();
    int mels = model.features().mels();
    for (int frames : trial.quick() ? new int[] {2, 9} : new int[] {1, 2, 9, 40}) {
      List<Features> rows =
          List.of(MadeUpFeatures.of(model, frames, 1), MadeUpFeatures.of(model, frames, 2));
      float[] both = new float[2 * mels * frames];
      for (int n = 0; n < 2; n++) {
        System.arraycopy(rows.get(n).values(), 0, both, n * mels * frames, mels * frames);
      }
      Map<String, Tensor> inputs = new HashMap<>();
      inputs.put("features", new Tensor(both, 2, mels, frames));
      float[] speakers =
          Sequence.joined(
              List.of(MadeUpFeatures.speaker(model, 0), MadeUpFeatures.speaker(model, 1)));
      if (speakers.length > 0) {
        inputs.put("speaker", new Tensor(speakers, 2, speakers.length / 2));
      }
      Map<String, Tensor> outputs = trial.graph(GraphKind.CONDITIONER).run(inputs);
      if (trial.profile().exact()) {
        requireBits(trial, rows, outputs);
      }
      errors(model, rows, outputs)
          .forEach(
              (tensor, errors) -> {
                trial.check(
                    "%s, %d frames".formatted(tensor, frames),
                    Quantity.CONDITIONING,
                    errors.worstRelative(),
                    "relative error");
                trial.curve("%s, %d frames".formatted(tensor, frames), errors.absolute());
              });
    }
  }

  private static void requireBits(Trial trial, List<Features> rows, Map<String, Tensor> outputs) {
    VocoderModel model = trial.model();
    for (Conditioning tensor : model.conditioningTensors()) {
      List<float[]> expected = new ArrayList<>();
      for (int n = 0; n < rows.size(); n++) {
        var made = made(model, rows.get(n), n, Arithmetic.CANONICAL_F32);
        expected.add(ConditioningTensors.values(tensor, made));
      }
      Tensor found = outputs.get(tensor.name());
      trial.check(
          "%s, %d frames".formatted(tensor.name(), rows.get(0).frames()),
          Quantity.OTHER_BITS,
          Bits.other(Sequence.joined(expected), found == null ? new float[0] : found.values()));
    }
  }

  private static org.wavebridge.reference.Conditioning made(
      VocoderModel model, Features features, int row, Arithmetic arithmetic) {
    double[] speaker = Arithmetic.widen(MadeUpFeatures.speaker(model, row));
    return new Reference(model, arithmetic).conditioning(FeatureFrames.of(features), speaker);
  }

  private static Map<String, ErrorCurve> errors(
      VocoderModel model, List<Features> rows, Map<String, Tensor> outputs) {
    Map<String, ErrorCurve> errors = new LinkedHashMap<>();
    for (int n = 0; n < rows.size(); n++) {
      var expected = made(model, rows.get(n), n, Arithmetic.DOUBLE);
      for (Conditioning tensor : model.conditioningTensors()) {
        double[][] vectors = ConditioningTensors.vectors(tensor, expected);
        Tensor found = outputs.get(tensor.name());
        int size = vectors.length * tensor.size();
        if (found == null || found.values().length != rows.size() * size) {
          throw new GraphException(
              "output '%s': expected [%d, %d, %d]"
                  .formatted(tensor.name(), rows.size(), vectors.length, tensor.size()));
        }
        ErrorCurve curve =
            errors.computeIfAbsent(tensor.name(), name -> new ErrorCurve(vectors.length));
        for (int t = 0; t < vectors.length; t++) {
          curve.add(t, vectors[t], found.values(), n * size + t * tensor.size());
        }
      }
    }
    return errors;
  }
}
