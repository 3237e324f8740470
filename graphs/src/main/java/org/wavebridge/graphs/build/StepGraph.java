package org.wavebridge.graphs.build;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AuxAffine;
import org.wavebridge.graphs.model.DualSoftmaxNetwork;
import org.wavebridge.graphs.model.ResidualGruNetwork;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.BlockSparseGemm;
import org.wavebridge.graphs.op.Choice;
import org.wavebridge.graphs.op.DualSoftmaxStep;
import org.wavebridge.graphs.op.Product;
import org.wavebridge.graphs.op.ResidualGruStep;

/**
 * {@code step}: one sample for N rows, of standard operators plus {@code BlockSparseGemm} where a
 * matrix is sparse. Conditioning of one sample {@code [N, size]}, uniforms {@code [N, draws]},
 * previous {@code [N, P]}, state {@code [N, S]}, temperature {@code [1]} to audio {@code [N]},
 * next_previous, next_state and logits.
 */
final class StepGraph {
  private final ModelBuilder g;

  private StepGraph(ModelBuilder g) {
    this.g = g;
  }

  static OnnxModel build(VocoderModel model) {
    StepNetwork network = model.network();
    ModelBuilder g =
        new ModelBuilder(
            "step",
            "One sample for N rows: conditioning of that sample, the values fed back (previous [N, %d]) and the state [N, %d] to the sample, the next state"
                    .formatted(network.initialPrevious().length, network.stateSize())
                + " and the logits it was drawn from with uniforms [N, %d]."
                    .formatted(network.draws()));
    StepGraph step = new StepGraph(g);
    List<Value> conditioning =
        Conditioning.of(network).stream().map(tensor -> tensor.stepInput(g)).toList();
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
    Value gates =
        DualSoftmaxStep.coarseFirst(
            g, layer("conditioning", network.conditioning()).of(g, conditioning));
    List<Value> uniform = split(g, uniforms, 1, 2);
    DualSoftmaxStep.Result made =
        step.build(
            g,
            gates,
            previous,
            state,
            Choice.drawn(uniform.get(0), temperature),
            Choice.drawn(uniform.get(1), temperature));
    g.output("audio", made.audio(), Dim.N);
    StateTensors.outputs(g, network, made.previous(), made.state());
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
            layer("input", network.input(), aux.get(0)).of(g, conditioning.get(0)),
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
    g.output("audio", made.audio(), Dim.N);
    StateTensors.outputs(g, network, made.previous(), made.state());
    g.output("logits", made.logits(), Dim.N, Dim.of(network.head().outputs()));
  }

  private Product layer(String name, Affine layer) {
    return product(name, layer.weight(), layer.bias());
  }

  /** W x + (A a + b) as two products. */
  private Product layer(String name, AuxAffine layer, Value aux) {
    Value fromAux = product(name, layer.aux(), layer.bias()).of(g, aux);
    Product product = product(name + "_main", layer.weight(), new float[layer.weight().rows()]);
    return (nodes, x) -> add(nodes, product.of(nodes, x), fromAux);
  }

  private Product product(String name, WeightMatrix matrix, float[] biasValues) {
    Value bias = g.initializer(name + "_bias", biasValues, biasValues.length);
    if (matrix.blocks().isEmpty()) {
      Value weight = g.initializer(matrix.name(), matrix.values(), matrix.rows(), matrix.columns());
      return (nodes, x) -> gemm(nodes, x, weight, bias);
    }
    List<Value> weight = PackedWeight.of(matrix).addTo(g);
    Attribute inputs = Attribute.of(BlockSparseGemm.INPUTS, matrix.columns());
    return (nodes, x) -> sparse(nodes, x, weight, bias, inputs);
  }

  private static Value sparse(
      Nodes nodes, Value x, List<Value> weight, Value bias, Attribute inputs) {
    List<Value> all = List.of(x, weight.get(0), weight.get(1), weight.get(2), bias);
    return nodes.node(BlockSparseGemm.OPERATOR, all, inputs).get(0);
  }

  private static long[] toLongs(int[] values) {
    long[] longs = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      longs[i] = values[i];
    }
    return longs;
  }
}
