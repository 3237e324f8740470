package org.wavebridge.graphs.assemble;

import static org.wavebridge.graphs.onnx.StandardOps.size;
import static org.wavebridge.graphs.onnx.StandardOps.slice;
import static org.wavebridge.graphs.onnx.StandardOps.squeeze;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.Conditioner;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.onnx.Value;

/**
 * Graphs for a server of models, which runs nothing around them. Three make whole utterances one
 * after the other, {@link #conditioner}, {@link #generate}, {@link #decode}, or where a GPU makes
 * the samples, {@link #planInputs}, {@link #plan}, {@link #decode}; one makes the next samples of
 * streams, {@link #stream}. The first axis of every tensor is that of rows.
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
    conditioned(g, model);
    return g.build();
  }

  /** The conditioning of the frames that have samples; what has values is an output. */
  private static List<Value> conditioned(ModelBuilder g, VocoderModel model) {
    List<Value> made = ConditionerGraph.made(g, model);
    List<Conditioning> tensors = model.conditioningTensors();
    List<Value> sounding = new ArrayList<>();
    for (int i = 0; i < tensors.size(); i++) {
      sounding.add(sounding(g, made.get(i), tensors.get(i), model));
      if (tensors.get(i).size() > 0) {
        tensors.get(i).output(g, sounding.get(i));
      }
    }
    return sounding;
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
    List<Value> conditioning = given(g, model);
    Carry carry = Carry.nothing(g, size(g, conditioning.get(0), 0));
    Value audio = SeededGenerateGraph.audio(g, model, profile, conditioning, carry);
    g.output("audio", audio, Dim.N, Dim.T);
    return g.build();
  }

  private static List<Value> given(ModelBuilder g, VocoderModel model) {
    List<Value> conditioning = new ArrayList<>();
    for (Conditioning tensor : model.conditioningTensors()) {
      // One without values has as many vectors as the one before it.
      conditioning.add(
          tensor.size() > 0
              ? tensor.sequenceInput(g)
              : slice(g, conditioning.get(conditioning.size() - 1), 2, 0, 0));
    }
    return conditioning;
  }

  /**
   * Features {@code [N, mels, F]} of whole utterances and a seed {@code [N, 1]} of each to all that
   * {@link #plan} takes but for the temperature.
   */
  public static OnnxModel planInputs(VocoderModel model) {
    StepNetwork network = model.network();
    ModelBuilder g =
        new ModelBuilder(
            "plan_inputs",
            "Features [N, %d, F] of whole utterances, seed [N, 1], to what their samples are made of: conditioning, uniforms [N, T, %d], previous, state."
                .formatted(model.features().mels(), network.draws()));
    List<Value> conditioning = conditioned(g, model);
    Value seed = g.input("seed", ElementType.INT64, Dim.N, Dim.of(1));
    Carry carry = Carry.nothing(g, size(g, conditioning.get(0), 0));
    Value uniforms = SeededGenerateGraph.uniforms(g, model, seed, conditioning, carry);
    g.output("uniforms", uniforms, Dim.N, Dim.T, Dim.of(network.draws()));
    float[] previous = network.initialPrevious();
    g.output("previous", carry.take("previous", previous), Dim.N, Dim.of(previous.length));
    float[] state = new float[network.stateSize()];
    g.output("state", carry.take("state", state), Dim.N, Dim.of(state.length));
    return g.build();
  }

  /**
   * Samples for a GPU, where uniforms are not drawn: conditioning, {@code uniforms [N, T, draws]},
   * {@code previous}, {@code state}, {@code temperature [N, 1]} to {@code audio [N, T]} and what
   * {@link #planCarried} says.
   */
  public static OnnxModel plan(VocoderModel model, Profile profile) {
    StepNetwork network = model.network();
    ModelBuilder g =
        new ModelBuilder(
            "plan",
            "Generates samples, audio [N, T] in [-1, 1] before decoding, from conditioning, uniforms [N, T, %d] and temperature [N, 1]. previous [N, %d] are the values fed back, state [N, %d] the recurrent state: feed next_previous and next_state to the next call."
                .formatted(network.draws(), network.initialPrevious().length, network.stateSize()));
    List<Value> inputs = new ArrayList<>();
    model.conditioningTensors().forEach(tensor -> inputs.add(tensor.sequenceInput(g)));
    inputs.add(g.input("uniforms", Dim.N, Dim.T, Dim.of(network.draws())));
    inputs.add(StateTensors.previousInput(g, network));
    inputs.add(StateTensors.stateInput(g, network));
    inputs.add(squeeze(g, g.input("temperature", Dim.N, Dim.of(1)), 1));
    List<Value> made = GenerateGraph.made(g, model, profile, inputs);
    g.output("audio", made.get(0), Dim.N, Dim.T);
    StateTensors.outputs(g, network, made.get(1), made.get(2));
    return g.build();
  }

  /** What the calls of {@link #plan} hand on in a stream. */
  public static List<CarriedTensor> planCarried(VocoderModel model) {
    StepNetwork network = model.network();
    return List.of(
        new CarriedTensor(
            "previous", "next_previous", ElementType.FLOAT, network.initialPrevious()),
        new CarriedTensor(
            "state", "next_state", ElementType.FLOAT, new float[network.stateSize()]));
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
   * @param late samples by which a stream is late: the first so many are dropped, and frames after
   *     the last bring as many
   * @param counted whether calls are given {@code samples [N, 1]}, int64: how many the utterance
   *     has, 0 while that is not known
   */
  public record Stream(
      OnnxModel graph, List<CarriedTensor> carried, int context, int late, boolean counted) {}

  /**
   * The next samples of streams; empty where conditioning depends on the whole utterance, or keeps
   * its past but looks ahead: its first frames give no samples. A call is given the frames to make
   * and those around them, so that rows at the start, in the middle and at the end of an utterance
   * can be in one call. A causal conditioner needs none around and hands on its state instead.
   */
  public static Optional<Stream> stream(VocoderModel model, Profile profile) {
    if (!streams(model)) {
      return Optional.empty();
    }
    ModelBuilder g =
        new ModelBuilder(
            "stream",
            "The next frames of N utterances, features [N, F, %d] with %d frames around those to make at each end, to amplitudes, waveform [N, T], and 16-bit samples, pcm [N, T]: seed [N, 1], temperature [N, 1]. Feed each next_ output to the input of that name in the next call."
                .formatted(model.features().mels(), context(model)));
    Carry carry = Carry.on(g);
    List<Value> conditioning = streamed(g, model, carry);
    Value audio = SeededGenerateGraph.audio(g, model, profile, conditioning, carry);
    DecodeGraph.outputs(g, model, audio, carry);
    carry.advance(SeededGenerateGraph.samples(g, model, conditioning));
    return Optional.of(stream(g, carry, model));
  }

  /**
   * What {@link #plan} takes for the next samples of streams, but for the temperature and what its
   * calls hand on; empty where {@link #stream} is.
   */
  public static Optional<Stream> planStream(VocoderModel model) {
    if (!streams(model)) {
      return Optional.empty();
    }
    ModelBuilder g =
        new ModelBuilder(
            "plan_stream",
            "The next frames of N utterances, features [N, F, %d] with %d frames around those to make at each end, and seed [N, 1] to conditioning and uniforms [N, T, %d]. Feed each next_ output to the input of that name in the next call."
                .formatted(model.features().mels(), context(model), model.network().draws()));
    Carry carry = Carry.on(g);
    List<Value> conditioning = streamed(g, model, carry);
    List<Conditioning> tensors = model.conditioningTensors();
    for (int i = 0; i < tensors.size(); i++) {
      if (tensors.get(i).size() > 0) {
        tensors.get(i).output(g, conditioning.get(i));
      }
    }
    Value seed = g.input("seed", ElementType.INT64, Dim.N, Dim.of(1));
    Value uniforms = SeededGenerateGraph.uniforms(g, model, seed, conditioning, carry);
    g.output("uniforms", uniforms, Dim.N, Dim.T, Dim.of(model.network().draws()));
    carry.advance(SeededGenerateGraph.samples(g, model, conditioning));
    return Optional.of(stream(g, carry, model));
  }

  /** The audio {@code [N, T]} of streams to amplitudes and 16-bit samples. */
  public static Stream decodeStream(VocoderModel model) {
    ModelBuilder g = DecodeGraph.builder(model);
    return stream(g, DecodeGraph.following(g, model), model);
  }

  private static Stream stream(ModelBuilder g, Carry carry, VocoderModel model) {
    return new Stream(
        g.build(),
        carry.tensors(),
        context(model),
        DecodeGraph.late(model),
        DecodeGraph.takesSamples(model));
  }

  private static boolean streams(VocoderModel model) {
    Conditioner conditioner = model.conditioner();
    boolean ahead = StreamedConditioner.keepsPast(conditioner) && conditioner.futureFrames() > 0;
    return conditioner.contextFrames() < Conditioner.WHOLE && !ahead;
  }

  /** Frames around those to make; none where the conditioner keeps its past itself. */
  private static int context(VocoderModel model) {
    Conditioner conditioner = model.conditioner();
    return StreamedConditioner.keepsPast(conditioner) ? 0 : conditioner.contextFrames();
  }

  /** The conditioning of the frames to make. */
  private static List<Value> streamed(ModelBuilder g, VocoderModel model, Carry carry) {
    Value features = g.input("features", Dim.N, Dim.F, Dim.of(model.features().mels()));
    return StreamedConditioner.keepsPast(model.conditioner())
        ? carried(g, model, features, carry)
        : new ConditioningLayers(g, size(g, features, 0), Past.PADDED).of(features, model);
  }

  private static List<Value> carried(
      ModelBuilder g, VocoderModel model, Value features, Carry carry) {
    StreamedConditioner.Layers layers =
        StreamedConditioner.layers(g, model, features, "past", true);
    carry.taken("past", "next_past", layers.state());
    return layers.conditioning();
  }
}
