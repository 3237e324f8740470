package org.wavebridge.exporter.triton;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.assemble.ServingGraphs;
import org.wavebridge.graphs.assemble.VocoderGraphs;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.VocoderModel;

/** The models whose samples ONNX Runtime makes. */
final class CpuModels {
  private final ModelFolder folder;
  private final String name;

  private CpuModels(ModelFolder folder, String name) {
    this.folder = folder;
    this.name = name;
  }

  static void write(
      ModelFolder folder, String name, VocoderModel model, Optional<VocoderModel> quantised)
      throws IOException {
    CpuModels models = new CpuModels(folder, name);
    models.around(model);
    models.network(name, model);
    if (quantised.isPresent()) {
      models.network(name + "_" + BundleManifest.INT8, quantised.get());
    }
  }

  /** What comes before and after the network of whole utterances. */
  private void around(VocoderModel model) throws IOException {
    folder.write(
        folder
            .graph(name + "_conditioner")
            .inputs(folder.features())
            .outputs(conditioning(model))
            .batching(),
        name + "_conditioner",
        ServingGraphs.conditioner(model));
    folder.write(
        folder
            .graph(name + "_decode")
            .inputs(List.of(TritonTensor.audio()))
            .outputs(TritonTensor.sound())
            .batching(),
        name + "_decode",
        ServingGraphs.decode(model));
  }

  private static List<TritonTensor> conditioning(VocoderModel model) {
    return ServingGraphs.conditioningTensors(model).stream().map(TritonTensor::of).toList();
  }

  /** The models of one precision. */
  private void network(String network, VocoderModel of) throws IOException {
    Profile profile = VocoderGraphs.profile(of);
    List<TritonTensor> conditioning = conditioning(of);
    List<TritonTensor> inputs = ModelFolder.all(conditioning, TritonTensor.draws());
    List<TritonTensor> audio = List.of(TritonTensor.audio());
    folder.write(
        folder.graph(network + "_generate").inputs(inputs).outputs(audio).batching(),
        network + "_generate",
        ServingGraphs.generate(of, profile));
    TritonConfig whole =
        TritonConfig.ofEnsemble(network, ModelFolder.MOST_ROWS)
            .inputs(ModelFolder.all(folder.features(), TritonTensor.draws()))
            .outputs(TritonTensor.sound())
            .steps(
                List.of(
                    new TritonConfig.Step(name + "_conditioner", folder.features(), conditioning),
                    new TritonConfig.Step(network + "_generate", inputs, audio),
                    new TritonConfig.Step(name + "_decode", audio, TritonTensor.sound())));
    folder.ensemble(folder.describe(whole), network);
    Optional<ServingGraphs.Stream> stream = ServingGraphs.stream(of, profile);
    if (stream.isPresent()) {
      stream(network + "_stream", stream.get());
    }
  }

  private void stream(String of, ServingGraphs.Stream stream) throws IOException {
    TritonConfig config =
        folder
            .graph(of)
            .inputs(
                ModelFolder.all(
                    folder.frames(), TritonTensor.draws(), TritonTensor.samples(stream)))
            .outputs(TritonTensor.sound())
            .sequences(ModelFolder.MOST_STREAMS, stream.carried());
    folder.write(folder.describe(config, stream), of, stream.graph());
    folder.start(stream.carried(), of);
  }
}
