package org.wavebridge.conformance.draw;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;
import org.wavebridge.graphs.quantize.Quantizer;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.runtime.Uniforms;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.io.Features;

/** Voices whose outputs are the same for every sample: the biases of their output layers. */
final class ConstantVoice {
  /** Samples that {@link #values} gives. */
  static final int SAMPLES = 1_000_000;

  private static final int HOP = 1000;

  private ConstantVoice() {}

  static VocoderModel dualSoftmax(float[] coarse, float[] fine) {
    VocoderModel model = RandomModels.dualSoftmax(1, 2, 1, HOP, 1, new BlockShape(1, 1));
    DualSoftmaxNetwork network = (DualSoftmaxNetwork) model.network();
    return model.with(
        new DualSoftmaxNetwork(
            network.conditioning(),
            network.sample(),
            network.recurrent(),
            network.coarseHidden(),
            constant("coarse_output", coarse, 1),
            network.fineHidden(),
            constant("fine_output", fine, 1),
            network.initialPrevious()));
  }

  static VocoderModel residualGru(Head head, float[] outputs) {
    VocoderModel model = RandomModels.residualGru(1, 2, 1, List.of(10, 10, 10), head);
    ResidualGruNetwork network = (ResidualGruNetwork) model.network();
    return model.with(
        new ResidualGruNetwork(
            network.sample(),
            network.input(),
            network.gru1Input(),
            network.gru1Recurrent(),
            network.gru2Input(),
            network.gru2Recurrent(),
            network.fc1(),
            network.fc2(),
            constant("output", outputs, 2),
            head));
  }

  /** The values that the {@code cpu} backend generates from a voice, one a sample. */
  static float[] values(VocoderModel model, String precision, float temperature, Path folder) {
    try (StagedBundle staged =
            StagedBundle.write(
                model,
                Optional.of(Quantizer.quantise(model)),
                new BundleManifest.Source("constant", "0"),
                "test",
                folder.resolve("voice"));
        Vocoder vocoder = Vocoder.open(staged.publish(), new VocoderOptions("cpu", precision, 1))) {
      int frames = SAMPLES / HOP + 1;
      Features silence = new Features(1, frames, new float[frames]);
      return vocoder.generateValues(silence, new Uniforms(3), temperature);
    }
  }

  private static Affine constant(String name, float[] outputs, int inputs) {
    float[] zeros = new float[outputs.length * inputs];
    return new Affine(WeightMatrix.dense(name, outputs.length, inputs, zeros), outputs);
  }
}
