package org.wavebridge.graphs.network.multibandgru;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.BandSynthesis;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.Layers;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.NetworkKind;
import org.wavebridge.graphs.network.StepInputs;
import org.wavebridge.graphs.network.StepResult;
import org.wavebridge.graphs.network.StoredNetwork;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.Letters;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Draws;
import org.wavebridge.graphs.op.LayerProducts;

/** The multi-band GRU network in graphs and bundles. */
public final class MultiBandGru implements NetworkKind<MultiBandGruNetwork> {
  @Override
  public Class<MultiBandGruNetwork> description() {
    return MultiBandGruNetwork.class;
  }

  @Override
  public String word() {
    return MultiBandGruNetwork.KIND;
  }

  @Override
  public String operator() {
    return MultiBandGruLayout.OPERATORS.name();
  }

  @Override
  public List<LayerRow> layers() {
    return MultiBandGruLayout.LAYERS;
  }

  @Override
  public boolean hasPlugin() {
    return false;
  }

  @Override
  public List<CustomOperator> operators(Profile profile) {
    return List.of(MultiBandGruGenerate.in(profile), MultiBandGruScore.in(profile));
  }

  @Override
  public CustomOperator generate(Profile profile, MultiBandGruNetwork network) {
    return MultiBandGruGenerate.in(profile);
  }

  @Override
  public CustomOperator score(Profile profile, MultiBandGruNetwork network) {
    return MultiBandGruScore.in(profile);
  }

  @Override
  public List<Attribute> generateAttributes(MultiBandGruNetwork network) {
    return List.of(
        mixtures(network),
        Attribute.of(MultiBandGruGenerate.LEVELS_PER_UNIT, network.head().unit()),
        Attribute.of(MultiBandGruGenerate.UNIFORM_MARGIN, network.head().margin()));
  }

  @Override
  public List<Attribute> scoreAttributes(MultiBandGruNetwork network) {
    return List.of(mixtures(network));
  }

  private static Attribute mixtures(MultiBandGruNetwork network) {
    return Attribute.of(MultiBandGruGenerate.MIXTURES, network.head().mixtures());
  }

  @Override
  public StepResult step(ModelBuilder g, MultiBandGruNetwork network, StepInputs inputs) {
    WeightMatrix weights = network.sample();
    Value sample =
        g.initializer(LayerRow.SAMPLE_WEIGHTS, weights.values(), weights.rows(), weights.columns());
    MultiBandGruStep step =
        new MultiBandGruStep(
            transpose(g, sample, 1, 0),
            LayerProducts.of(g, "recurrent", network.recurrent()),
            LayerProducts.of(g, "projection", network.projection()),
            LayerProducts.of(g, "band_output", network.output()));
    return step.build(
        g,
        inputs.conditioning().get(0),
        inputs.previous(),
        inputs.state(),
        inputs.uniforms(),
        new Draws.BandDraw(
            inputs.temperature(),
            constant(g, network.head().unit()),
            constant(g, network.head().margin())));
  }

  /** The conditioning of one step is that of its column. */
  @Override
  public List<Conditioning> stepConditioning(MultiBandGruNetwork network) {
    Conditioning columns = network.conditioningTensors().get(0);
    return List.of(new Conditioning(columns.name(), columns.rate(), network.inputSize()));
  }

  @Override
  public List<Dim> stepAxes(MultiBandGruNetwork network) {
    return List.of(Dim.of(network.bands()));
  }

  /** {@code [N, F, columns * 3H]} as {@code [N, F * columns, 3H]}. */
  @Override
  public Value vectors(Nodes g, MultiBandGruNetwork network, Value conditioning, Value driver) {
    return reshape(g, conditioning, 0, -1, network.inputSize());
  }

  @Override
  public MultiBandGruNetwork read(StoredNetwork stored) {
    BandSynthesis synthesis = stored.synthesis();
    Head.BandMixtures head =
        new Head.BandMixtures(
            synthesis.bands(),
            stored.integer(MultiBandGruGenerate.MIXTURES),
            stored.real(MultiBandGruGenerate.LEVELS_PER_UNIT),
            stored.real(MultiBandGruGenerate.UNIFORM_MARGIN));
    float[] values = stored.sample();
    WeightMatrix sample =
        WeightMatrix.dense(
            LayerRow.SAMPLE_WEIGHTS, values.length / head.bands(), head.bands(), values);
    Layers layers =
        stored.layers(
            Layers.of(sample),
            MultiBandGruLayout.LAYERS,
            new Letters().set("B", head.bands()).set("K", head.mixtures()));
    return new MultiBandGruNetwork(
        stored.conditioningSize() / sample.rows(),
        sample,
        layers.affine(MultiBandGruLayout.RECURRENT),
        layers.affine(MultiBandGruLayout.PROJECTION),
        layers.affine(MultiBandGruLayout.OUTPUT),
        head,
        synthesis);
  }
}
