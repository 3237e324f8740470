package org.wavebridge.graphs.bundle;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.assemble.VocoderGraphs;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.files.FileErrors;
import org.wavebridge.graphs.files.OutputFile;
import org.wavebridge.graphs.files.Unfinished;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.OnnxModel;

/**
 * A bundle written beside its target, not yet visible there. It can be opened and checked; {@link
 * #publish} then puts it in place in one move, and {@link #close} removes what was not published.
 * So a bundle appears complete or not at all.
 */
public final class StagedBundle implements AutoCloseable {
  private static final String ZIP = ".zip";

  private final Path target;
  private final Unfinished unfinished;
  private final Path directory;
  private @Nullable BundleManifest manifest;

  private StagedBundle(Path target, Unfinished unfinished) throws IOException {
    this.target = target;
    this.unfinished = unfinished;
    this.directory = Files.createDirectory(unfinished.folder().resolve("bundle"));
  }

  /** Writes the f32 bundle of a model, as the other overload does. */
  public static StagedBundle write(
      VocoderModel model, BundleManifest.Source source, String producer, Path target) {
    return write(model, Optional.empty(), source, producer, target);
  }

  /** Writes a bundle without graphs that stand alone, as the other overload does. */
  public static StagedBundle write(
      VocoderModel model,
      Optional<VocoderModel> quantised,
      BundleManifest.Source source,
      String producer,
      Path target) {
    return write(model, quantised, false, source, producer, target);
  }

  /**
   * Writes the bundle of a model next to {@code target}.
   *
   * @param quantised the same model with quantised weights, for int8 graphs beside the f32 ones
   * @param standalone whether the graphs of {@link VocoderGraphs#standaloneKinds} are written too
   * @param target the bundle's folder, or a file named {@code *.zip}; symbolic links are followed
   * @param producer program and version for the record
   * @throws BundleException if the target exists and is no bundle, holds other files beside it, or
   *     cannot be written
   */
  public static StagedBundle write(
      VocoderModel model,
      Optional<VocoderModel> quantised,
      boolean standalone,
      BundleManifest.Source source,
      String producer,
      Path target) {
    Path parent = target.toAbsolutePath().getParent();
    if (parent == null) {
      throw new BundleException(target + ": not a place for a bundle");
    }
    OutputFile.createFolder(parent);
    try {
      Path place = OutputFile.realPlace(target);
      checkTarget(target, place);
      Unfinished unfinished =
          Files.isDirectory(place) ? Unfinished.inside(place) : Unfinished.beside(place);
      try {
        StagedBundle staged = new StagedBundle(place, unfinished);
        staged.fill(model, quantised, standalone, source, producer);
        return staged;
      } catch (IOException | RuntimeException e) {
        unfinished.close();
        throw e;
      }
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  private static BundleException unwritable(Path target, IOException e) {
    return new BundleException(target + ": cannot be written: " + FileErrors.reason(e), e);
  }

  /** Where the staged bundle can be opened. */
  public Path directory() {
    return directory;
  }

  /**
   * Moves the bundle to its target. Of a bundle that was there only what it owns is replaced, and
   * who opens it meanwhile finds the old or the new one; the folder stays, as do symbolic links to
   * it.
   *
   * @return the target, with symbolic links followed
   */
  public Path publish() {
    try {
      if (!Files.isDirectory(target) && target.toString().endsWith(ZIP)) {
        Path zip = zipped();
        unfinished.finish(() -> OutputFile.moveOver(zip, target));
      } else {
        unfinished.finish(this::placeFolder);
      }
      return target;
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  private void placeFolder() throws IOException {
    if (!Files.exists(target)) {
      try {
        Files.move(directory, target, StandardCopyOption.ATOMIC_MOVE);
        return;
      } catch (IOException e) {
        // Unless another writer was there first.
        if (!Files.isDirectory(target)) {
          throw e;
        }
      }
    }
    BundleFolder folder = new BundleFolder(target);
    folder.requireNoStrangers(target);
    folder.replace(directory, Objects.requireNonNull(manifest));
  }

  @Override
  public void close() {
    unfinished.close();
  }

  private void fill(
      VocoderModel model,
      Optional<VocoderModel> quantised,
      boolean standalone,
      BundleManifest.Source source,
      String producer)
      throws IOException {
    List<BundleManifest.GraphFile> files = new ArrayList<>();
    add(files, VocoderGraphs.build(model), BundleManifest.F32);
    if (standalone) {
      Set<GraphKind> kinds = VocoderGraphs.standaloneKinds(model);
      add(files, VocoderGraphs.build(model, Profile.F32, kinds), BundleManifest.F32);
    }
    if (quantised.isPresent()) {
      VocoderModel int8 = quantised.get();
      add(files, VocoderGraphs.buildInt8(int8), BundleManifest.INT8);
      if (standalone) {
        Set<GraphKind> loop = Set.of(GraphKind.SEEDED_GENERATE);
        add(
            files,
            VocoderGraphs.build(int8, VocoderGraphs.profile(int8), loop),
            BundleManifest.INT8);
      }
    }
    manifest = BundleManifest.of(model, quantised, producer, files, source);
    Files.write(
        directory.resolve(BundleManifest.FILE),
        (Bundle.description(manifest) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private void add(
      List<BundleManifest.GraphFile> files, Map<GraphKind, OnnxModel> graphs, String precision)
      throws IOException {
    for (Map.Entry<GraphKind, OnnxModel> graph : graphs.entrySet()) {
      files.add(write(graph, precision));
    }
  }

  private BundleManifest.GraphFile write(Map.Entry<GraphKind, OnnxModel> graph, String precision)
      throws IOException {
    String suffix = precision.equals(BundleManifest.F32) ? "" : "-" + precision;
    String name = graph.getKey().label() + suffix + ".onnx";
    byte[] bytes = graph.getValue().toBytes();
    Files.write(directory.resolve(name), bytes);
    return new BundleManifest.GraphFile(name, graph.getKey(), precision, Sha256.of(bytes));
  }

  private static void checkTarget(Path target, Path place) throws IOException {
    if (!Files.exists(place)) {
      return;
    }
    if (Files.isDirectory(place)) {
      new BundleFolder(place).requireNoStrangers(target);
    } else if (BundleFiles.isBundle(place)) {
      BundleFolder.requireNoStrangers(target, place);
    } else {
      throw BundleFolder.noBundle(target);
    }
  }

  private Path zipped() throws IOException {
    Path zip = unfinished.folder().resolve("bundle.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip));
        Stream<Path> entries = Files.list(directory)) {
      for (Path file : entries.sorted().toList()) {
        out.putNextEntry(new ZipEntry(file.getFileName().toString()));
        Files.copy(file, out);
        out.closeEntry();
      }
    }
    return zip;
  }
}
