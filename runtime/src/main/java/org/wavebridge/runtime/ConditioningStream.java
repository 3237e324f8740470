package org.wavebridge.runtime;

import java.util.Map;
import java.util.Optional;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.SpeakerEmbedding;
import org.wavebridge.runtime.spi.Tensor;

/**
 * The conditioning of one utterance, without its samples: frames in, vectors out. For checking and
 * measuring it; for one thread at a time.
 */
public final class ConditioningStream {
  private final ConditioningQueue queue;

  ConditioningStream(VocoderGraphs graphs, Optional<SpeakerEmbedding> speaker) {
    graphs.requireOpen();
    this.queue = new ConditioningQueue(graphs, speaker);
  }

  /**
   * Adds frames.
   *
   * @return the conditioning that can be made now, by tensor, {@code [1, vectors, size]}
   * @throws IllegalStateException if the vocoder is closed
   * @throws InterruptedVocodingException if the thread is interrupted
   */
  public Map<String, Tensor> push(Features features) {
    queue.add(features);
    return queue.take(queue.available());
  }

  /** Ends the utterance and returns the remaining conditioning. */
  public Map<String, Tensor> finish() {
    queue.end();
    return queue.take(queue.available());
  }
}
