package org.wavebridge.graphs.assemble;

import static org.wavebridge.graphs.onnx.StandardOps.size;
import static org.wavebridge.graphs.onnx.StandardOps.slice;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.Conditioner;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.onnx.Value;

/**
 * Graphs for a server of models, which runs nothing around them. Three make whole utterances one
 * after the other, {@link #conditioner}, {@link #generate}, {@link #decode}; one makes the next
 * samples of streams, {@link #stream}. The first axis of every tensor is that of rows.
 */
public final class ServingGraphs {
  private ServingGraphs() {}

  /**
   * Features {@code [N, mels, F]} of whole utterances to the conditioning of the frames that have
   * samples.
   */
  public static OnnxModel conditioner(VocoderModel model) {
    ModelBuilder g =
        new ModelBuilder(
            "conditioner",
            "Features [N, %d, F] of whole utterances to the conditioning of their frames but the first %d and the last %d, which have no samples."
                .formatted(
                    model.features().mels(),
                    model.utterance().leadFrames(),
                    model.utterance().tailFrames()));
    List<Value> made = ConditionerGraph.made(g, model);
    List<Conditioning> tensors = model.conditioningTensors();
    for (int i = 0; i < tensors.size(); i++) {
      if (tensors.get(i).size() > 0) {
        tensors.get(i).output(g, sounding(g, made.get(i), tensors.get(i), model));
      }
    }
    return g.build();
  }

  /** What {@link #conditioner} hands to {@link #generate}: the tensors that have values. */
  public static List<Conditioning> conditioningTensors(VocoderModel model) {
    return model.conditioningTensors().stream().filter(tensor -> tensor.size() > 0).toList();
  }

  private static Value sounding(
      ModelBuilder g, Value conditioning, Conditioning tensor, VocoderModel model) {
    Utterance utterance = model.utterance();
    long vectors = tensor.rate() == Conditioning.Rate.SAMPLE ? model.features().hop() : 1;
    long first = utterance.leadFrames() * vectors;
    long last = utterance.tailFrames() * vectors;
    return first == 0 && last == 0
        ? conditioning
        : slice(g, conditioning, 1, first, last == 0 ? Long.MAX_VALUE : -last);
  }

  /** The conditioning of whole utterances, a seed and a temperature of each, to audio. */
  public static OnnxModel generate(VocoderModel model, Profile profile) {
    ModelBuilder g =
        new ModelBuilder(
            "generate",
            "Generates whole utterances, audio [N, T] in [-1, 1] before decoding: seed [N, 1], temperature [N, 1].");
    List<Value> conditioning = new ArrayList<>();
    for (Conditioning tensor : model.conditioningTensors()) {
      // One without values has as many vectors as the one before it.
      conditioning.add(
          tensor.size() > 0
              ? tensor.sequenceInput(g)
              : slice(g, conditioning.get(conditioning.size() - 1), 2, 0, 0));
    }
    Carry carry = Carry.nothing(g, size(g, conditioning.get(0), 0));
    Value audio = SeededGenerateGraph.audio(g, model, profile, conditioning, carry);
    g.output("audio", audio, Dim.N, Dim.T);
    return g.build();
  }

  /** The audio {@code [N, T]} of whole utterances to amplitudes and 16-bit samples. */
  public static OnnxModel decode(VocoderModel model) {
    ModelBuilder g = DecodeGraph.builder();
    Value audio = g.input("audio", Dim.N, Dim.T);
    DecodeGraph.outputs(g, model, audio, Carry.nothing(g, size(g, audio, 0)));
    return g.build();
  }

  /**
   * A graph of streams.
   *
   * @param graph features {@code [N, F, mels]}, a seed and a temperature of each row, and what
   *     calls hand on, to amplitudes and 16-bit samples
   * @param carried what calls hand on
   * @param context frames before the first frame to make, and after the last, that a call is given
   *     too: F is that of the frames to make and twice this
   */
  public record Stream(OnnxModel graph, List<CarriedTensor> carried, int context) {}

  /**
   * The next samples of streams; empty where conditioning depends on the whole utterance, or keeps
   * its past but looks ahead: its first frames give no samples. A call is given the frames to make
   * and those around them, so that rows at the start, in the middle and at the end of an utterance
   * can be in one call. A causal conditioner needs none around and hands on its state instead.
   */
  public static Optional<Stream> stream(VocoderModel model, Profile profile) {
    Conditioner conditioner = model.conditioner();
    boolean causal = StreamedConditioner.keepsPast(conditioner);
    if (conditioner.contextFrames() >= Conditioner.WHOLE
        || (causal && conditioner.futureFrames() > 0)) {
      return Optional.empty();
    }
    int context = causal ? 0 : conditioner.contextFrames();
    int mels = model.features().mels();
    ModelBuilder g =
        new ModelBuilder(
            "stream",
            "The next frames of N utterances, features [N, F, %d] with %d frames around those to make at each end, to amplitudes, waveform [N, T], and 16-bit samples, pcm [N, T]: seed [N, 1], temperature [N, 1]. Feed each next_ output to the input of that name in the next call."
                .formatted(mels, context));
    Value features = g.input("features", Dim.N, Dim.F, Dim.of(mels));
    Value rows = size(g, features, 0);
    Carry carry = Carry.on(g);
    List<Value> conditioning =
        causal
            ? carried(g, model, features, carry)
            : new ConditioningLayers(g, rows, Past.PADDED).of(features, model);
    Value audio = SeededGenerateGraph.audio(g, model, profile, conditioning, carry);
    DecodeGraph.outputs(g, model, audio, carry);
    carry.advance(SeededGenerateGraph.samples(g, model, conditioning));
    return Optional.of(new Stream(g.build(), carry.tensors(), context));
  }

  private static List<Value> carried(
      ModelBuilder g, VocoderModel model, Value features, Carry carry) {
    StreamedConditioner.Layers layers =
        StreamedConditioner.layers(g, model, features, "past", true);
    carry.taken("past", "next_past", layers.state());
    return layers.conditioning();
  }
}
