package org.wavebridge.conformance.targets;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.assemble.MelFilters;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.CanonicalMel;
import org.wavebridge.reference.Conditioning;
import org.wavebridge.reference.MelReference;
import org.wavebridge.reference.Reference;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.spi.Tensor;

/** The graphs before the network, evaluated row by row. */
final class ReferenceFeatures {
  private ReferenceFeatures() {}

  static Map<String, Tensor> run(
      GraphKind kind, VocoderModel model, Arithmetic arithmetic, Map<String, Tensor> inputs) {
    return kind == GraphKind.FEATURES
        ? features(model, arithmetic, inputs)
        : conditioning(model, arithmetic, inputs);
  }

  private static Map<String, Tensor> features(
      VocoderModel model, Arithmetic arithmetic, Map<String, Tensor> inputs) {
    Tensor waveform = ReferenceSequences.input(inputs, "waveform");
    int rows = (int) waveform.shape()[0];
    int length = (int) waveform.shape()[1];
    int mels = model.features().mels();
    List<float[]> all = new ArrayList<>();
    for (int n = 0; n < rows; n++) {
      float[] row = Arrays.copyOfRange(waveform.values(), n * length, (n + 1) * length);
      all.add(arithmetic == Arithmetic.CANONICAL_F32 ? canonical(model, row) : exact(model, row));
    }
    int frames = rows == 0 ? 0 : all.get(0).length / mels;
    return Map.of("features", new Tensor(Sequence.joined(all), rows, mels, frames));
  }

  private static float[] canonical(VocoderModel model, float[] waveform) {
    MelAnalysis analysis = model.features().analysis().orElseThrow();
    WeightMatrix filters =
        MelFilters.weight(analysis, model.audio().sampleRate(), model.features().mels());
    return new CanonicalMel(analysis, filters, model.features().hop()).features(waveform);
  }

  private static float[] exact(VocoderModel model, float[] waveform) {
    double[][] made =
        new MelReference(
                model.features().analysis().orElseThrow(),
                model.features().mels(),
                model.features().hop(),
                model.audio().sampleRate())
            .features(waveform);
    int frames = made[0].length;
    float[] values = new float[made.length * frames];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) made[i / frames][i % frames];
    }
    return values;
  }

  /** The speaker of a row; no values where the model takes none. */
  private static double[] speaker(VocoderModel model, Map<String, Tensor> inputs, int row) {
    int size = model.conditioner().speakerSize();
    float[] all = size == 0 ? new float[0] : ReferenceSequences.input(inputs, "speaker").values();
    return Arithmetic.widen(Arrays.copyOfRange(all, row * size, (row + 1) * size));
  }

  private static Map<String, Tensor> conditioning(
      VocoderModel model, Arithmetic arithmetic, Map<String, Tensor> inputs) {
    Tensor features = ReferenceSequences.input(inputs, "features");
    int rows = (int) features.shape()[0];
    int mels = (int) features.shape()[1];
    int frames = (int) features.shape()[2];
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    for (int n = 0; n < rows; n++) {
      float[] row =
          Arrays.copyOfRange(features.values(), n * mels * frames, (n + 1) * mels * frames);
      Conditioning made =
          new Reference(model, arithmetic)
              .conditioning(
                  FeatureFrames.of(new Features(mels, frames, row)), speaker(model, inputs, n));
      for (var tensor : model.conditioningTensors()) {
        double[][] vectors = ConditioningTensors.vectors(tensor, made);
        int size = tensor.size();
        Tensor all =
            outputs.computeIfAbsent(
                tensor.name(),
                name ->
                    new Tensor(
                        new float[rows * vectors.length * size], rows, vectors.length, size));
        for (int i = 0; i < vectors.length * size; i++) {
          all.values()[n * vectors.length * size + i] = (float) vectors[i / size][i % size];
        }
      }
    }
    return outputs;
  }
}
