package org.wavebridge.graphs.build;

import static org.wavebridge.graphs.onnx.StandardOps.constant;
import static org.wavebridge.graphs.onnx.StandardOps.transpose;

import org.wavebridge.graphs.model.MultiBandGruNetwork;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.MultiBandGruStep;

/**
 * {@code step} of a multi-band network: one sample of each of B bands for N rows, of standard
 * operators plus {@code BlockSparseGemm} where a matrix is sparse. Conditioning of the step's
 * column {@code [N, 3H]}, uniforms {@code [N, B, 2]}, previous {@code [N, B]}, state {@code [N,
 * H]}, temperature {@code [1]} to audio {@code [N, B]}, next_previous, next_state and logits {@code
 * [N, B, 3 * mixtures]}.
 */
final class MultiBandStepGraph {
  private MultiBandStepGraph() {}

  static OnnxModel build(MultiBandGruNetwork network) {
    int bands = network.bands();
    ModelBuilder g =
        new ModelBuilder(
            "step",
            "One step for N rows, which makes a sample of each of %d bands: conditioning of the step's column [N, %d], the samples fed back"
                    .formatted(bands, network.inputSize())
                + " (previous [N, %d]) and the state [N, %d] to audio [N, %d], the next state and the outputs [N, %d, %d] they were drawn from with uniforms [N, %d, 2]."
                    .formatted(
                        bands, network.stateSize(), bands, bands, network.head().outputs(), bands));
    Value conditioning = g.input("conditioning", Dim.N, Dim.of(network.inputSize()));
    Value uniforms = g.input("uniforms", Dim.N, Dim.of(bands), Dim.of(network.draws()));
    Value previous = StateTensors.previousInput(g, network);
    Value state = StateTensors.stateInput(g, network);
    Value temperature = g.input("temperature", Dim.of(1));
    Value sample =
        g.initializer("sample_weights", network.sample().values(), network.sample().rows(), bands);
    MultiBandGruStep step =
        new MultiBandGruStep(
            transpose(g, sample, 1, 0),
            LayerProducts.of(g, "recurrent", network.recurrent()),
            LayerProducts.of(g, "projection", network.projection()),
            LayerProducts.of(g, "band_output", network.output()));
    MultiBandGruStep.Result made =
        step.build(
            g,
            conditioning,
            previous,
            state,
            uniforms,
            new MultiBandGruStep.Draw(
                temperature,
                constant(g, network.head().unit()),
                constant(g, network.head().margin())));
    g.output("audio", made.audio(), Dim.N, Dim.of(bands));
    StateTensors.outputs(g, network, made.audio(), made.state());
    g.output("logits", made.logits(), Dim.N, Dim.of(bands), Dim.of(network.head().outputs()));
    return g.build();
  }
}
