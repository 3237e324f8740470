package org.wavebridge.graphs.network.lpcnet;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.contract.HeadKind;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.ExcitationDraw;
import org.wavebridge.graphs.model.Layers;
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
import org.wavebridge.graphs.op.LayerProducts;

/** LPCNet in graphs and bundles. */
public final class LpcNet implements NetworkKind<LpcNetNetwork> {
  @Override
  public Class<LpcNetNetwork> description() {
    return LpcNetNetwork.class;
  }

  @Override
  public String word() {
    return LpcNetNetwork.KIND;
  }

  @Override
  public String operator() {
    return LpcNetLayout.OPERATORS.name();
  }

  @Override
  public List<LayerRow> layers() {
    return LpcNetLayout.LAYERS;
  }

  @Override
  public boolean hasPlugin() {
    return false;
  }

  @Override
  public List<CustomOperator> operators(Profile profile) {
    List<CustomOperator> operators = new ArrayList<>();
    Arrays.stream(ExcitationDraw.values())
        .forEach(draw -> operators.add(LpcNetGenerate.in(profile, draw)));
    operators.add(LpcNetScore.in(profile));
    return operators;
  }

  @Override
  public CustomOperator generate(Profile profile, LpcNetNetwork network) {
    return LpcNetGenerate.in(profile, network.draw());
  }

  @Override
  public CustomOperator score(Profile profile, LpcNetNetwork network) {
    return LpcNetScore.in(profile);
  }

  @Override
  public List<Attribute> generateAttributes(LpcNetNetwork network) {
    List<Attribute> attributes = new ArrayList<>(scoreAttributes(network));
    attributes.add(Attribute.of(LpcNetGenerate.CLASS_VALUES, MuLawClasses.values()));
    if (network.draw() == ExcitationDraw.TREE) {
      attributes.add(Attribute.of(LpcNetGenerate.THRESHOLDS, ExcitationDraw.thresholds()));
    }
    return attributes;
  }

  @Override
  public List<Attribute> scoreAttributes(LpcNetNetwork network) {
    return List.of(
        Attribute.of(LpcNetGenerate.DIAGONAL, network.diagonal()),
        Attribute.of(LpcNetGenerate.FACTOR, network.factor()));
  }

  @Override
  public StepResult step(ModelBuilder g, LpcNetNetwork network, StepInputs inputs) {
    WeightMatrix sample = network.sample();
    int gates = sample.rows();
    int secondGates = network.secondInput().rows();
    LpcNetStep step =
        new LpcNetStep(
            transpose(
                g,
                g.initializer(
                    LayerRow.SAMPLE_WEIGHTS, sample.values(), sample.rows(), sample.columns()),
                1,
                0),
            floats(g, network.diagonal()),
            floats(g, MuLawClasses.values()),
            LayerProducts.of(g, "recurrent", network.recurrent()),
            LayerProducts.of(g, "second_input", network.secondInput(), new float[secondGates]),
            LayerProducts.of(g, "second_recurrent", network.secondRecurrent()),
            LayerProducts.of(g, "dual_dense", network.dualDense()),
            floats(g, network.factor()),
            longs(g, gates, secondGates, LpcNetNetwork.ORDER, 1),
            longs(g, network.hidden(), network.second()));
    Value thresholds =
        network.draw() == ExcitationDraw.TREE ? floats(g, ExcitationDraw.thresholds()) : Value.NONE;
    return step.build(
        g,
        inputs.conditioning().get(0),
        inputs.previous(),
        inputs.state(),
        Optional.empty(),
        ExcitationNodes.drawn(network.draw(), inputs.uniforms(), inputs.temperature(), thresholds));
  }

  @Override
  public LpcNetNetwork read(StoredNetwork stored) {
    float[] sample = stored.sample();
    int columns = 3 * LpcNetNetwork.CLASSES;
    Layers layers =
        stored.layers(
            Layers.of(
                WeightMatrix.dense(
                    LayerRow.SAMPLE_WEIGHTS, sample.length / columns, columns, sample)),
            LpcNetLayout.LAYERS,
            new Letters());
    return LpcNetNetwork.of(
        layers,
        stored.reals(LpcNetGenerate.DIAGONAL),
        stored.reals(LpcNetGenerate.FACTOR),
        stored.head() == HeadKind.BINARY_TREE ? ExcitationDraw.TREE : ExcitationDraw.SOFTMAX);
  }
}
