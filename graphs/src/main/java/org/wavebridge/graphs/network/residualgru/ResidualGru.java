package org.wavebridge.graphs.network.residualgru;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.AuxAffine;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.Layers;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.network.NetworkKind;
import org.wavebridge.graphs.network.StepInputs;
import org.wavebridge.graphs.network.StepResult;
import org.wavebridge.graphs.network.StoredNetwork;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Letters;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.LayerProducts;
import org.wavebridge.graphs.op.Product;
import org.wavebridge.graphs.op.SequenceAttributes;
import org.wavebridge.graphs.op.SubscaleLoop;

/** The residual GRU network in graphs and bundles. */
public final class ResidualGru implements NetworkKind<ResidualGruNetwork> {
  @Override
  public Class<ResidualGruNetwork> description() {
    return ResidualGruNetwork.class;
  }

  @Override
  public String word() {
    return ResidualGruNetwork.KIND;
  }

  @Override
  public String operator() {
    return ResidualGruLayout.OPERATORS.name();
  }

  @Override
  public List<LayerRow> layers() {
    return ResidualGruLayout.LAYERS;
  }

  @Override
  public boolean hasPlugin() {
    return true;
  }

  @Override
  public List<CustomOperator> operators(Profile profile) {
    List<CustomOperator> operators = new ArrayList<>();
    ResidualGruNetwork.HEADS.forEach(head -> operators.add(ResidualGruGenerate.in(profile, head)));
    operators.add(ResidualGruScore.in(profile));
    for (Subscale subscale : SubscaleLoop.FORMS) {
      for (Head head : ResidualGruNetwork.HEADS) {
        operators.add(ResidualGruSubscaleGenerate.in(profile, head, subscale));
      }
    }
    return operators;
  }

  @Override
  public CustomOperator generate(Profile profile, ResidualGruNetwork network) {
    return ResidualGruGenerate.in(profile, network.head());
  }

  @Override
  public CustomOperator score(Profile profile, ResidualGruNetwork network) {
    return ResidualGruScore.in(profile);
  }

  @Override
  public CustomOperator subscaleGenerate(
      Profile profile, ResidualGruNetwork network, Subscale subscale) {
    return ResidualGruSubscaleGenerate.in(profile, network.head(), subscale);
  }

  @Override
  public List<Attribute> generateAttributes(ResidualGruNetwork network) {
    List<Attribute> attributes = sizes(network);
    attributes.addAll(ResidualGruHead.of(network.head()).attributes());
    return attributes;
  }

  @Override
  public List<Attribute> scoreAttributes(ResidualGruNetwork network) {
    List<Attribute> attributes = sizes(network);
    attributes.add(Attribute.of(SequenceAttributes.HIDDEN_SIZE, network.hidden()));
    return attributes;
  }

  static List<Attribute> sizes(ResidualGruNetwork network) {
    return new ArrayList<>(
        List.of(
            Attribute.of(ResidualGruGenerate.MELS, network.input().weight().columns()),
            Attribute.of(ResidualGruGenerate.AUX_SIZES, auxSizes(network)),
            ResidualGruHead.of(network.head()).components()));
  }

  private static long[] auxSizes(ResidualGruNetwork network) {
    return Arrays.stream(network.auxSizes()).asLongStream().toArray();
  }

  @Override
  public StepResult step(ModelBuilder g, ResidualGruNetwork network, StepInputs inputs) {
    float[] sample = network.sample();
    Value weights = g.initializer(LayerRow.SAMPLE_WEIGHTS, sample, 1, sample.length);
    return step(g, network, weights, false)
        .build(
            g,
            frame(g, network, inputs),
            inputs.previous(),
            inputs.state(),
            ResidualGruHead.of(network.head()).drawn(inputs.uniforms(), inputs.temperature()));
  }

  /** The layers of every step. */
  static ResidualGruStep step(
      ModelBuilder g, ResidualGruNetwork network, Value sampleWeights, boolean banded) {
    return new ResidualGruStep(
        sampleWeights,
        banded,
        LayerProducts.of(g, "gru1", network.gru1Input()),
        LayerProducts.of(g, "gru1_recurrent", network.gru1Recurrent()),
        LayerProducts.of(g, ResidualGruLayout.GRU2_RECURRENT.name(), network.gru2Recurrent()),
        LayerProducts.of(g, "output", network.output()));
  }

  /** The layers whose bias changes with the frame. */
  static ResidualGruStep.Frame frame(
      ModelBuilder g, ResidualGruNetwork network, StepInputs inputs) {
    Value all = inputs.conditioning().get(1);
    List<Value> aux = split(g, all, 1, longs(g, auxSizes(network)), 4);
    Product input = layer(g, "input", network.input(), aux.get(0));
    return new ResidualGruStep.Frame(
        inputs.joined().apply(input.of(g, inputs.conditioning().get(0))),
        layer(g, "gru2", network.gru2Input(), aux.get(1)),
        layer(g, "fc1", network.fc1(), aux.get(2)),
        layer(g, "fc2", network.fc2(), aux.get(3)));
  }

  /** W x + (A a + b) as two products. */
  private static Product layer(ModelBuilder g, String name, AuxAffine layer, Value aux) {
    Value fromAux = LayerProducts.of(g, name, layer.aux(), layer.bias()).of(g, aux);
    Product product =
        LayerProducts.of(g, name + "_main", layer.weight(), new float[layer.weight().rows()]);
    return (nodes, x) -> add(nodes, product.of(nodes, x), fromAux);
  }

  @Override
  public ResidualGruNetwork read(StoredNetwork stored) {
    Letters letters = new Letters().set("M", stored.integer(ResidualGruGenerate.MELS));
    long[] aux = stored.integers(ResidualGruGenerate.AUX_SIZES);
    for (int i = 0; i < aux.length; i++) {
      letters.set("A" + (i + 1), aux[i]);
    }
    Layers layers = stored.layers(Layers.of(stored.sample()), ResidualGruLayout.LAYERS, letters);
    return ResidualGruNetwork.of(layers, ResidualGruHead.read(stored));
  }
}
