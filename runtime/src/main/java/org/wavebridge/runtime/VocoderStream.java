package org.wavebridge.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.spi.Tensor;

/**
 * One utterance: frames in, samples out, state inside. The samples do not depend on how the frames
 * are cut into calls or chunks, and leave as soon as the frames that they depend on are there:
 * {@link Latency} says how many. The cost of a frame does not grow with the utterance. Cheap, and
 * for one thread at a time. The end of an utterance is not faded here, since a stream does not know
 * where it ends until it is there. Its memory does not grow with the length of the utterance. A
 * stream that a call failed in is finished.
 *
 * <p>Either each {@link #push} makes what can be made, or frames are only added ({@link #add},
 * {@link #end}), and {@link Vocoder#advance} makes samples of several streams in one call. A stream
 * gives the same samples in both ways.
 */
public final class VocoderStream {
  private final VocoderGraphs graphs;
  private final BundleManifest manifest;
  private final GenerateOptions options;
  private final SampleMaker maker;
  private final ConditioningQueue conditioning;
  private final BandMerging merging;
  private final WaveformDecoder decoder;
  private LongConsumer afterCalls = made -> {};
  private long valuesMade;
  private boolean ended;
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
    this.conditioning = new ConditioningQueue(graphs, options.speaker());
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
    return amplitudes(pushValues(features), false);
  }

  /**
   * Ends the utterance and returns the remaining amplitudes.
   *
   * @throws IllegalStateException as {@link #push}
   * @throws InterruptedVocodingException as {@link #push}
   */
  public float[] finish() {
    return amplitudes(finishValues(), true);
  }

  /**
   * Adds frames and makes nothing of them yet.
   *
   * @throws InputException as {@link #push}
   * @throws IllegalStateException as {@link #push}, or after {@link #end}
   */
  public void add(Features features) {
    requireUnfinished();
    if (features.mels() != manifest.features().mels()) {
      throw new InputException(
          "%s: expected features of %d mels, found %d"
              .formatted(graphs.bundle().path(), manifest.features().mels(), features.mels()));
    }
    if (ended) {
      throw new IllegalStateException("the stream has no more frames");
    }
    conditioning.add(features);
  }

  /** Says that there are no more frames, and makes nothing yet. */
  public void end() {
    requireUnfinished();
    conditioning.end();
    ended = true;
  }

  /**
   * Frames that could be made when more frames were there.
   *
   * @param more frames to add to those that are there
   * @param end whether they would be the last
   */
  public int ready(long more, boolean end) {
    Utterance utterance = manifest.utterance();
    long whole = conditioning.frames() + more - utterance.tailFrames();
    long from = Math.max(conditioning.taken(), utterance.leadFrames());
    long count = Math.min(conditioning.known(more, end || ended), whole) - from;
    return (int) Math.max(0, Math.min(Integer.MAX_VALUE, count));
  }

  /**
   * Whether all samples are made, if there are no more frames. Where it is not so and {@link
   * #ready} says none, {@link Vocoder#advance} by no frames makes some of the rest.
   */
  public boolean isDone() {
    return finished || (isMade() && !merging.owes());
  }

  /** Whether the network has made all its values, if there are no more frames. */
  private boolean isMade() {
    return maker.done() && ready(0, true) == 0;
  }

  /** Gives back what its calls keep, if it is not finished; it is afterwards. */
  public void close() {
    finished = true;
    maker.close();
  }

  /** Makes the next frames of several streams; see {@link Vocoder#advance}. */
  static List<float[]> advance(VocoderGraphs graphs, List<VocoderStream> streams, int frames) {
    boolean made = false;
    try {
      List<float[]> values = new ArrayList<>();
      if (graphs.subscale().isPresent() || frames == 0) {
        for (VocoderStream stream : streams) {
          values.add(
              frames == 0
                  ? stream.maker.rest()
                  : stream.maker.add(stream.conditioned(frames), frames));
        }
      } else {
        List<RowCall.Input> inputs = new ArrayList<>();
        for (VocoderStream stream : streams) {
          inputs.add(stream.sequential().shared(stream.conditioned(frames), frames));
        }
        List<RowCall.Output> outputs =
            RowCall.run(graphs, inputs, frames * graphs.manifest().features().hop());
        for (int n = 0; n < streams.size(); n++) {
          values.add(streams.get(n).sequential().take(outputs.get(n)));
        }
      }
      List<float[]> amplitudes = new ArrayList<>();
      for (int n = 0; n < streams.size(); n++) {
        VocoderStream stream = streams.get(n);
        amplitudes.add(stream.amplitudes(values.get(n), stream.ended && stream.isMade()));
      }
      made = true;
      return amplitudes;
    } finally {
      for (VocoderStream stream : streams) {
        if (!made || (stream.ended && stream.isDone())) {
          stream.close();
        }
      }
    }
  }

  private SequentialMaker sequential() {
    if (maker instanceof SequentialMaker sequential) {
      return sequential;
    }
    throw new IllegalStateException("the stream makes its samples alone");
  }

  private Map<String, Tensor> conditioned(int frames) {
    requireUnfinished();
    if (ready(0, ended) < frames) {
      throw new IllegalArgumentException(
          "expected %d frames that are ready, found %d".formatted(frames, ready(0, ended)));
    }
    skipLead();
    return conditioning.take(frames);
  }

  private float[] amplitudes(float[] values, boolean last) {
    boolean over = finished;
    finished = true;
    float[] waveform = merging.waveform(values, decoder, last);
    finished = over;
    return waveform;
  }

  /** Like {@link #push}, but the values that the network emits, before decoding. */
  float[] pushValues(Features features) {
    add(features);
    return make();
  }

  float[] finishValues() {
    end();
    return make();
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

  /** Tells somebody how many values there are, after each call that makes some. */
  void afterCalls(LongConsumer told) {
    afterCalls = told;
  }

  /** Generates what can be made now; a stream is finished by its end, and by a failure. */
  private float[] make() {
    finished = true;
    SlidingValues made = new SlidingValues(1);
    try {
      makeChunks(made);
      while (ended && !maker.done()) {
        append(made, maker.rest());
      }
      finished = ended;
    } finally {
      if (finished) {
        maker.close();
      }
    }
    return made.values();
  }

  /** Generates what the frames that are there condition, at most a chunk in one call. */
  private void makeChunks(SlidingValues made) {
    skipLead();
    for (int count = chunk(); count > 0; count = chunk()) {
      append(made, maker.add(conditioning.take(count), count));
    }
  }

  private void append(SlidingValues values, float[] added) {
    values.append(added);
    valuesMade += added.length;
    afterCalls.accept(valuesMade);
  }

  /** Frames that only give context have no samples of their own. */
  private void skipLead() {
    long lead = manifest.utterance().leadFrames() - conditioning.taken();
    conditioning.skip((int) Math.min(lead, conditioning.available()));
  }

  /** Frames that the next call makes. */
  private int chunk() {
    return Math.min(ready(0, ended), options.chunkFrames());
  }
}
