package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.ContextNetwork;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OperatorAttribute;
import org.wavebridge.graphs.onnx.OperatorTensor;
import org.wavebridge.graphs.onnx.Value;

/**
 * The common part of the subscale operators: inputs and attributes, and the loop over the steps of
 * the schedule. In step n row s is at position n - s lag and makes the sample B position + s, if
 * that lies in the window; a row that makes none keeps what it carries.
 */
public final class SubscaleLoop {
  /** Attribute: future positions F of earlier rows that a sample depends on. */
  public static final String HORIZON = "horizon";

  /** Attribute: whether channel 0 of the context carries a row's own past. */
  public static final String OWN_PAST = "own_past";

  /** Attribute: channels of the first context layer; 0 without a context. */
  public static final String CONTEXT_CHANNELS = "context_channels";

  /** Attribute: taps of each context layer. */
  public static final String CONTEXT_KERNELS = "context_kernels";

  /** Attribute: dilation of each context layer. */
  public static final String CONTEXT_DILATIONS = "context_dilations";

  /** Attribute: channels that each context layer gives. */
  public static final String CONTEXT_OUTPUTS = "context_outputs";

  /** Attribute: whether each context layer ends in a ReLU. */
  public static final String CONTEXT_RELUS = "context_relus";

  /** Far above any vocoder. */
  private static final int MOST_CHANNELS = 1 << 12;

  private static final String CONTEXT_INPUT = "context_input";

  private static final ContextLayer SMALLEST =
      new ContextLayer(WeightMatrix.dense("layer", 1, 2, new float[2]), new float[1], 1, 1, false);

  /** One schedule for each form that the operators have: without and with a context network. */
  public static final List<Subscale> FORMS =
      List.of(
          new Subscale(2, 1, 1, Optional.empty()),
          new Subscale(
              2,
              1,
              1,
              Optional.of(
                  new ContextNetwork(
                      true,
                      List.of(SMALLEST),
                      WeightMatrix.dense(CONTEXT_INPUT, 3, 1, new float[3])))));

  private final Subscale subscale;
  private final Optional<SubscaleContext> context;
  private final Optional<ContextLayers> contextLayers;
  private final Optional<Value> contextInput;

  /**
   * Reads the context's inputs inside a function body.
   *
   * @param subscale its structure is part of the body; values of weights are not read
   */
  public SubscaleLoop(Nodes g, Map<String, Value> inputs, Subscale subscale) {
    this.subscale = subscale;
    Optional<ContextNetwork> network = subscale.context();
    this.context = network.map(any -> new SubscaleContext(subscale));
    this.contextLayers =
        network.map(
            any -> ContextLayers.of(g, Inputs.get(inputs, SubscaleContext.LAYERS), any.layers()));
    this.contextInput =
        network.map(any -> Weights.dense(g, inputs, CONTEXT_INPUT, longs(g, any.size())));
  }

  /**
   * The inputs of the operator, then those of the context.
   *
   * @param rows of W of the context
   */
  public static List<OperatorTensor> inputs(List<OperatorTensor> operator, String rows) {
    return SequenceAttributes.inputs(
        operator,
        List.of(
            OperatorTensor.weight(CONTEXT_INPUT, "[%s, X]".formatted(rows)),
            OperatorTensor.constant(SubscaleContext.LAYERS, "[Z]")));
  }

  /** The attributes of the operator, then those of the schedule and of the context. */
  public static List<OperatorAttribute> attributes(
      Subscale subscale, List<OperatorAttribute> operator) {
    List<OperatorAttribute> all =
        SequenceAttributes.with(
            operator,
            OperatorAttribute.integer(
                HORIZON,
                0,
                Integer.MAX_VALUE,
                "future positions of earlier rows that a sample sees"),
            OperatorAttribute.integer(
                OWN_PAST, 0, 1, "1 where channel 0 carries the row's own past"),
            OperatorAttribute.integer(
                CONTEXT_CHANNELS,
                0,
                MOST_CHANNELS,
                "the most rows, and channels of the first context layer; 0 without a context network"));
    return subscale.context().isEmpty()
        ? all
        : SequenceAttributes.with(
            all,
            ofEachLayer(CONTEXT_KERNELS, 1, BlockSparseGemm.MOST_INPUTS, "taps"),
            ofEachLayer(CONTEXT_DILATIONS, 1, 1 << 20, "dilation"),
            ofEachLayer(CONTEXT_OUTPUTS, 1, BlockSparseGemm.MOST_INPUTS, "outputs"),
            ofEachLayer(CONTEXT_RELUS, 0, 1, "1 where it ends in a ReLU"));
  }

  private static OperatorAttribute ofEachLayer(
      String name, long lowest, long highest, String what) {
    return OperatorAttribute.integers(name, lowest, highest, "of each context layer: " + what)
        .orAbsent();
  }

  /** W of the context, {@code [rows, X]}, where there is a context. */
  public Optional<Value> contextInput() {
    return contextInput;
  }

  /** Adds a row of zeros after the last one, for those who have none. */
  public static Value zeroEnded(Nodes g, Value rows) {
    return g.node("Pad", List.of(rows, longs(g, 0, 0, 1, 0)));
  }

  /**
   * Which of the zero-ended inputs belong to each row's sample, int64 {@code [B]}; the zeros where
   * the row makes none.
   *
   * @param sample index in what has a vector for each sample of the window
   * @param frame index in what has one for each frame
   */
  public record Indices(Value sample, Value frame) {}

  /**
   * The values that one step makes.
   *
   * @param audio {@code [B]}
   * @param previous {@code [B, P]}
   * @param state {@code [B, S]}
   */
  public record Made(Value audio, Value previous, Value state) {}

  /** Builds the step of a network inside the loop. */
  @FunctionalInterface
  public interface Step {
    /**
     * Adds the nodes of one step of all rows.
     *
     * @param context {@code [B, X]}; empty without a context network
     */
    Made build(Nodes g, Indices indices, Optional<Value> context, Value previous, Value state);
  }

  /**
   * Adds the loop.
   *
   * @param frames how many frames of conditioning there are, int64 scalar
   * @return audio, next_previous, next_state
   */
  public List<Value> loop(Nodes g, Map<String, Value> inputs, Value frames, Step step) {
    Value schedule = Inputs.get(inputs, "schedule");
    Value audio = Inputs.get(inputs, "audio");
    Value previous = Inputs.get(inputs, "previous");
    Value size = squeeze(g, size(g, audio, 0), 0);
    Value first = gather(g, schedule, scalar(g, 0), 0);
    SubscaleContext.Window window = SubscaleContext.Window.of(g, first, size);
    Value firstStep = gather(g, schedule, scalar(g, 2), 0);
    Value factor = squeeze(g, size(g, previous, 0), 0);
    Value rows = range(g, factor);
    Value lag = add(g, gather(g, schedule, scalar(g, 1), 0), scalar(g, subscale.horizon()));
    Value delay = mul(g, rows, lag);
    Value firstFrame = SequenceAttributes.frame(g, first);
    Optional<Value> read =
        context.map(c -> c.samples(g, factor, reshape(g, delay, -1, 1, 1), scalar(g, 1)));
    // After the window: a place that stays 0, and one for what rows make that have no sample.
    Value places = g.node("Pad", List.of(audio, longs(g, 0, 2)));
    Value waste = add(g, size, scalar(g, 1));
    List<Value> results =
        g.loop(
            gather(g, schedule, scalar(g, 3), 0),
            List.of(places, previous, Inputs.get(inputs, "state")),
            0,
            (body, iteration, carried) -> {
              Value now = add(body, iteration, firstStep);
              Value position = sub(body, now, delay);
              Value sample = add(body, mul(body, position, factor), rows);
              Value active = active(body, position, sample, window);
              Value at = sub(body, sample, first);
              Value frame = sub(body, SequenceAttributes.frame(body, sample), firstFrame);
              Made made =
                  step.build(
                      body,
                      new Indices(
                          where(body, active, at, size), where(body, active, frame, frames)),
                      read.map(r -> context(body, r, now, factor, carried.get(0), window)),
                      carried.get(1),
                      carried.get(2));
              Value column = unsqueeze(body, active, 1);
              return List.of(
                  body.node(
                      "ScatterElements",
                      List.of(carried.get(0), where(body, active, at, waste), made.audio())),
                  where(body, column, made.previous(), carried.get(1)),
                  where(body, column, made.state(), carried.get(2)));
            });
    Value whole =
        g.node("Slice", List.of(results.get(0), longs(g, 0), unsqueeze(g, size, 0), longs(g, 0)));
    return List.of(whole, results.get(1), results.get(2));
  }

  private Value context(
      Nodes g, Value read, Value now, Value factor, Value places, SubscaleContext.Window window) {
    Value samples = add(g, read, mul(g, now, factor));
    Value channels = context.orElseThrow().channels(g, samples, places, window);
    return squeeze(g, contextLayers.orElseThrow().of(g, channels), 2);
  }

  private static Value active(
      Nodes g, Value position, Value sample, SubscaleContext.Window window) {
    return g.node(
        "And",
        List.of(
            g.node("GreaterOrEqual", List.of(position, scalar(g, 0))),
            g.node("Less", List.of(sample, window.end()))));
  }

  private static Value where(Nodes g, Value condition, Value yes, Value no) {
    return g.node("Where", List.of(condition, yes, no));
  }
}
