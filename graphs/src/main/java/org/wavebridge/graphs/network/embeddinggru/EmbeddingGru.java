package org.wavebridge.graphs.network.embeddinggru;

import java.util.List;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
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
import org.wavebridge.graphs.op.Choice;
import org.wavebridge.graphs.op.LayerProducts;

/** The GRU network over embedded classes in graphs and bundles. */
public final class EmbeddingGru implements NetworkKind<EmbeddingGruNetwork> {
  @Override
  public Class<EmbeddingGruNetwork> description() {
    return EmbeddingGruNetwork.class;
  }

  @Override
  public String word() {
    return EmbeddingGruNetwork.KIND;
  }

  @Override
  public String operator() {
    return EmbeddingGruLayout.OPERATORS.name();
  }

  @Override
  public List<LayerRow> layers() {
    return EmbeddingGruLayout.LAYERS;
  }

  @Override
  public boolean hasPlugin() {
    return false;
  }

  @Override
  public List<CustomOperator> operators(Profile profile) {
    return List.of(EmbeddingGruGenerate.in(profile), EmbeddingGruScore.in(profile));
  }

  @Override
  public CustomOperator generate(Profile profile, EmbeddingGruNetwork network) {
    return EmbeddingGruGenerate.in(profile);
  }

  @Override
  public CustomOperator score(Profile profile, EmbeddingGruNetwork network) {
    return EmbeddingGruScore.in(profile);
  }

  @Override
  public List<Attribute> generateAttributes(EmbeddingGruNetwork network) {
    return List.of(
        Attribute.of(
            EmbeddingGruGenerate.CONDITIONING_SIZE, network.conditioning().weight().columns()));
  }

  @Override
  public List<Attribute> scoreAttributes(EmbeddingGruNetwork network) {
    return generateAttributes(network);
  }

  @Override
  public StepResult step(ModelBuilder g, EmbeddingGruNetwork network, StepInputs inputs) {
    WeightMatrix table = network.table();
    EmbeddingGruStep step =
        new EmbeddingGruStep(
            g.initializer(LayerRow.SAMPLE_WEIGHTS, table.values(), table.rows(), table.columns()),
            LayerProducts.of(g, "recurrent", network.recurrent()),
            LayerProducts.of(g, "hidden", network.dense()),
            LayerProducts.of(g, "output", network.output()));
    Value gates =
        LayerProducts.of(g, "conditioning", network.conditioning())
            .of(g, inputs.conditioning().get(0));
    return step.build(
        g,
        gates,
        inputs.previous(),
        inputs.state(),
        Choice.drawn(inputs.uniforms(), inputs.temperature()));
  }

  @Override
  public EmbeddingGruNetwork read(StoredNetwork stored) {
    float[] values = stored.sample();
    int classes = stored.outputs();
    WeightMatrix table =
        WeightMatrix.dense(LayerRow.SAMPLE_WEIGHTS, classes, values.length / classes, values);
    return EmbeddingGruNetwork.of(
        stored.layers(
            Layers.of(table),
            EmbeddingGruLayout.LAYERS,
            new Letters().set("E", stored.integer(EmbeddingGruGenerate.CONDITIONING_SIZE))));
  }
}
