package org.wavebridge.runtime;

import java.util.Arrays;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.runtime.io.Features;

/**
 * One utterance: frames in, samples out, state inside. The samples do not depend on how the frames
 * are cut into calls or chunks. Where utterances are folded they come {@link
 * SubscaleSchedule#latency} steps late. Cheap, and for one thread at a time. The end of an
 * utterance is not faded here, since a stream does not know where it ends until it is there.
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
   */
  public float[] push(Features features) {
    return decoder.decode(merging.merge(pushValues(features)));
  }

  /** Ends the utterance and returns the remaining amplitudes. */
  public float[] finish() {
    return decoder.decode(merging.merge(finishValues()));
  }

  /** Like {@link #push}, but the values that the network emits, before decoding. */
  float[] pushValues(Features features) {
    if (finished) {
      throw new IllegalStateException("the stream is finished");
    }
    if (features.mels() != manifest.features().mels()) {
      throw new InputException(
          "%s: expected features of %d mels, found %d"
              .formatted(graphs.bundle().path(), manifest.features().mels(), features.mels()));
    }
    conditioning.add(features);
    return make(false);
  }

  float[] finishValues() {
    if (finished) {
      throw new IllegalStateException("the stream is finished");
    }
    finished = true;
    conditioning.end();
    return append(make(true), maker.end());
  }

  /**
   * Generates whole chunks; at the end also the last, shorter one. Frames that only give context
   * have no samples of their own.
   */
  private float[] make(boolean last) {
    float[] made = new float[0];
    int lead = manifest.utterance().leadFrames() - conditioning.taken();
    conditioning.skip(Math.min(lead, conditioning.available()));
    while (true) {
      int ready =
          Math.min(
              conditioning.available(),
              conditioning.frames() - manifest.utterance().tailFrames() - conditioning.taken());
      int count = last ? Math.min(ready, options.chunkFrames()) : options.chunkFrames();
      boolean led = conditioning.taken() >= manifest.utterance().leadFrames();
      if (!led || ready <= 0 || ready < count) {
        return made;
      }
      made = append(made, maker.add(conditioning.take(count), count));
    }
  }

  private static float[] append(float[] values, float[] more) {
    float[] all = Arrays.copyOf(values, values.length + more.length);
    System.arraycopy(more, 0, all, values.length, more.length);
    return all;
  }
}
