package org.wavebridge.graphs.network.dualsoftmax;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.stream.Stream;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.Layers;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.NetworkKind;
import org.wavebridge.graphs.network.StepInputs;
import org.wavebridge.graphs.network.StepResult;
import org.wavebridge.graphs.network.StoredNetwork;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Letters;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Choice;
import org.wavebridge.graphs.op.LayerProducts;
import org.wavebridge.graphs.op.Product;
import org.wavebridge.graphs.op.SequenceAttributes;
import org.wavebridge.graphs.op.SubscaleLoop;

/** The dual-softmax network in graphs and bundles. */
public final class DualSoftmax implements NetworkKind<DualSoftmaxNetwork> {
  @Override
  public Class<DualSoftmaxNetwork> description() {
    return DualSoftmaxNetwork.class;
  }

  @Override
  public String word() {
    return DualSoftmaxNetwork.KIND;
  }

  @Override
  public String operator() {
    return DualSoftmaxLayout.OPERATORS.name();
  }

  @Override
  public List<LayerRow> layers() {
    return DualSoftmaxLayout.LAYERS;
  }

  @Override
  public boolean hasPlugin() {
    return true;
  }

  @Override
  public List<CustomOperator> operators(Profile profile) {
    return Stream.concat(
            Stream.of(DualSoftmaxGenerate.in(profile), DualSoftmaxScore.in(profile)),
            SubscaleLoop.FORMS.stream()
                .map(subscale -> DualSoftmaxSubscaleGenerate.in(profile, subscale)))
        .toList();
  }

  @Override
  public CustomOperator generate(Profile profile, DualSoftmaxNetwork network) {
    return DualSoftmaxGenerate.in(profile);
  }

  @Override
  public CustomOperator score(Profile profile, DualSoftmaxNetwork network) {
    return DualSoftmaxScore.in(profile);
  }

  @Override
  public CustomOperator subscaleGenerate(
      Profile profile, DualSoftmaxNetwork network, Subscale subscale) {
    return DualSoftmaxSubscaleGenerate.in(profile, subscale);
  }

  @Override
  public List<Attribute> generateAttributes(DualSoftmaxNetwork network) {
    return List.of(
        Attribute.of(
            DualSoftmaxGenerate.CONDITIONING_SIZE, network.conditioning().weight().columns()));
  }

  @Override
  public List<Attribute> scoreAttributes(DualSoftmaxNetwork network) {
    return List.of(
        generateAttributes(network).get(0),
        Attribute.of(SequenceAttributes.HIDDEN_SIZE, network.hidden()));
  }

  @Override
  public StepResult step(ModelBuilder g, DualSoftmaxNetwork network, StepInputs inputs) {
    WeightMatrix weights = network.sample();
    Value sample = g.initializer(LayerRow.SAMPLE_WEIGHTS, weights.values(), weights.rows(), 3);
    Product recurrent = LayerProducts.of(g, "recurrent", network.recurrent());
    DualSoftmaxStep step =
        new DualSoftmaxStep(
            (nodes, x) -> DualSoftmaxStep.coarseFirst(nodes, recurrent.of(nodes, x)),
            DualSoftmaxStep.previousWeights(g, sample),
            DualSoftmaxStep.coarseWeights(g, sample),
            LayerProducts.of(g, "coarse_hidden", network.coarseHidden()),
            LayerProducts.of(g, "coarse_output", network.coarseOutput()),
            LayerProducts.of(g, "fine_hidden", network.fineHidden()),
            LayerProducts.of(g, "fine_output", network.fineOutput()));
    Product conditioning = LayerProducts.of(g, "conditioning", network.conditioning());
    Value input = inputs.joined().apply(conditioning.of(g, inputs.conditioning().get(0)));
    Value gates = DualSoftmaxStep.coarseFirst(g, input);
    List<Choice> choice = DualSoftmaxGenerate.drawn(g, inputs.uniforms(), inputs.temperature());
    return step.build(g, gates, inputs.previous(), inputs.state(), choice.get(0), choice.get(1));
  }

  @Override
  public DualSoftmaxNetwork read(StoredNetwork stored) {
    float[] sample = stored.sample();
    Letters letters = new Letters().set("E", stored.integer(DualSoftmaxGenerate.CONDITIONING_SIZE));
    Layers layers =
        stored.layers(
            Layers.of(WeightMatrix.dense(LayerRow.SAMPLE_WEIGHTS, sample.length / 3, 3, sample)),
            DualSoftmaxLayout.LAYERS,
            letters);
    return DualSoftmaxNetwork.of(layers, stored.initialPrevious());
  }
}
