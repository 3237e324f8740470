package org.wavebridge.exporter.triton;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.assemble.CarriedTensor;
import org.wavebridge.graphs.assemble.ServingGraphs;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.model.VocoderModel;

/**
 * The models whose samples a plan of TensorRT makes. What the plugins do not do, ONNX Runtime does
 * before and after: conditioning, the draw of uniforms, decoding.
 */
final class GpuModels {
  private final ModelFolder folder;
  private final String name;
  private final TritonRepository.Gpu gpu;
  private final String plugins;

  /**
   * The models of a repository.
   *
   * @param plugins the library, as the folder of a model sees it
   */
  GpuModels(ModelFolder folder, String name, TritonRepository.Gpu gpu, String plugins) {
    this.folder = folder;
    this.name = name;
    this.gpu = gpu;
    this.plugins = plugins;
  }

  void write(VocoderModel model, Optional<VocoderModel> quantised) throws IOException {
    TritonPlan plan = TritonPlan.of(model, gpu);
    List<TritonTensor> given = ModelFolder.all(folder.features(), List.of(TritonTensor.seed()));
    folder.write(
        folder
            .graph(name + "_gpu_inputs")
            .inputs(given)
            .outputs(plan.made(TritonPlan.Part.ALL))
            .batching(),
        name + "_gpu_inputs",
        ServingGraphs.planInputs(model));
    Optional<ServingGraphs.Stream> stream = ServingGraphs.planStream(model);
    if (stream.isPresent()) {
      aroundStreams(plan, stream.get(), ServingGraphs.decodeStream(model));
    }
    network(name, model, plan, stream);
    if (quantised.isPresent()) {
      TritonPlan small = TritonPlan.of(quantised.get(), gpu);
      network(name + "_" + BundleManifest.INT8, quantised.get(), small, stream);
    }
  }

  /** What comes before and after the network of streams. */
  private void aroundStreams(
      TritonPlan plan, ServingGraphs.Stream inputs, ServingGraphs.Stream decode)
      throws IOException {
    List<TritonTensor> given = ModelFolder.all(folder.frames(), List.of(TritonTensor.seed()));
    stream(
        folder
            .graph(name + "_gpu_stream_inputs")
            .inputs(given)
            .outputs(plan.made(TritonPlan.Part.NEW)),
        name + "_gpu_stream_inputs",
        inputs);
    stream(
        folder
            .graph(name + "_gpu_stream_decode")
            .inputs(ModelFolder.all(List.of(TritonTensor.audio()), TritonTensor.samples(decode)))
            .outputs(TritonTensor.sound()),
        name + "_gpu_stream_decode",
        decode);
  }

  private void stream(TritonConfig config, String of, ServingGraphs.Stream stream)
      throws IOException {
    // A model that hands nothing on needs no order.
    boolean ordered = !stream.carried().isEmpty();
    folder.write(
        ordered ? config.sequences(ModelFolder.MOST_STREAMS, stream.carried()) : config.batching(),
        of,
        stream.graph());
    if (ordered) {
      folder.start(stream.carried(), of);
    }
  }

  /** The models of one precision. */
  private void network(
      String network, VocoderModel of, TritonPlan plan, Optional<ServingGraphs.Stream> stream)
      throws IOException {
    whole(network, plan);
    if (stream.isPresent()) {
      streams(network, ServingGraphs.planCarried(of), plan, stream.get());
    }
  }

  private void whole(String network, TritonPlan plan) throws IOException {
    String generate = network + "_gpu_generate";
    List<TritonTensor> inputs = plan.inputs(TritonPlan.Part.ALL);
    List<TritonTensor> outputs = plan.outputs(TritonPlan.Part.ALL);
    folder.configure(
        TritonConfig.ofPlan(generate, gpu.rows()).inputs(inputs).outputs(outputs).batching(),
        generate);
    Path place = folder.folder().resolve(generate);
    Files.write(place.resolve("model.onnx"), plan.graph());
    Files.writeString(place.resolve("plan.sh"), plan.script(plugins));
    List<TritonTensor> given = ModelFolder.all(folder.features(), List.of(TritonTensor.seed()));
    TritonConfig config =
        TritonConfig.ofEnsemble(network + "_gpu", gpu.rows())
            .inputs(ModelFolder.all(folder.features(), TritonTensor.draws()))
            .outputs(sound())
            .steps(
                List.of(
                    new TritonConfig.Step(
                        name + "_gpu_inputs", given, plan.made(TritonPlan.Part.ALL)),
                    new TritonConfig.Step(generate, inputs, plan.outputs(TritonPlan.Part.NEW)),
                    new TritonConfig.Step(
                        name + "_decode", List.of(TritonTensor.audio()), TritonTensor.sound())));
    folder.ensemble(folder.describe(config), network + "_gpu");
  }

  /** The plan of whole utterances with its previous values and its state kept by the server. */
  private void streams(
      String network, List<CarriedTensor> carried, TritonPlan plan, ServingGraphs.Stream stream)
      throws IOException {
    String generate = network + "_gpu_stream_generate";
    List<TritonTensor> inputs = plan.inputs(TritonPlan.Part.NEW);
    List<TritonTensor> outputs = plan.outputs(TritonPlan.Part.NEW);
    folder.configure(
        TritonConfig.ofPlan(generate, gpu.rows())
            .inputs(inputs)
            .outputs(outputs)
            .sequences(ModelFolder.MOST_STREAMS, carried),
        generate);
    folder.start(carried, generate);
    Files.writeString(
        folder.folder().resolve(generate).resolve("plan.sh"),
        TritonPlan.copyScript("../" + network + "_gpu_generate"));
    List<TritonTensor> samples = TritonTensor.samples(stream);
    List<TritonTensor> given = ModelFolder.all(folder.frames(), List.of(TritonTensor.seed()));
    TritonConfig config =
        TritonConfig.ofEnsemble(network + "_gpu_stream", gpu.rows())
            .inputs(ModelFolder.all(folder.frames(), TritonTensor.draws(), samples))
            .outputs(sound())
            .steps(
                List.of(
                    new TritonConfig.Step(
                        name + "_gpu_stream_inputs", given, plan.made(TritonPlan.Part.NEW)),
                    new TritonConfig.Step(generate, inputs, outputs),
                    new TritonConfig.Step(
                        name + "_gpu_stream_decode",
                        ModelFolder.all(List.of(TritonTensor.audio()), samples),
                        TritonTensor.sound())));
    folder.ensemble(folder.describe(config, stream), network + "_gpu_stream");
  }

  private static List<TritonTensor> sound() {
    return ModelFolder.all(TritonTensor.sound(), List.of(TritonTensor.status()));
  }
}
