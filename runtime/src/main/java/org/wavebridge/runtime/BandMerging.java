package org.wavebridge.runtime;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
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
  private final Optional<BandSynthesis> synthesis;
  private Tensor state;

  /** Samples to cut from what is merged next. */
  private int early;

  /** Samples that only silence after the last step brings. */
  private int owed;

  /** At the start of a sequence. */
  BandMerging(VocoderGraphs graphs) {
    this.graphs = graphs;
    this.synthesis = graphs.manifest().bands().map(BandPart::synthesis);
    int size = synthesis.map(BandSynthesis::stateSize).orElse(0);
    this.state = new Tensor(new float[size], 1, size);
    this.early = synthesis.map(BandSynthesis::cut).orElse(0);
    this.owed = early;
  }

  /**
   * The waveform of the next values.
   *
   * @param values of whole steps
   * @param last whether no others follow
   */
  float[] waveform(float[] values, WaveformDecoder decoder, boolean last) {
    if (synthesis.isEmpty()) {
      return decoder.decode(values);
    }
    float[] amplitudes = decoder.expanded(values);
    int end = amplitudes.length;
    if (last) {
      int bands = synthesis.get().bands();
      amplitudes = Arrays.copyOf(amplitudes, end + (owed + bands - 1) / bands * bands);
      end += owed;
      owed = 0;
    }
    int start = Math.min(early, end);
    early -= start;
    return decoder.deEmphasised(Arrays.copyOfRange(merge(amplitudes), start, end));
  }

  /** Whether samples are left that come when there are no more values. */
  boolean owes() {
    return owed > 0;
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
