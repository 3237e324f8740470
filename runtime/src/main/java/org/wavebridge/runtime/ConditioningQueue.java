package org.wavebridge.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
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
 * utterance.
 */
final class ConditioningQueue {
  private static final int WINDOW = 64;

  /** Where frames need none after them, so that a stream does not wait for many. */
  private static final int CAUSAL_WINDOW = 16;

  private final VocoderGraphs graphs;
  private final BundleManifest manifest;
  private final int window;
  private final List<float[]> frames = new ArrayList<>();
  private final Map<String, float[]> ready = new HashMap<>();
  private int conditioned;
  private int taken;
  private boolean ended;

  ConditioningQueue(VocoderGraphs graphs) {
    this.graphs = graphs;
    this.manifest = graphs.manifest();
    this.window = manifest.futureFrames() < manifest.contextFrames() ? CAUSAL_WINDOW : WINDOW;
    manifest.conditioning().forEach(tensor -> ready.put(tensor.name(), new float[0]));
  }

  /** Frames seen so far. */
  int frames() {
    return frames.size();
  }

  /** Frames taken so far. */
  int taken() {
    return taken;
  }

  void add(Features features) {
    for (int frame = 0; frame < features.frames(); frame++) {
      float[] values = new float[features.mels()];
      for (int mel = 0; mel < values.length; mel++) {
        values[mel] = features.at(mel, frame);
      }
      frames.add(values);
    }
  }

  void end() {
    ended = true;
  }

  /** Frames whose conditioning can be taken now. */
  int available() {
    int known = ended ? frames.size() : frames.size() - manifest.futureFrames();
    int whole = ended ? known : known / window * window;
    return Math.max(0, whole - taken);
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
    for (Conditioning tensor : manifest.conditioning()) {
      int vectors = count * vectorsPerFrame(tensor);
      float[] all = queue(tensor);
      int size = vectors * tensor.size();
      tensors.put(tensor.name(), new Tensor(Arrays.copyOf(all, size), 1, vectors, tensor.size()));
      ready.put(tensor.name(), Arrays.copyOfRange(all, size, all.length));
    }
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
    int start = conditioned;
    boolean whole = manifest.contextFrames() >= frames.size();
    int end = whole ? frames.size() : Math.min(start + window, frames.size());
    int from = Math.max(0, start - manifest.contextFrames());
    int to = Math.min(frames.size(), end + manifest.futureFrames());
    Map<String, Tensor> outputs =
        graphs.run(GraphKind.CONDITIONER, Map.of("features", window(from, to)));
    for (Conditioning tensor : manifest.conditioning()) {
      int perFrame = vectorsPerFrame(tensor) * tensor.size();
      long vectors = (long) (to - from) * vectorsPerFrame(tensor);
      float[] made =
          graphs
              .output(GraphKind.CONDITIONER, outputs, tensor.name(), 1, vectors, tensor.size())
              .values();
      float[] before = queue(tensor);
      int size = (end - start) * perFrame;
      float[] after = Arrays.copyOf(before, before.length + size);
      System.arraycopy(made, (start - from) * perFrame, after, before.length, size);
      ready.put(tensor.name(), after);
    }
    conditioned = end;
  }

  private Tensor window(int from, int to) {
    int mels = manifest.features().mels();
    int count = to - from;
    float[] values = new float[mels * count];
    for (int frame = 0; frame < count; frame++) {
      for (int mel = 0; mel < mels; mel++) {
        values[mel * count + frame] = frames.get(from + frame)[mel];
      }
    }
    return new Tensor(values, 1, mels, count);
  }

  private float[] queue(Conditioning tensor) {
    return ready.getOrDefault(tensor.name(), new float[0]);
  }

  private int vectorsPerFrame(Conditioning tensor) {
    return switch (tensor.rate()) {
      case FRAME -> 1;
      case SAMPLE -> manifest.features().hop();
    };
  }
}
