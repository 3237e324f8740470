package org.wavebridge.runtime;

import java.util.Arrays;
import java.util.OptionalDouble;
import org.wavebridge.graphs.assemble.StreamedConditioner;
import org.wavebridge.runtime.spi.GraphSession;
import org.wavebridge.runtime.spi.Tensor;

/**
 * The opened {@link StreamedConditioner} of a bundle. The graph itself is not kept.
 *
 * @param session that runs it
 * @param label what it is, for messages
 * @param state of a row at the start
 * @param lead frames of padding before the first
 * @param tail frames of padding after the last
 * @param padding every value of a frame of padding; empty where it is a copy of its neighbour
 */
record FrameConditioner(
    GraphSession session, String label, float[] state, int lead, int tail, OptionalDouble padding) {
  static FrameConditioner of(StreamedConditioner form, GraphSession session, String label) {
    return new FrameConditioner(
        session, label, form.state(), form.lead(), form.tail(), form.padding());
  }

  /** The state before the first frame. */
  Tensor start() {
    return new Tensor(state.clone(), 1, state.length);
  }

  /** A frame of padding beside another. */
  float[] padding(float[] neighbour) {
    if (padding.isEmpty()) {
      return neighbour;
    }
    float[] frame = new float[neighbour.length];
    Arrays.fill(frame, (float) padding.getAsDouble());
    return frame;
  }
}
