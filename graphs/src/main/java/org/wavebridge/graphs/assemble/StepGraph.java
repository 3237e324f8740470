package org.wavebridge.graphs.assemble;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.model.ContextNetwork;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.NetworkKind;
import org.wavebridge.graphs.network.StepInputs;
import org.wavebridge.graphs.network.StepResult;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.LayerProducts;

/**
 * {@code step}: one sample for N rows, of standard operators plus {@code BlockSparseGemm} where a
 * matrix is sparse. Conditioning of one sample {@code [N, size]}, uniforms {@code [N, draws]},
 * previous {@code [N, P]}, state {@code [N, S]}, temperature {@code [N]} to audio {@code [N]},
 * next_previous, next_state and logits.
 *
 * <p>{@code subscale}, of a subscale model: also the context {@code [N, X]} of each row's sample,
 * where there is a context network, and active {@code [N]} (bool); a row that is not active keeps
 * previous and state, and its audio is 0.
 */
final class StepGraph {
  private final ModelBuilder g;
  private final Optional<Subscale> subscale;

  private StepGraph(ModelBuilder g, VocoderModel model) {
    this.g = g;
    this.subscale = model.subscale();
  }

  static OnnxModel build(VocoderModel model) {
    StepNetwork network = model.network();
    ModelBuilder g =
        new ModelBuilder(
            model.subscale().isPresent() ? "subscale" : "step",
            text(network)
                + (model.subscale().isPresent()
                    ? " A row that is not active keeps previous and state."
                    : ""));
    new StepGraph(g, model).nodes(network);
    return g.build();
  }

  private static String text(StepNetwork network) {
    int fedBack = network.initialPrevious().length;
    int bands = network.samplesPerStep();
    return bands == 1
        ? "One sample for N rows: conditioning of that sample, the values fed back (previous [N, %d]) and the state [N, %d] to the sample, the next state"
                .formatted(fedBack, network.stateSize())
            + " and the logits it was drawn from with uniforms [N, %d].".formatted(network.draws())
        : "One step for N rows, which makes a sample of each of %d bands: conditioning of the step's column [N, %d], the samples fed back"
                .formatted(bands, network.inputSize())
            + " (previous [N, %d]) and the state [N, %d] to audio [N, %d], the next state and the outputs [N, %d, %d] they were drawn from with uniforms [N, %d, %d]."
                .formatted(
                    fedBack,
                    network.stateSize(),
                    bands,
                    bands,
                    network.outputs(),
                    bands,
                    network.draws());
  }

  private void nodes(StepNetwork network) {
    NetworkKind<StepNetwork> kind = Networks.of(network);
    List<Value> conditioning =
        kind.stepConditioning(network).stream().map(tensor -> tensor.stepInput(g)).toList();
    List<Dim> axes = kind.stepAxes(network);
    Value uniforms = g.input("uniforms", shape(axes, network.draws()));
    Value previous = StateTensors.previousInput(g, network);
    Value state = StateTensors.stateInput(g, network);
    Value temperature = unsqueeze(g, g.input("temperature", Dim.N), 1);
    StepInputs inputs =
        new StepInputs(conditioning, previous, state, uniforms, temperature, this::joined);
    // With every matrix under the name of its layer.
    StepNetwork named = network.with(network.layers());
    StepResult made = kind.step(g, named, inputs);
    outputs(network, made, inputs, shape(axes));
    g.output("logits", made.logits(), shape(axes, network.logitShape()));
  }

  /** {@code [N]}, the axes of a step, and sizes. */
  private static Dim[] shape(List<Dim> axes, int... sizes) {
    List<Dim> shape = new ArrayList<>(List.of(Dim.N));
    shape.addAll(axes);
    for (int size : sizes) {
      shape.add(Dim.of(size));
    }
    return shape.toArray(Dim[]::new);
  }

  /** Adds W context to the input of the network, where there is a context. */
  private Value joined(Value input) {
    Optional<WeightMatrix> weight = subscale.flatMap(Subscale::context).map(ContextNetwork::input);
    if (weight.isEmpty()) {
      return input;
    }
    Value context = g.input("context", Dim.N, Dim.of(weight.get().columns()));
    float[] none = new float[weight.get().rows()];
    return add(g, LayerProducts.of(g, "context_input", weight.get(), none).of(g, context), input);
  }

  /**
   * Names audio, next_previous, next_state; of a subscale model only those of active rows are new.
   */
  private void outputs(StepNetwork network, StepResult made, StepInputs inputs, Dim[] samples) {
    if (subscale.isEmpty()) {
      g.output("audio", made.audio(), samples);
      StateTensors.outputs(g, network, made.previous(), made.state());
      return;
    }
    Value active = g.input("active", ElementType.BOOL, Dim.N);
    Value column = unsqueeze(g, active, 1);
    g.output("audio", where(active, made.audio(), constant(g, 0)), samples);
    StateTensors.outputs(
        g,
        network,
        where(column, made.previous(), inputs.previous()),
        where(column, made.state(), inputs.state()));
  }

  private Value where(Value condition, Value yes, Value no) {
    return g.node("Where", List.of(condition, yes, no));
  }
}
