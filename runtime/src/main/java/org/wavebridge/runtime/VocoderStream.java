package org.wavebridge.runtime;

import java.util.Arrays;
import java.util.Map;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.build.GraphKind;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.spi.Tensor;

/**
 * One utterance: frames in, samples out, state inside. The samples do not depend on how the frames
 * are cut into calls or chunks. Cheap, and for one thread at a time. The end of an utterance is not
 * faded here, since a stream does not know where it ends until it is there.
 */
public final class VocoderStream {
  private final VocoderGraphs graphs;
  private final BundleManifest manifest;
  private final GenerateOptions options;
  private final UniformSource uniforms;
  private final ConditioningQueue conditioning;
  private final WaveformDecoder decoder;
  private Map<String, Tensor> carried;
  private boolean finished;

  VocoderStream(VocoderGraphs graphs, GenerateOptions options, UniformSource uniforms) {
    this.graphs = graphs;
    this.manifest = graphs.manifest();
    this.options = options;
    this.uniforms = uniforms;
    this.conditioning = new ConditioningQueue(graphs);
    this.decoder = new WaveformDecoder(manifest.audio());
    this.carried = graphs.start(1);
  }

  /**
   * Adds frames.
   *
   * @return the amplitudes that can be made now; may be none
   * @throws InputException if the features do not have the bundle's number of mels
   */
  public float[] push(Features features) {
    return decoder.decode(pushValues(features));
  }

  /** Ends the utterance and returns the remaining amplitudes. */
  public float[] finish() {
    return decoder.decode(finishValues());
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
    return make(true);
  }

  /**
   * Generates whole chunks; at the end also the last, shorter one. The last frame of an utterance
   * has no samples of its own.
   */
  private float[] make(boolean last) {
    float[] made = new float[0];
    while (true) {
      int ready =
          Math.min(conditioning.available(), conditioning.frames() - 1 - conditioning.taken());
      int count = last ? Math.min(ready, options.chunkFrames()) : options.chunkFrames();
      if (ready <= 0 || ready < count) {
        return made;
      }
      float[] chunk = chunk(count);
      int before = made.length;
      made = Arrays.copyOf(made, before + chunk.length);
      System.arraycopy(chunk, 0, made, before, chunk.length);
    }
  }

  private float[] chunk(int frames) {
    int hop = manifest.features().hop();
    long first = (long) conditioning.taken() * hop;
    int samples = frames * hop;
    int draws = manifest.network().draws();
    float[] drawn = new float[samples * draws];
    uniforms.fill(drawn, 0, 0, first, samples, draws);
    Map<String, Tensor> inputs = conditioning.take(frames);
    inputs.putAll(carried);
    inputs.put("uniforms", new Tensor(drawn, 1, samples, draws));
    inputs.put("temperature", new Tensor(new float[] {options.temperature()}, 1));
    Map<String, Tensor> outputs = graphs.run(GraphKind.GENERATE, inputs);
    carried = graphs.carried(GraphKind.GENERATE, outputs, 1);
    return graphs.output(GraphKind.GENERATE, outputs, "audio", 1, samples).values();
  }
}
