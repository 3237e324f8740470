package org.wavebridge.graphs.bundle;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.build.GraphKind;
import org.wavebridge.graphs.build.VocoderGraphs;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.OnnxModel;

/**
 * A bundle written beside its target, not yet visible there. It can be opened and checked; {@link
 * #publish} then puts it in place in one move, and {@link #close} removes what was not published.
 * So a bundle appears complete or not at all.
 */
public final class StagedBundle implements AutoCloseable {
  private final Path target;
  private final Path directory;

  private StagedBundle(Path target, Path directory) {
    this.target = target;
    this.directory = directory;
  }

  /** Writes the f32 bundle of a model, as the other overload does. */
  public static StagedBundle write(
      VocoderModel model, BundleManifest.Source source, String producer, Path target) {
    return write(model, Optional.empty(), source, producer, target);
  }

  /**
   * Writes the bundle of a model next to {@code target}.
   *
   * @param quantised the same model with quantised weights, for int8 graphs beside the f32 ones
   * @param target the bundle's folder, or a file named {@code *.zip}
   * @param producer program and version for the record
   * @throws BundleException if the target exists and is no bundle, or cannot be written
   */
  public static StagedBundle write(
      VocoderModel model,
      Optional<VocoderModel> quantised,
      BundleManifest.Source source,
      String producer,
      Path target) {
    Path place = target.toAbsolutePath().normalize();
    checkTarget(target, place);
    try {
      Path parent = place.getParent();
      if (parent == null) {
        throw new BundleException(target + ": not a place for a bundle");
      }
      Files.createDirectories(parent);
      Path directory =
          Files.createDirectory(
              parent.resolve("." + place.getFileName() + ".partial-" + UUID.randomUUID()));
      StagedBundle staged = new StagedBundle(place, directory);
      try {
        staged.fill(model, quantised, source, producer);
        return staged;
      } catch (IOException | RuntimeException e) {
        staged.close();
        throw e;
      }
    } catch (IOException e) {
      throw new BundleException(target + ": cannot be written: " + e.getMessage(), e);
    }
  }

  /** Where the staged bundle can be opened. */
  public Path directory() {
    return directory;
  }

  /**
   * Moves the bundle to its target, replacing a bundle that was there.
   *
   * @return the target
   */
  public Path publish() {
    try {
      if (target.toString().endsWith(".zip")) {
        Path zip = zipped();
        Files.move(
            zip, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } else {
        replaceFolder();
      }
      return target;
    } catch (IOException e) {
      throw new BundleException(target + ": cannot be written: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    delete(directory);
  }

  private void fill(
      VocoderModel model,
      Optional<VocoderModel> quantised,
      BundleManifest.Source source,
      String producer)
      throws IOException {
    List<BundleManifest.GraphFile> files = new ArrayList<>();
    for (Map.Entry<GraphKind, OnnxModel> graph : VocoderGraphs.build(model).entrySet()) {
      files.add(write(graph, BundleManifest.F32, ""));
    }
    if (quantised.isPresent()) {
      for (Map.Entry<GraphKind, OnnxModel> graph :
          VocoderGraphs.buildInt8(quantised.get()).entrySet()) {
        files.add(write(graph, BundleManifest.INT8, "-int8"));
      }
    }
    BundleManifest manifest = BundleManifest.of(model, producer, files, source);
    Files.write(
        directory.resolve(BundleManifest.FILE),
        (Bundle.description(manifest) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private BundleManifest.GraphFile write(
      Map.Entry<GraphKind, OnnxModel> graph, String precision, String suffix) throws IOException {
    String name = graph.getKey().label() + suffix + ".onnx";
    byte[] bytes = graph.getValue().toBytes();
    Files.write(directory.resolve(name), bytes);
    return new BundleManifest.GraphFile(name, graph.getKey(), precision, Sha256.of(bytes));
  }

  private static void checkTarget(Path target, Path place) {
    boolean zip = place.toString().endsWith(".zip");
    if (!Files.exists(place) || Bundle.isBundle(place) || (!zip && isEmptyFolder(place))) {
      return;
    }
    throw new BundleException(
        target
            + ": exists and is no bundle; nothing was written, choose another place or remove it");
  }

  private static boolean isEmptyFolder(Path place) {
    if (!Files.isDirectory(place)) {
      return false;
    }
    try (Stream<Path> entries = Files.list(place)) {
      return entries.findAny().isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  private void replaceFolder() throws IOException {
    Path old = directory.resolveSibling(directory.getFileName() + "-old");
    boolean existed = Files.exists(target);
    if (existed) {
      Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
    }
    try {
      Files.move(directory, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (existed) {
        Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
      }
      throw e;
    }
    delete(old);
  }

  private Path zipped() throws IOException {
    Path zip = directory.resolve("bundle.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip));
        Stream<Path> entries = Files.list(directory)) {
      for (Path file : entries.filter(entry -> !entry.equals(zip)).sorted().toList()) {
        out.putNextEntry(new ZipEntry(file.getFileName().toString()));
        Files.copy(file, out);
        out.closeEntry();
      }
    }
    return zip;
  }

  private static void delete(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> entries = Files.walk(directory)) {
      for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(entry);
      }
    } catch (IOException e) {
      throw new BundleException(directory + ": cannot be removed: " + e.getMessage(), e);
    }
  }
}
