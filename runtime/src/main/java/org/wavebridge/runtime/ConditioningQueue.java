package org.wavebridge.runtime;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.SpeakerEmbedding;
import org.wavebridge.runtime.spi.Tensor;

/**
 * Features in, conditioning out, of one utterance. The conditioner runs over new frames only, and
 * its state goes from call to call; so neither the way in which features arrive nor that in which
 * conditioning is taken changes it. Where conditioning depends on the whole utterance, it is there
 * at the end. What is not needed any more is forgotten.
 */
final class ConditioningQueue {
  /** The most frames of one call: an interrupt is seen, and memory bounded. */
  private static final int MOST_FRAMES = 64;

  private final VocoderGraphs graphs;
  private final BundleManifest manifest;
  private final Optional<FrameConditioner> conditioner;
  private final Map<String, Tensor> speaker;
  private final int lead;
  private final int tail;

  /** The frames with their padding at both ends, as far as it is there. */
  private final SlidingValues given;

  private final Map<Conditioning, SlidingValues> ready = new LinkedHashMap<>();
  private float[] newest = {};
  private Tensor state;
  private long frames;
  private long run;
  private long taken;
  private boolean ended;

  /**
   * The queue of an utterance.
   *
   * @throws org.wavebridge.graphs.InputException if the bundle takes another speaker, see {@link
   *     VocoderGraphs#speaker}
   */
  ConditioningQueue(VocoderGraphs graphs, Optional<SpeakerEmbedding> speaker) {
    this.graphs = graphs;
    this.manifest = graphs.manifest();
    this.speaker = graphs.speaker(speaker);
    this.conditioner = graphs.frameConditioner();
    this.lead = conditioner.map(FrameConditioner::lead).orElse(0);
    this.tail = conditioner.map(FrameConditioner::tail).orElse(0);
    this.state = conditioner.map(FrameConditioner::start).orElse(new Tensor(new float[0], 1, 0));
    this.given = new SlidingValues(manifest.features().mels());
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
    for (int frame = 0; frame < features.frames(); frame++) {
      float[] values = new float[features.mels()];
      for (int mel = 0; mel < values.length; mel++) {
        values[mel] = features.at(mel, frame);
      }
      newest = values;
      if (frames == 0) {
        pad(lead);
      }
      given.append(values);
      frames++;
    }
  }

  void end() {
    if (!ended && frames > 0) {
      pad(tail);
    }
    ended = true;
  }

  private void pad(int count) {
    float[] padding = conditioner.map(each -> each.padding(newest)).orElse(newest);
    for (int i = 0; i < count; i++) {
      given.append(padding);
    }
  }

  /** Frames whose conditioning can be taken now. */
  int available() {
    return (int) Math.min(Integer.MAX_VALUE, Math.max(0, known(0, ended) - taken));
  }

  /** Frames whose conditioning is known when so many more are there, and perhaps the end. */
  long known(long more, boolean end) {
    long all = frames + more;
    return end ? all : conditioner.isEmpty() ? 0 : all - tail;
  }

  /** How many values there is room for, of frames and of conditioning. */
  long room() {
    long vectors = ready.values().stream().mapToLong(SlidingValues::room).sum();
    return given.room() + state.values().length + vectors;
  }

  /**
   * Takes the conditioning of the next frames.
   *
   * @param count at most {@link #available}
   * @return the conditioning tensors by name, for one row
   */
  Map<String, Tensor> take(int count) {
    while (count > 0 && run - lead - tail < taken + count) {
      runNext();
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

  /** Runs the conditioner over the next frames; the conditioning of padding means nothing. */
  private void runNext() {
    long all = frames == 0 ? 0 : lead + frames + (ended ? tail : 0);
    long end = conditioner.isEmpty() ? all : Math.min(all, run + MOST_FRAMES);
    int count = Math.toIntExact(end - run);
    int mels = manifest.features().mels();
    Tensor features = new Tensor(given.values(run, end), 1, count, mels);
    String label = graphs.label(GraphKind.CONDITIONER);
    Map<String, Tensor> inputs = new HashMap<>(speaker);
    Map<String, Tensor> outputs;
    if (conditioner.isPresent()) {
      label = conditioner.get().label();
      inputs.put("features", features);
      if (state.values().length > 0) {
        inputs.put("state", state);
      }
      outputs = graphs.run(conditioner.get(), inputs);
      if (state.values().length > 0) {
        state = VocoderGraphs.output(label, outputs, "next_state", state.shape());
      }
    } else {
      inputs.put("features", byMel(features.values(), count));
      outputs = graphs.run(GraphKind.CONDITIONER, inputs);
    }
    int dropped = (int) Math.max(0, Math.min(count, lead + tail - run));
    for (Map.Entry<Conditioning, SlidingValues> each : ready.entrySet()) {
      Conditioning tensor = each.getKey();
      long vectors = vectorsPerFrame(tensor);
      int perFrame = Math.toIntExact(vectors * tensor.size());
      float[] made =
          VocoderGraphs.output(label, outputs, tensor.name(), 1, count * vectors, tensor.size())
              .values();
      each.getValue().append(made, dropped * perFrame, (count - dropped) * perFrame);
    }
    run = end;
    given.forgetBefore(run);
  }

  /** Frames {@code [frames, mels]} as features {@code [1, mels, frames]}. */
  private Tensor byMel(float[] frames, int count) {
    int mels = manifest.features().mels();
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
