package org.wavebridge.runtime;

import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.runtime.io.Features;

/**
 * One utterance: frames in, samples out, state inside. The samples do not depend on how the frames
 * are cut into calls or chunks, and leave as soon as the frames that they depend on are there:
 * {@link Latency} says how many. The cost of a frame does not grow with the utterance. Cheap, and
 * for one thread at a time. The end of an utterance is not faded here, since a stream does not know
 * where it ends until it is there. Its memory does not grow with the length of the utterance. A
 * stream that a call failed in is finished.
 */
public final class VocoderStream {
  private final VocoderGraphs graphs;
  private final BundleManifest manifest;
  private final GenerateOptions options;
  private final SampleMaker maker;
  private final ConditioningQueue conditioning;
  private final BandMerging merging;
  private final WaveformDecoder decoder;
  private boolean finished;

  VocoderStream(VocoderGraphs graphs, GenerateOptions options, UniformSource uniforms) {
    graphs.requireOpen();
    this.graphs = graphs;
    this.manifest = graphs.manifest();
    this.options = options;
    this.maker =
        graphs
            .subscale()
            .<SampleMaker>map(subscale -> new SubscaleMaker(graphs, subscale, options, uniforms))
            .orElseGet(() -> new SequentialMaker(graphs, options.temperature(), uniforms));
    this.conditioning = new ConditioningQueue(graphs);
    this.merging = new BandMerging(graphs);
    this.decoder = new WaveformDecoder(manifest.audio());
  }

  /**
   * Adds frames.
   *
   * @return the amplitudes that can be made now; may be none
   * @throws InputException if the features do not have the bundle's number of mels
   * @throws IllegalStateException if the stream is finished, or the vocoder closed
   * @throws InterruptedVocodingException if the thread is interrupted
   */
  public float[] push(Features features) {
    return amplitudes(pushValues(features));
  }

  /**
   * Ends the utterance and returns the remaining amplitudes.
   *
   * @throws IllegalStateException as {@link #push}
   * @throws InterruptedVocodingException as {@link #push}
   */
  public float[] finish() {
    return amplitudes(finishValues());
  }

  private float[] amplitudes(float[] values) {
    boolean over = finished;
    finished = true;
    float[] waveform = decoder.decode(merging.merge(values));
    finished = over;
    return waveform;
  }

  /** Like {@link #push}, but the values that the network emits, before decoding. */
  float[] pushValues(Features features) {
    requireUnfinished();
    if (features.mels() != manifest.features().mels()) {
      throw new InputException(
          "%s: expected features of %d mels, found %d"
              .formatted(graphs.bundle().path(), manifest.features().mels(), features.mels()));
    }
    conditioning.add(features);
    return make(false);
  }

  float[] finishValues() {
    requireUnfinished();
    conditioning.end();
    return make(true);
  }

  /** How many values are kept room for between calls, beside what the graphs carry. */
  long room() {
    return conditioning.room() + maker.room();
  }

  private void requireUnfinished() {
    if (finished) {
      throw new IllegalStateException("the stream is finished");
    }
    graphs.requireOpen();
  }

  /** Generates what can be made now; a stream is finished by its end, and by a failure. */
  private float[] make(boolean last) {
    finished = true;
    SlidingValues made = new SlidingValues(1);
    try {
      makeChunks(made);
      if (last) {
        made.append(maker.end());
      }
      finished = last;
    } finally {
      if (finished) {
        maker.close();
      }
    }
    return made.values();
  }

  /**
   * Generates what the frames that are there condition, at most a chunk in one call. Frames that
   * only give context have no samples of their own.
   */
  private void makeChunks(SlidingValues made) {
    long lead = manifest.utterance().leadFrames() - conditioning.taken();
    conditioning.skip((int) Math.min(lead, conditioning.available()));
    boolean led = conditioning.taken() >= manifest.utterance().leadFrames();
    for (int count = led ? ready() : 0; count > 0; count = ready()) {
      made.append(maker.add(conditioning.take(count), count));
    }
  }

  /** Frames that the next call can make; none where it is not above 0. */
  private int ready() {
    long whole = conditioning.frames() - manifest.utterance().tailFrames() - conditioning.taken();
    long most = Math.min(conditioning.available(), options.chunkFrames());
    return (int) Math.min(most, whole);
  }
}
