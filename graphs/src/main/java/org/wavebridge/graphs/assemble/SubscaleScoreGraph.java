package org.wavebridge.graphs.assemble;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.ArrayList;
import java.util.List;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.ContextNetwork;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.SubscaleContext;
import org.wavebridge.graphs.op.SubscaleContext.Window;

/**
 * {@code score} of a subscale model. Where the samples are given all contexts are known at once, so
 * the sub-tensors are the rows of the ordinary score operator, whose conditioning is that of each
 * sample joined with its context; nothing is staggered.
 */
final class SubscaleScoreGraph {
  private final ModelBuilder g;
  private final VocoderModel model;
  private final Subscale subscale;

  private SubscaleScoreGraph(ModelBuilder g, VocoderModel model) {
    this.g = g;
    this.model = model;
    this.subscale = SubscaleWeights.of(model);
  }

  static OnnxModel build(VocoderModel model, Profile profile) {
    ModelBuilder g =
        new ModelBuilder(
            "score",
            "Teacher forcing of a subscale utterance with as many sub-tensors as previous and state have rows. audio [A] are the given samples from range[0] on;"
                + " those scored are range[2] ones from range[1] on, a multiple of the rows, and from its frame (or sample) on conditioning is given. audio must"
                + " begin early enough for the reach of the context, and end horizon positions after the samples scored or with the utterance."
                + " logits [1, T, 2, 256] (coarse, fine) for a dual softmax, else [1, T, C]. Calls chain if range[2] is a multiple of the rows.");
    new SubscaleScoreGraph(g, model).nodes(profile);
    return g.build();
  }

  private void nodes(Profile profile) {
    StepNetwork network = model.network();
    List<Conditioning> tensors = network.conditioningTensors();
    List<Value> conditioning = tensors.stream().map(tensor -> tensor.windowInput(g)).toList();
    Value audio = g.node("Pad", List.of(g.input("audio", Dim.A), longs(g, 0, 1)));
    Value previous = StateTensors.previousInput(g, network);
    Value state = StateTensors.stateInput(g, network);
    Value range = g.input("range", ElementType.INT64, Dim.of(3));
    Value size = sub(g, squeeze(g, size(g, audio, 0), 0), scalar(g, 1));
    Window window = Window.of(g, gather(g, range, scalar(g, 0), 0), size);
    Value start = gather(g, range, scalar(g, 1), 0);
    Value count = gather(g, range, scalar(g, 2), 0);
    Value rows = squeeze(g, size(g, previous, 0), 0);
    Value positions = div(g, add(g, count, sub(g, rows, scalar(g, 1))), rows);
    Value row = unsqueeze(g, range(g, rows), 1);
    Value offset = add(g, mul(g, unsqueeze(g, range(g, positions), 0), rows), row);
    Value there = g.node("Less", List.of(offset, count));
    Value sample = add(g, offset, start);

    Value given = gather(g, audio, where(there, sub(g, sample, window.first()), size), 0);
    List<Value> inputs = new ArrayList<>();
    for (int i = 0; i < tensors.size(); i++) {
      inputs.add(spread(tensors.get(i), conditioning.get(i), there, sample, offset, start));
    }
    subscale
        .context()
        .map(context -> contexts(context, audio, window, div(g, start, rows), rows, positions))
        .ifPresent(context -> inputs.set(0, concat(g, 2, inputs.get(0), context)));
    inputs.addAll(List.of(given, previous, state));
    outputs(operator(profile, inputs), count);
  }

  /** Conditioning of every sample of every row, {@code [B, T, size]}; zeros where there is none. */
  private Value spread(
      Conditioning tensor, Value values, Value there, Value sample, Value offset, Value start) {
    Value ended = g.node("Pad", List.of(values, longs(g, 0, 0, 1, 0)));
    Value at =
        switch (tensor.rate()) {
          case FRAME -> sub(g, frame(sample), frame(start));
          case SAMPLE -> offset;
        };
    return gather(g, ended, where(there, at, squeeze(g, size(g, values, 0), 0)), 0);
  }

  private Value frame(Value sample) {
    return div(g, sample, scalar(g, model.features().hop()));
  }

  /** The contexts of {@code positions} positions from {@code first} on, {@code [B, T, X]}. */
  private Value contexts(
      ContextNetwork network,
      Value audio,
      Window window,
      Value first,
      Value rows,
      Value positions) {
    SubscaleContext context = new SubscaleContext(subscale);
    Value samples = context.samples(g, rows, scalar(g, 0), positions);
    Value read = add(g, samples, mul(g, first, rows));
    Value channels = transpose(g, context.channels(g, read, audio, window), 0, 2, 1);
    return new FrameLayers(g, unsqueeze(g, rows, 0)).convolve(channels, network.layers());
  }

  private List<Value> operator(Profile profile, List<Value> inputs) {
    StepNetwork network = model.network();
    StepNetwork joined =
        subscale.context().map(context -> network.joined(context.input())).orElse(network);
    return ScoreGraph.fused(g, profile, inputs, joined, 1);
  }

  /** The logits of the rows in the order of the samples, {@code [1, T, ...]}. */
  private void outputs(List<Value> made, Value count) {
    int[] logits = model.network().logitShape();
    long[] axes = new long[2 + logits.length];
    long[] shape = new long[axes.length];
    for (int i = 0; i < logits.length; i++) {
      axes[2 + i] = 2L + i;
      shape[2 + i] = logits[i];
    }
    axes[0] = 1;
    shape[0] = 1;
    shape[1] = -1;
    Value inOrder = reshape(g, transpose(g, made.get(0), axes), shape);
    Value scored =
        g.node("Slice", List.of(inOrder, longs(g, 0), unsqueeze(g, count, 0), longs(g, 1)));
    ScoreGraph.outputs(g, model.network(), List.of(scored, made.get(1), made.get(2)), Dim.of(1));
  }

  private Value where(Value condition, Value yes, Value no) {
    return g.node("Where", List.of(condition, yes, no));
  }
}
