package org.wavebridge.graphs.build;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AuxAffine;
import org.wavebridge.graphs.model.ContextNetwork;
import org.wavebridge.graphs.model.DualSoftmaxNetwork;
import org.wavebridge.graphs.model.ResidualGruNetwork;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Choice;
import org.wavebridge.graphs.op.DualSoftmaxStep;
import org.wavebridge.graphs.op.Product;
import org.wavebridge.graphs.op.ResidualGruStep;

/**
 * {@code step}: one sample for N rows, of standard operators plus {@code BlockSparseGemm} where a
 * matrix is sparse. Conditioning of one sample {@code [N, size]}, uniforms {@code [N, draws]},
 * previous {@code [N, P]}, state {@code [N, S]}, temperature {@code [1]} to audio {@code [N]},
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
            "One sample for N rows: conditioning of that sample, the values fed back (previous [N, %d]) and the state [N, %d] to the sample, the next state"
                    .formatted(network.initialPrevious().length, network.stateSize())
                + " and the logits it was drawn from with uniforms [N, %d]."
                    .formatted(network.draws())
                + (model.subscale().isPresent()
                    ? " A row that is not active keeps previous and state."
                    : ""));
    StepGraph step = new StepGraph(g, model);
    List<Value> conditioning =
        Conditioning.of(model).stream().map(tensor -> tensor.stepInput(g)).toList();
    Value uniforms = g.input("uniforms", Dim.N, Dim.of(network.draws()));
    Value previous = StateTensors.previousInput(g, network);
    Value state = StateTensors.stateInput(g, network);
    Value temperature = g.input("temperature", Dim.of(1));
    if (network instanceof DualSoftmaxNetwork dual) {
      step.dual(dual, conditioning.get(0), previous, state, uniforms, temperature);
    } else if (network instanceof ResidualGruNetwork residual) {
      step.residual(residual, conditioning, previous, state, uniforms, temperature);
    } else {
      throw new IllegalArgumentException("no step graph for " + network.getClass());
    }
    return g.build();
  }

  private void dual(
      DualSoftmaxNetwork network,
      Value conditioning,
      Value previous,
      Value state,
      Value uniforms,
      Value temperature) {
    Value sample =
        g.initializer("sample_weights", network.sample().values(), network.sample().rows(), 3);
    Product recurrent = layer("recurrent", network.recurrent());
    DualSoftmaxStep step =
        new DualSoftmaxStep(
            (nodes, x) -> DualSoftmaxStep.coarseFirst(nodes, recurrent.of(nodes, x)),
            DualSoftmaxStep.previousWeights(g, sample),
            DualSoftmaxStep.coarseWeights(g, sample),
            layer("coarse_hidden", network.coarseHidden()),
            layer("coarse_output", network.coarseOutput()),
            layer("fine_hidden", network.fineHidden()),
            layer("fine_output", network.fineOutput()));
    Value input = joined(layer("conditioning", network.conditioning()).of(g, conditioning));
    Value gates = DualSoftmaxStep.coarseFirst(g, input);
    List<Value> uniform = split(g, uniforms, 1, 2);
    DualSoftmaxStep.Result made =
        step.build(
            g,
            gates,
            previous,
            state,
            Choice.drawn(uniform.get(0), temperature),
            Choice.drawn(uniform.get(1), temperature));
    outputs(network, List.of(made.audio(), made.previous(), made.state()), previous, state);
    g.output("logits", made.logits(), Dim.N, Dim.of(2), Dim.of(DualSoftmaxNetwork.CLASSES));
  }

  private void residual(
      ResidualGruNetwork network,
      List<Value> conditioning,
      Value previous,
      Value state,
      Value uniforms,
      Value temperature) {
    List<Value> aux = split(g, conditioning.get(1), 1, longs(g, toLongs(network.auxSizes())), 4);
    ResidualGruStep step =
        new ResidualGruStep(
            g.initializer("sample_weights", network.sample(), 1, network.sample().length),
            layer("gru1", network.gru1Input()),
            layer("gru1_recurrent", network.gru1Recurrent()),
            layer("gru2_recurrent", network.gru2Recurrent()),
            layer("output", network.output()));
    ResidualGruStep.Frame frame =
        new ResidualGruStep.Frame(
            joined(layer("input", network.input(), aux.get(0)).of(g, conditioning.get(0))),
            layer("gru2", network.gru2Input(), aux.get(1)),
            layer("fc1", network.fc1(), aux.get(2)),
            layer("fc2", network.fc2(), aux.get(3)));
    ResidualGruStep.Result made =
        step.build(
            g,
            frame,
            previous,
            state,
            ResidualGruStep.drawn(network.head(), uniforms, temperature));
    outputs(network, List.of(made.audio(), made.previous(), made.state()), previous, state);
    g.output("logits", made.logits(), Dim.N, Dim.of(network.head().outputs()));
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
   *
   * @param made in this order
   */
  private void outputs(StepNetwork network, List<Value> made, Value previous, Value state) {
    if (subscale.isEmpty()) {
      g.output("audio", made.get(0), Dim.N);
      StateTensors.outputs(g, network, made.get(1), made.get(2));
      return;
    }
    Value active = g.input("active", ElementType.BOOL, Dim.N);
    Value column = unsqueeze(g, active, 1);
    g.output("audio", where(active, made.get(0), constant(g, 0)), Dim.N);
    StateTensors.outputs(
        g, network, where(column, made.get(1), previous), where(column, made.get(2), state));
  }

  private Value where(Value condition, Value yes, Value no) {
    return g.node("Where", List.of(condition, yes, no));
  }

  private Product layer(String name, Affine layer) {
    return LayerProducts.of(g, name, layer.weight(), layer.bias());
  }

  /** W x + (A a + b) as two products. */
  private Product layer(String name, AuxAffine layer, Value aux) {
    Value fromAux = LayerProducts.of(g, name, layer.aux(), layer.bias()).of(g, aux);
    Product product =
        LayerProducts.of(g, name + "_main", layer.weight(), new float[layer.weight().rows()]);
    return (nodes, x) -> add(nodes, product.of(nodes, x), fromAux);
  }

  private static long[] toLongs(int[] values) {
    long[] longs = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      longs[i] = values[i];
    }
    return longs;
  }
}
