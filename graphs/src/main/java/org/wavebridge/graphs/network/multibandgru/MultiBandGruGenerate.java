package org.wavebridge.graphs.network.multibandgru;

import static org.wavebridge.graphs.onnx.StandardOps.concat;
import static org.wavebridge.graphs.onnx.StandardOps.div;
import static org.wavebridge.graphs.onnx.StandardOps.floatAttribute;
import static org.wavebridge.graphs.onnx.StandardOps.gather;
import static org.wavebridge.graphs.onnx.StandardOps.longs;
import static org.wavebridge.graphs.onnx.StandardOps.mul;
import static org.wavebridge.graphs.onnx.StandardOps.reshape;
import static org.wavebridge.graphs.onnx.StandardOps.size;
import static org.wavebridge.graphs.onnx.StandardOps.squeeze;
import static org.wavebridge.graphs.onnx.StandardOps.transpose;
import static org.wavebridge.graphs.onnx.StandardOps.unsqueeze;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.network.StepResult;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OperatorAttribute;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Draws;
import org.wavebridge.graphs.op.Inputs;
import org.wavebridge.graphs.op.SequenceAttributes;

/**
 * The fused generation loop of a multi-band GRU: conditioning {@code [N, F, 3H]} and uniforms
 * {@code [N, T, 2]} to audio {@code [N, T]}, the samples of the B bands of a step next to each
 * other; T is a multiple of B. Source: Google Lyra 0.0.2. The body is a Loop over {@link
 * MultiBandGruStep}.
 */
final class MultiBandGruGenerate {
  static final String MIXTURES = "mixtures";

  /** Attribute: 16-bit levels of one unit of means and scales. */
  static final String LEVELS_PER_UNIT = "levels_per_unit";

  /** Attribute: how far the uniforms of values are kept from 0 and 1. */
  static final String UNIFORM_MARGIN = "uniform_margin";

  /** The attributes that both operators of the network have. */
  static final List<OperatorAttribute> ATTRIBUTES =
      List.of(
          SequenceAttributes.SAMPLES,
          OperatorAttribute.integer(
              MIXTURES, 1, Head.MOST_OUTPUTS, "logistic components K of a band"));

  private MultiBandGruGenerate() {}

  /** The operator in a profile. */
  static CustomOperator in(Profile profile) {
    return MultiBandGruLayout.OPERATORS.generate(
        profile,
        "Generates audio [N, T], T = B * steps, step by step: i = conditioning + W_s x; h' = GRU(i, R h + b, h); l = O relu(P h'); a sample of each of B"
            + " bands is drawn from its 3 * mixtures outputs (mixture logits, means, scales), and they are the next x. conditioning [N, F, 3H],"
            + " uniforms [N, T, 2], previous [N, B], state [N, H], temperature [N]; sample t uses conditioning t / samples_per_frame.",
        SequenceAttributes.with(
            ATTRIBUTES,
            OperatorAttribute.between(
                LEVELS_PER_UNIT, 0, 32768, "16-bit levels of one unit of means and scales"),
            OperatorAttribute.between(
                UNIFORM_MARGIN, 0, 0.5, "how far uniforms of values are kept from 0 and 1")),
        (g, inputs) -> body(profile, g, inputs));
  }

  private static List<Value> body(Profile profile, Nodes g, Map<String, Value> inputs) {
    Value previous = Inputs.get(inputs, "previous");
    Value uniforms = Inputs.get(inputs, "uniforms");
    Value conditioning = Inputs.get(inputs, "conditioning");
    Value bands = size(g, previous, 1);
    Value steps = div(g, size(g, uniforms, 1), bands);
    Value rows = size(g, previous, 0);
    Value drawn = reshape(g, uniforms, concat(g, 0, rows, steps, bands, longs(g, 2)));
    MultiBandGruStep step = MultiBandGruWeights.step(profile, g, inputs);
    Draws.BandDraw draw =
        new Draws.BandDraw(
            unsqueeze(g, Inputs.get(inputs, "temperature"), 1),
            floatAttribute(g, LEVELS_PER_UNIT),
            floatAttribute(g, UNIFORM_MARGIN));
    Value bandCount = squeeze(g, bands, 0);
    List<Value> results =
        g.loop(
            squeeze(g, steps, 0),
            List.of(previous, Inputs.get(inputs, "state")),
            1,
            (body, t, carried) -> {
              Value column = SequenceAttributes.frame(body, mul(body, t, bandCount));
              StepResult made =
                  step.build(
                      body,
                      gather(body, conditioning, column, 1),
                      carried.get(0),
                      carried.get(1),
                      gather(body, drawn, t, 1),
                      draw);
              return List.of(made.audio(), made.state(), made.audio());
            });
    // A loop without iterations leaves an output of rank 1.
    Value made = reshape(g, results.get(2), concat(g, 0, steps, rows, bands));
    Value audio = transpose(g, made, 1, 0, 2);
    return List.of(
        reshape(g, audio, concat(g, 0, rows, mul(g, steps, bands))),
        results.get(0),
        results.get(1));
  }
}
