package org.wavebridge.runtime;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.wavebridge.graphs.build.Conditioning;
import org.wavebridge.graphs.build.GraphKind;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.spi.Tensor;

/**
 * Features in, conditioning out, of one utterance. The conditioner runs over windows that start at
 * fixed frames and carry the context they need on both sides, so the conditioning does not depend
 * on how features arrive or how conditioning is taken. Frames are counted from the start of the
 * utterance; those that no window needs any more are forgotten.
 */
final class ConditioningQueue {
  private static final int WINDOW = 64;

  /** Where frames need none after them, so that a stream does not wait for many. */
  private static final int CAUSAL_WINDOW = 16;

  private final VocoderGraphs graphs;
  private final BundleManifest manifest;
  private final int window;
  private final SlidingValues kept;
  private final Map<Conditioning, SlidingValues> ready = new LinkedHashMap<>();
  private long frames;
  private long conditioned;
  private long taken;
  private boolean ended;

  ConditioningQueue(VocoderGraphs graphs) {
    this.graphs = graphs;
    this.manifest = graphs.manifest();
    this.window = manifest.futureFrames() < manifest.contextFrames() ? CAUSAL_WINDOW : WINDOW;
    this.kept = new SlidingValues(manifest.features().mels());
    manifest.conditioning().forEach(tensor -> ready.put(tensor, new SlidingValues(tensor.size())));
  }

  /** Frames seen so far. */
  long frames() {
    return frames;
  }

  /** Frames taken so far. */
  long taken() {
    return taken;
  }

  void add(Features features) {
    float[] values = new float[features.mels()];
    for (int frame = 0; frame < features.frames(); frame++) {
      for (int mel = 0; mel < values.length; mel++) {
        values[mel] = features.at(mel, frame);
      }
      kept.append(values);
    }
    frames += features.frames();
  }

  void end() {
    ended = true;
  }

  /** Frames whose conditioning can be taken now. */
  int available() {
    long whole = ended ? known() : known() / window * window;
    return (int) Math.min(Integer.MAX_VALUE, Math.max(0, whole - taken));
  }

  /** The end of the frames that all they depend on is there for. */
  private long known() {
    return ended ? frames : frames - manifest.futureFrames();
  }

  /** How many values there is room for, of frames and of conditioning. */
  long room() {
    return kept.room() + ready.values().stream().mapToLong(SlidingValues::room).sum();
  }

  /**
   * Takes the conditioning of the next frames.
   *
   * @param count at most {@link #available}
   * @return the conditioning tensors by name, for one row
   */
  Map<String, Tensor> take(int count) {
    while (conditioned < taken + count) {
      runWindow();
    }
    Map<String, Tensor> tensors = new HashMap<>();
    ready.forEach(
        (tensor, values) -> {
          long perFrame = vectorsPerFrame(tensor);
          long from = taken * perFrame;
          long to = (taken + count) * perFrame;
          tensors.put(
              tensor.name(), new Tensor(values.values(from, to), 1, to - from, tensor.size()));
          values.forgetBefore(to);
        });
    taken += count;
    return tensors;
  }

  /** Takes frames that have no samples; nothing where the count is not above 0. */
  void skip(int count) {
    if (count > 0) {
      take(count);
    }
  }

  private void runWindow() {
    long start = conditioned;
    boolean whole = manifest.contextFrames() >= frames;
    long end = whole ? known() : Math.min(start + window, frames);
    long from = Math.max(0, start - manifest.contextFrames());
    long to = Math.min(frames, end + manifest.futureFrames());
    Map<String, Tensor> outputs =
        graphs.run(GraphKind.CONDITIONER, Map.of("features", window(from, to)));
    ready.forEach(
        (tensor, values) -> {
          int perFrame = vectorsPerFrame(tensor) * tensor.size();
          long vectors = (to - from) * vectorsPerFrame(tensor);
          float[] made =
              graphs
                  .output(GraphKind.CONDITIONER, outputs, tensor.name(), 1, vectors, tensor.size())
                  .values();
          values.append(made, (int) (start - from) * perFrame, (int) (end - start) * perFrame);
        });
    conditioned = end;
    kept.forgetBefore(conditioned - manifest.contextFrames());
  }

  private Tensor window(long from, long to) {
    int mels = manifest.features().mels();
    int count = Math.toIntExact(to - from);
    float[] frames = kept.values(from, to);
    float[] values = new float[mels * count];
    for (int frame = 0; frame < count; frame++) {
      for (int mel = 0; mel < mels; mel++) {
        values[mel * count + frame] = frames[frame * mels + mel];
      }
    }
    return new Tensor(values, 1, mels, count);
  }

  private int vectorsPerFrame(Conditioning tensor) {
    return switch (tensor.rate()) {
      case FRAME -> 1;
      case SAMPLE -> manifest.features().hop();
    };
  }
}
