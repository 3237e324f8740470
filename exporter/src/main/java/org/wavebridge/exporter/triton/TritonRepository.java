package org.wavebridge.exporter.triton;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.assemble.CarriedTensor;
import org.wavebridge.graphs.assemble.ServingGraphs;
import org.wavebridge.graphs.assemble.VocoderGraphs;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.files.FileErrors;
import org.wavebridge.graphs.files.OutputFile;
import org.wavebridge.graphs.files.Unfinished;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.OnnxModel;

/**
 * A model repository of one vocoder for Triton. NAME makes whole utterances: it runs
 * NAME_conditioner, NAME_generate and NAME_decode one after the other. NAME_stream makes streams.
 * With int8 weights there are NAME_int8, NAME_int8_generate and NAME_int8_stream too.
 */
public final class TritonRepository {
  /** Rows of a call. */
  private static final int MOST_ROWS = 32;

  /** Streams that the server keeps at once. */
  private static final int MOST_STREAMS = 256;

  private static final String LIBRARY = "libwavebridge_ops.so";
  private static final String VERSION = "1";

  private final String name;
  private final String library;
  private final Path folder;
  private final VocoderModel model;

  private TritonRepository(String name, String library, Path folder, VocoderModel model) {
    this.name = name;
    this.library = library;
    this.folder = folder;
    this.model = model;
  }

  /**
   * What a repository is for.
   *
   * @param name of the model of whole utterances, and how those of the others begin
   * @param library the custom operators for the server's machine
   * @param root where the server sees the repository, an absolute path
   */
  public record Place(String name, Path library, String root) {
    /** Checks the name and the root. */
    public Place {
      if (!name.matches("[A-Za-z0-9][A-Za-z0-9_.-]*")) {
        throw new InputException(
            "Triton: expected a plain name of letters, digits, '_', '.' and '-' for the model, found '%s'; name the bundle so"
                .formatted(name));
      }
      if (!root.matches("/[A-Za-z0-9_./-]*")) {
        throw new InputException(
            "Triton: expected an absolute path of plain characters where the server sees the repository, found '%s'"
                .formatted(root));
      }
    }
  }

  /**
   * Writes a repository.
   *
   * @param quantised the same model with quantised weights
   * @param target a folder that is not there, is empty, or has nothing but an earlier repository of
   *     this name
   * @return the names of the models
   * @throws InputException if the target holds anything else, or cannot be written
   * @throws GraphException if the model has no graphs that stand alone, or no conditioning
   */
  public static List<String> write(
      VocoderModel model, Optional<VocoderModel> quantised, Place place, Path target) {
    VocoderGraphs.standaloneKinds(model);
    if (ServingGraphs.conditioningTensors(model).isEmpty()) {
      throw new GraphException(
          "Triton: expected a network with conditioning, found one without; a tensor of no values cannot pass from model to model");
    }
    Path parent = target.toAbsolutePath().getParent();
    if (parent == null) {
      throw new InputException(target + ": not a place for a folder");
    }
    OutputFile.createFolder(parent);
    try {
      Path real = OutputFile.realPlace(target);
      requireOwn(target, real, place.name());
      try (Unfinished unfinished = Unfinished.beside(real)) {
        Path made = Files.createDirectory(unfinished.folder().resolve("repository"));
        Path before = unfinished.folder().resolve("before");
        String root = place.root().replaceAll("/+$", "");
        String library = "%s/%s/%s".formatted(root, place.name(), LIBRARY);
        new TritonRepository(place.name(), library, made, model).fill(quantised);
        // Not with its permissions: the server runs as another user than who exports.
        Files.write(
            made.resolve(place.name()).resolve(LIBRARY), Files.readAllBytes(place.library()));
        List<String> models = names(made);
        unfinished.finish(
            () -> {
              if (Files.exists(real)) {
                Files.move(real, before, StandardCopyOption.ATOMIC_MOVE);
              }
              Files.move(made, real, StandardCopyOption.ATOMIC_MOVE);
            });
        return models;
      }
    } catch (IOException e) {
      throw new InputException(
          "%s: expected a folder to write to: %s".formatted(target, FileErrors.reason(e)), e);
    }
  }

  /** Refuses a folder with anything that is not of an earlier repository. */
  private static void requireOwn(Path target, Path real, String name) throws IOException {
    if (!Files.exists(real)) {
      return;
    }
    if (!Files.isDirectory(real)) {
      throw new InputException(target + ": expected a folder for a repository, found a file");
    }
    List<String> own = new ArrayList<>(List.of(name, name + "_int8", name + "_conditioner"));
    own.add(name + "_decode");
    for (String network : List.of(name, name + "_int8")) {
      own.addAll(List.of(network + "_generate", network + "_stream"));
    }
    for (String each : names(real)) {
      if (!own.contains(each)) {
        throw new InputException(
            "%s: expected an empty folder or an earlier repository of '%s', found '%s' in it; choose another place"
                .formatted(target, name, each));
      }
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> String.valueOf(entry.getFileName())).sorted().toList();
    }
  }

  private void fill(Optional<VocoderModel> quantised) throws IOException {
    List<TritonTensor> conditioning = conditioning();
    write(
        graph(name + "_conditioner")
            .inputs(List.of(TritonTensor.features(mels())))
            .outputs(conditioning)
            .batching(),
        name + "_conditioner",
        ServingGraphs.conditioner(model));
    write(
        graph(name + "_decode")
            .inputs(List.of(TritonTensor.audio()))
            .outputs(TritonTensor.sound())
            .batching(),
        name + "_decode",
        ServingGraphs.decode(model));
    network(name, model);
    if (quantised.isPresent()) {
      network(name + "_" + BundleManifest.INT8, quantised.get());
    }
  }

  /** The models of one precision. */
  private void network(String network, VocoderModel of) throws IOException {
    Profile profile = VocoderGraphs.profile(of);
    List<TritonTensor> inputs = new ArrayList<>(conditioning());
    inputs.addAll(List.of(TritonTensor.seed(), TritonTensor.temperature()));
    List<TritonTensor> audio = List.of(TritonTensor.audio());
    write(
        graph(network + "_generate").inputs(inputs).outputs(audio).batching(),
        network + "_generate",
        ServingGraphs.generate(of, profile));
    List<TritonTensor> features = List.of(TritonTensor.features(mels()));
    ensemble(
        network,
        List.of(
            new TritonConfig.Step(name + "_conditioner", features, conditioning()),
            new TritonConfig.Step(network + "_generate", inputs, audio),
            new TritonConfig.Step(name + "_decode", audio, TritonTensor.sound())));
    Optional<ServingGraphs.Stream> stream = ServingGraphs.stream(of, profile);
    if (stream.isPresent()) {
      stream(network + "_stream", stream.get());
    }
  }

  private void ensemble(String network, List<TritonConfig.Step> steps) throws IOException {
    TritonConfig config =
        TritonConfig.ofEnsemble(network, MOST_ROWS)
            .inputs(
                List.of(
                    TritonTensor.features(mels()), TritonTensor.seed(), TritonTensor.temperature()))
            .outputs(TritonTensor.sound())
            .steps(steps);
    describe(config);
    // A version of a model is a folder, also where nothing is in it.
    Files.createDirectories(folder.resolve(network).resolve(VERSION));
    configure(network, config);
  }

  private void stream(String of, ServingGraphs.Stream stream) throws IOException {
    List<TritonTensor> inputs = new ArrayList<>();
    inputs.add(TritonTensor.frames(mels()));
    inputs.addAll(List.of(TritonTensor.seed(), TritonTensor.temperature()));
    if (model.audio().fadeOutFrames() > 0) {
      inputs.add(TritonTensor.samples());
    }
    TritonConfig config =
        graph(of)
            .inputs(inputs)
            .outputs(TritonTensor.sound())
            .sequences(MOST_STREAMS, stream.carried())
            .parameter("context_frames", "" + stream.context())
            .parameter("padding", padding());
    describe(config);
    write(config, of, stream.graph());
    Path start = Files.createDirectories(folder.resolve(of).resolve("initial_state"));
    for (CarriedTensor tensor : stream.carried()) {
      Files.write(start.resolve(tensor.input()), bytes(tensor));
    }
  }

  /** What a frame of padding holds: a number, or a copy of its neighbour. */
  private String padding() {
    return model.conditioner() instanceof UpsampledMels upsampled
        ? String.format(Locale.ROOT, "%s", upsampled.padValue())
        : "edge";
  }

  private static byte[] bytes(CarriedTensor tensor) {
    ByteBuffer bytes =
        ByteBuffer.allocate(tensor.start().length * tensor.type().bytes())
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float value : tensor.start()) {
      if (tensor.type() == ElementType.INT64) {
        bytes.putLong((long) value);
      } else {
        bytes.putFloat(value);
      }
    }
    return bytes.array();
  }

  private void describe(TritonConfig config) {
    config
        .parameter("sample_rate", "" + model.audio().sampleRate())
        .parameter("samples_per_frame", "" + model.features().hop())
        .parameter("lead_frames", "" + model.utterance().leadFrames())
        .parameter("tail_frames", "" + model.utterance().tailFrames());
  }

  private int mels() {
    return model.features().mels();
  }

  private List<TritonTensor> conditioning() {
    return ServingGraphs.conditioningTensors(model).stream().map(TritonTensor::of).toList();
  }

  private TritonConfig graph(String of) {
    return TritonConfig.ofGraph(of, MOST_ROWS).library(library);
  }

  private void write(TritonConfig config, String of, OnnxModel graph) throws IOException {
    Path version = Files.createDirectories(folder.resolve(of).resolve(VERSION));
    Files.write(version.resolve("model.onnx"), graph.toBytes());
    configure(of, config);
  }

  private void configure(String of, TritonConfig config) throws IOException {
    Files.write(
        folder.resolve(of).resolve("config.pbtxt"),
        config.toString().getBytes(StandardCharsets.UTF_8));
  }
}
