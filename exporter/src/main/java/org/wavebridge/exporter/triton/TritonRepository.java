package org.wavebridge.exporter.triton;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.assemble.ServingGraphs;
import org.wavebridge.graphs.assemble.VocoderGraphs;
import org.wavebridge.graphs.files.FileErrors;
import org.wavebridge.graphs.files.OutputFile;
import org.wavebridge.graphs.files.Unfinished;
import org.wavebridge.graphs.model.VocoderModel;

/**
 * A model repository of one vocoder for Triton. NAME makes whole utterances: it runs
 * NAME_conditioner, NAME_generate and NAME_decode one after the other. NAME_stream makes streams.
 * With int8 weights there are NAME_int8, NAME_int8_generate and NAME_int8_stream too. NAME_gpu and
 * NAME_gpu_stream have their samples made by a GPU, as have NAME_int8_gpu and NAME_int8_gpu_stream.
 */
public final class TritonRepository {
  private static final String LIBRARY = "libwavebridge_ops.so";
  private static final String PLUGINS = "libwavebridge_tensorrt.so";

  private TritonRepository() {}

  /**
   * What a repository is for.
   *
   * @param name of the model of whole utterances, and how those of the others begin
   * @param library the custom operators for the server's machine
   * @param root where the server sees the repository, an absolute path
   * @param gpu what a GPU is to make; empty for CPUs alone
   */
  public record Place(String name, Path library, String root, Optional<Gpu> gpu) {
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
   * Samples made on a GPU.
   *
   * @param plugins the plugins for TensorRT
   * @param rows of a call, 1 to {@value #MOST_PLAN_ROWS}; the plugins spread weights by it
   * @param seconds of the longest utterance, above 0
   */
  public record Gpu(Path plugins, int rows, double seconds) {
    /** Most rows of a call: as many as the models before and after it take. */
    public static final int MOST_PLAN_ROWS = ModelFolder.MOST_ROWS;

    /** Longest utterance, in seconds. */
    public static final double MOST_SECONDS = 600;

    /** Checks the sizes. */
    public Gpu {
      if (rows < 1 || rows > MOST_PLAN_ROWS) {
        throw new InputException(
            "Triton on a GPU: expected 1 to %d rows in a call, found %d"
                .formatted(MOST_PLAN_ROWS, rows));
      }
      if (!(seconds > 0 && seconds <= MOST_SECONDS)) {
        throw new InputException(
            "Triton on a GPU: expected utterances of more than 0 and at most %.0f seconds, found %s"
                .formatted(MOST_SECONDS, seconds));
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
   * @throws GraphException if the model has no graphs that stand alone, no conditioning, or no
   *     plugins for the GPU that is to make its samples
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
        fill(model, quantised, place, made);
        copy(place.library(), made.resolve(place.name()).resolve(LIBRARY));
        if (place.gpu().isPresent()) {
          copy(place.gpu().get().plugins(), made.resolve(place.name()).resolve(PLUGINS));
        }
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

  private static void fill(
      VocoderModel model, Optional<VocoderModel> quantised, Place place, Path made)
      throws IOException {
    String library =
        "%s/%s/%s".formatted(place.root().replaceAll("/+$", ""), place.name(), LIBRARY);
    ModelFolder folder = new ModelFolder(made, library, model);
    CpuModels.write(folder, place.name(), model, quantised);
    if (place.gpu().isPresent()) {
      String plugins = "../%s/%s".formatted(place.name(), PLUGINS);
      new GpuModels(folder, place.name(), place.gpu().get(), plugins).write(model, quantised);
    }
  }

  /** Without its permissions: the server runs as another user than who exports. */
  private static void copy(Path library, Path to) throws IOException {
    Files.write(to, Files.readAllBytes(library));
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
    own.addAll(List.of(name + "_decode", name + "_gpu_inputs"));
    own.addAll(List.of(name + "_gpu_stream_inputs", name + "_gpu_stream_decode"));
    for (String network : List.of(name, name + "_int8")) {
      own.addAll(List.of(network + "_generate", network + "_stream"));
      own.addAll(List.of(network + "_gpu", network + "_gpu_generate"));
      own.addAll(List.of(network + "_gpu_stream", network + "_gpu_stream_generate"));
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
}
