package org.wavebridge.graphs.network.residualgru;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.network.StepResult;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Choice;
import org.wavebridge.graphs.op.DenseLayer;
import org.wavebridge.graphs.op.Inputs;
import org.wavebridge.graphs.op.Layer;
import org.wavebridge.graphs.op.SequenceAttributes;
import org.wavebridge.graphs.op.Weights;

/**
 * The weights of a residual-GRU operator, dense, inside a function body. The {@code aux} layers
 * take a slice of the aux conditioning and hold the bias of the layer they belong to.
 *
 * @param mel {@code [R, M]}, without bias; f32 in every profile
 * @param inputAux {@code [R, A1]}
 * @param gru1Input {@code [3R, R]}
 * @param gru1Recurrent {@code [3R, R]}
 * @param gru2Input {@code [3R, R]}, without bias
 * @param gru2Aux {@code [3R, A2]}
 * @param gru2Recurrent {@code [3R, R]}
 * @param fc1 {@code [D1, R]}, without bias
 * @param fc1Aux {@code [D1, A3]}
 * @param fc2 {@code [D2, D1]}, without bias
 * @param fc2Aux {@code [D2, A4]}
 * @param output {@code [C, D2]}
 */
record ResidualGruWeights(
    Value mel,
    DenseLayer inputAux,
    Layer gru1Input,
    Layer gru1Recurrent,
    Layer gru2Input,
    DenseLayer gru2Aux,
    Layer gru2Recurrent,
    Layer fc1,
    DenseLayer fc1Aux,
    Layer fc2,
    DenseLayer fc2Aux,
    Layer output) {
  static ResidualGruWeights in(Profile profile, Nodes g, Map<String, Value> inputs) {
    Value r = size(g, Inputs.get(inputs, LayerRow.SAMPLE_WEIGHTS), 0);
    Value d1 = size(g, Inputs.get(inputs, ResidualGruLayout.FC1_AUX.biasName()), 0);
    Value d2 = size(g, Inputs.get(inputs, ResidualGruLayout.FC2_AUX.biasName()), 0);
    List<Value> aux = split(g, attributeList(g, ResidualGruGenerate.AUX_SIZES), 0, 4);
    return new ResidualGruWeights(
        Weights.dense(
            g, inputs, ResidualGruLayout.MELS.name(), size(g, Inputs.get(inputs, "mels"), 2)),
        DenseLayer.of(g, inputs, ResidualGruLayout.INPUT_AUX, aux.get(0)),
        Layer.of(profile, g, inputs, ResidualGruLayout.GRU1_INPUT, r),
        Layer.of(profile, g, inputs, ResidualGruLayout.GRU1_RECURRENT, r),
        withoutBias(profile, g, inputs, ResidualGruLayout.GRU2_INPUT, r),
        DenseLayer.of(g, inputs, ResidualGruLayout.GRU2_AUX, aux.get(1)),
        Layer.of(profile, g, inputs, ResidualGruLayout.GRU2_RECURRENT, r),
        withoutBias(profile, g, inputs, ResidualGruLayout.FC1, r),
        DenseLayer.of(g, inputs, ResidualGruLayout.FC1_AUX, aux.get(2)),
        withoutBias(profile, g, inputs, ResidualGruLayout.FC2, d1),
        DenseLayer.of(g, inputs, ResidualGruLayout.FC2_AUX, aux.get(3)),
        Layer.of(profile, g, inputs, ResidualGruLayout.OUTPUT, d2));
  }

  /** A layer whose bias stands with its aux part; it gets one later, per frame. */
  private static Layer withoutBias(
      Profile profile, Nodes g, Map<String, Value> inputs, LayerRow row, Value columns) {
    return Layer.of(profile, g, inputs, row, columns, Value.NONE);
  }

  /** A step with these weights. */
  ResidualGruStep step(Nodes g, Value sampleWeights) {
    return new ResidualGruStep(
        unsqueeze(g, sampleWeights, 0), false, gru1Input, gru1Recurrent, gru2Recurrent, output);
  }

  /**
   * A step of several bands with these weights.
   *
   * @param sampleWeights {@code [R, B]}
   */
  ResidualGruStep bandStep(Nodes g, Value sampleWeights) {
    return new ResidualGruStep(
        transpose(g, sampleWeights, 1, 0), true, gru1Input, gru1Recurrent, gru2Recurrent, output);
  }

  /**
   * The layers of one sample.
   *
   * @param mels the mel part of the input layer, {@code [N, R]}
   * @param aux the four aux parts, as {@link #auxParts}, of the sample's frame
   */
  ResidualGruStep.Frame frame(Nodes g, Value mels, List<Value> aux) {
    return new ResidualGruStep.Frame(
        add(g, mels, aux.get(0)),
        gru2Input.withBias(aux.get(1)),
        fc1.withBias(aux.get(2)),
        fc2.withBias(aux.get(3)));
  }

  /**
   * The part that the aux conditioning {@code [N, F, A]} adds to the four layers, each {@code [N,
   * F, rows]}.
   */
  List<Value> auxParts(Nodes g, Value aux) {
    List<Value> slices = split(g, aux, 2, attributeList(g, ResidualGruGenerate.AUX_SIZES), 4);
    return List.of(
        inputAux.sequence(g, slices.get(0)),
        gru2Aux.sequence(g, slices.get(1)),
        fc1Aux.sequence(g, slices.get(2)),
        fc2Aux.sequence(g, slices.get(3)));
  }

  /** Chooses the value of a sample inside the loop. */
  @FunctionalInterface
  interface Choices {
    /** The choice at sample {@code t}. */
    Choice at(Nodes g, Value t);
  }

  /**
   * A loop over the steps of a sequence.
   *
   * @param steps how many, int64 scalar
   * @param banded whether a step makes a sample of each of several bands
   * @param choices of the values of a step
   * @param emitted what is kept of each step
   * @return what is kept {@code [S, N, ...]}, next_previous, next_state
   */
  static List<Value> loop(
      Profile profile,
      Nodes g,
      Map<String, Value> inputs,
      Function<Nodes, Value> steps,
      boolean banded,
      Choices choices,
      Function<StepResult, Value> emitted) {
    ResidualGruWeights w = in(profile, g, inputs);
    Value mels = matMul(g, Inputs.get(inputs, "mels"), transpose(g, w.mel(), 1, 0));
    List<Value> aux = w.auxParts(g, Inputs.get(inputs, "aux"));
    Value sample = Inputs.get(inputs, LayerRow.SAMPLE_WEIGHTS);
    Value previous = Inputs.get(inputs, "previous");
    ResidualGruStep step = banded ? w.bandStep(g, sample) : w.step(g, sample);
    Value bands = banded ? squeeze(g, size(g, previous, 1), 0) : Value.NONE;
    List<Value> results =
        g.loop(
            steps.apply(g),
            List.of(previous, Inputs.get(inputs, "state")),
            1,
            (body, t, carried) -> {
              Value first = banded ? mul(body, t, bands) : t;
              Value frame = SequenceAttributes.frame(body, first);
              List<Value> now = aux.stream().map(part -> gather(body, part, frame, 1)).toList();
              StepResult made =
                  step.build(
                      body,
                      w.frame(body, gather(body, mels, t, 1), now),
                      carried.get(0),
                      carried.get(1),
                      choices.at(body, t));
              return List.of(made.previous(), made.state(), emitted.apply(made));
            });
    return List.of(results.get(2), results.get(0), results.get(1));
  }
}
