package org.wavebridge.graphs.network.residualgru;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.ArrayList;
import java.util.List;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.BandSynthesis;
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

/** The residual GRU network of several bands in graphs and bundles. */
public final class SubBandGru implements NetworkKind<SubBandGruNetwork> {
  @Override
  public Class<SubBandGruNetwork> description() {
    return SubBandGruNetwork.class;
  }

  @Override
  public String word() {
    return SubBandGruNetwork.KIND;
  }

  @Override
  public String operator() {
    return SubBandGruLayout.OPERATORS.name();
  }

  @Override
  public List<LayerRow> layers() {
    return SubBandGruLayout.LAYERS;
  }

  @Override
  public boolean hasPlugin() {
    return false;
  }

  @Override
  public List<CustomOperator> operators(Profile profile) {
    List<CustomOperator> operators = new ArrayList<>();
    ResidualGruNetwork.HEADS.forEach(head -> operators.add(SubBandGruGenerate.in(profile, head)));
    operators.add(SubBandGruScore.in(profile));
    return operators;
  }

  @Override
  public CustomOperator generate(Profile profile, SubBandGruNetwork network) {
    return SubBandGruGenerate.in(profile, network.head());
  }

  @Override
  public CustomOperator score(Profile profile, SubBandGruNetwork network) {
    return SubBandGruScore.in(profile);
  }

  @Override
  public List<Attribute> generateAttributes(SubBandGruNetwork network) {
    List<Attribute> attributes = scoreAttributes(network);
    attributes.addAll(ResidualGruHead.of(network.head()).attributes());
    return attributes;
  }

  @Override
  public List<Attribute> scoreAttributes(SubBandGruNetwork network) {
    return ResidualGru.sizes(network.layersOfBands());
  }

  @Override
  public StepResult step(ModelBuilder g, SubBandGruNetwork network, StepInputs inputs) {
    WeightMatrix sample = network.sample();
    Value weights =
        g.initializer(LayerRow.SAMPLE_WEIGHTS, sample.values(), sample.rows(), sample.columns());
    StepResult made =
        ResidualGru.step(g, network.layersOfBands(), transpose(g, weights, 1, 0), true)
            .build(
                g,
                ResidualGru.frame(g, network.layersOfBands(), inputs),
                inputs.previous(),
                inputs.state(),
                ResidualGruHead.of(network.head())
                    .drawnByBand(g, inputs.uniforms(), inputs.temperature()));
    Value logits = reshape(g, made.logits(), 0, network.bands(), network.outputs());
    return new StepResult(made.audio(), made.previous(), made.state(), logits);
  }

  /** The mels of one step. */
  @Override
  public List<Conditioning> stepConditioning(SubBandGruNetwork network) {
    return network.layersOfBands().conditioningTensors();
  }

  @Override
  public List<Dim> stepAxes(SubBandGruNetwork network) {
    return List.of(Dim.of(network.bands()));
  }

  /**
   * {@code [N, F, V M]} as {@code [N, S, M]}: the steps of the samples, which may end in a frame.
   */
  @Override
  public Value vectors(Nodes g, SubBandGruNetwork network, Value conditioning, Value driver) {
    int mels = network.layersOfBands().input().weight().columns();
    Value all = reshape(g, conditioning, 0, -1, mels);
    Value steps = div(g, size(g, driver, 1), longs(g, network.bands()));
    return g.node("Slice", List.of(all, longs(g, 0), steps, longs(g, 1)));
  }

  @Override
  public SubBandGruNetwork read(StoredNetwork stored) {
    BandSynthesis synthesis = stored.synthesis();
    int bands = synthesis.bands();
    int mels = stored.integer(ResidualGruGenerate.MELS);
    Letters letters = new Letters().set("M", mels).set("B", bands);
    long[] aux = stored.integers(ResidualGruGenerate.AUX_SIZES);
    for (int i = 0; i < aux.length; i++) {
      letters.set("A" + (i + 1), aux[i]);
    }
    float[] values = stored.sample();
    WeightMatrix sample =
        WeightMatrix.dense(LayerRow.SAMPLE_WEIGHTS, values.length / bands, bands, values);
    Layers layers = stored.layers(Layers.of(sample), SubBandGruLayout.LAYERS, letters);
    return SubBandGruNetwork.of(
        stored.conditioningSize() / mels, layers, ResidualGruHead.read(stored), synthesis);
  }
}
