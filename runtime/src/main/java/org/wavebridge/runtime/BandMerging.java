package org.wavebridge.runtime;

import java.util.Map;
import org.wavebridge.graphs.bundle.BundleManifest.BandPart;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.BandSynthesis;
import org.wavebridge.runtime.spi.Tensor;

/**
 * The values that a network emits for one sequence to a waveform. Several bands are decoded, then
 * merged by the {@code synthesis} graph. Its state is carried from call to call, so pieces give the
 * same as the whole. Not thread-safe.
 */
final class BandMerging {
  private final VocoderGraphs graphs;
  private Tensor state;

  /** At the start of a sequence. */
  BandMerging(VocoderGraphs graphs) {
    this.graphs = graphs;
    int size =
        graphs.manifest().bands().map(BandPart::synthesis).map(BandSynthesis::stateSize).orElse(0);
    this.state = new Tensor(new float[size], 1, size);
  }

  /**
   * The waveform of the next values.
   *
   * @param values of whole steps
   */
  float[] waveform(float[] values, WaveformDecoder decoder) {
    return graphs.manifest().bands().isEmpty()
        ? decoder.decode(values)
        : decoder.deEmphasised(merge(decoder.expanded(values)));
  }

  /** Merges the amplitudes of bands. */
  private float[] merge(float[] values) {
    if (values.length == 0) {
      return values;
    }
    Map<String, Tensor> outputs =
        graphs.run(
            GraphKind.SYNTHESIS,
            Map.of("values", new Tensor(values, 1, values.length), "state", state));
    state = graphs.output(GraphKind.SYNTHESIS, outputs, "next_state", 1, state.values().length);
    return graphs.output(GraphKind.SYNTHESIS, outputs, "waveform", 1, values.length).values();
  }
}
