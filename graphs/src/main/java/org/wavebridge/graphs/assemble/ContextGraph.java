package org.wavebridge.graphs.assemble;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import org.wavebridge.graphs.model.ContextNetwork;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.onnx.Value;

/**
 * {@code context}: the samples that N rows can see, {@code channels [N, T + reach, C]}, to the
 * contexts of T positions each, {@code context [N, T, X]}. Source: Kalchbrenner et al. 2018,
 * section 4.
 */
final class ContextGraph {
  private ContextGraph() {}

  static OnnxModel build(ContextNetwork network) {
    ModelBuilder g =
        new ModelBuilder(
            "context",
            "Causal dilated convolutions: channels [N, T + %d, %d] to context [N, T, %d]. For the position i of row s the newest time read is i + horizon:"
                    .formatted(network.reach(), network.factor(), network.size())
                + " channel d is the sample of row s - d there, channel 0 %s; 0 where there is none."
                    .formatted(
                        network.ownPast()
                            ? "the row's own sample horizon + 1 earlier"
                            : "always 0"));
    Value channels = g.input("channels", Dim.N, Dim.T_AND_REACH, Dim.of(network.factor()));
    FrameLayers layers = new FrameLayers(g, size(g, channels, 0));
    Value made = layers.convolve(channels, network.layers());
    g.output("context", made, Dim.N, Dim.T, Dim.of(network.size()));
    return g.build();
  }
}
