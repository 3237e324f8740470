package org.wavebridge.spark;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.spark.SparkContext;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.bundle.Bundle;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.Sha256;
import org.wavebridge.graphs.files.FileErrors;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A bundle of the driver's machine on its way to the executors: a zip that has the name of its
 * contents, so that one name is one voice.
 *
 * @param name among Spark's files
 * @param manifest of the bundle
 */
record ShippedBundle(String name, BundleManifest manifest) {
  /**
   * Gives a bundle to Spark, once for each application.
   *
   * @throws BundleException if it cannot be read, or has no graphs in the precision
   */
  static ShippedBundle of(SparkContext context, Path bundle, String precision) {
    BundleManifest manifest;
    try (Bundle opened = Bundle.open(bundle)) {
      manifest = opened.manifest();
    }
    if (manifest.graphs().stream().noneMatch(graph -> graph.precision().equals(precision))) {
      throw new BundleException(
          "%s: has no graphs in precision %s; export it with --precision f32,%s"
              .formatted(bundle, precision, precision));
    }
    try {
      Path folder = Files.createTempDirectory("wavebridge-spark");
      folder.toFile().deleteOnExit();
      Path zip = folder.resolve("bundle.zip");
      if (Files.isDirectory(bundle)) {
        pack(bundle, zip);
      } else {
        Files.copy(bundle, zip);
      }
      String name = "wavebridge-" + Sha256.of(Files.readAllBytes(zip)) + ".zip";
      if (added(context, name)) {
        Files.delete(zip);
        return new ShippedBundle(name, manifest);
      }
      Path named = Files.move(zip, folder.resolve(name));
      named.toFile().deleteOnExit();
      context.addFile(named.toUri().toString());
      return new ShippedBundle(name, manifest);
    } catch (IOException e) {
      throw new BundleException(
          bundle + ": cannot be given to the executors: " + FileErrors.reason(e), e);
    }
  }

  private static boolean added(SparkContext context, String name) {
    return CollectionConverters.asJava(context.listFiles()).stream()
        .anyMatch(file -> file.endsWith("/" + name));
  }

  /** The same bytes for the same bundle; not made smaller, as weights hardly shrink. */
  private static void pack(Path bundle, Path zip) throws IOException {
    List<Path> files;
    try (Stream<Path> entries = Files.list(bundle)) {
      files = entries.filter(Files::isRegularFile).sorted().toList();
    }
    try (OutputStream out = Files.newOutputStream(zip);
        ZipOutputStream packed = new ZipOutputStream(out)) {
      packed.setLevel(Deflater.NO_COMPRESSION);
      for (Path file : files) {
        ZipEntry entry = new ZipEntry(String.valueOf(file.getFileName()));
        entry.setTime(0);
        packed.putNextEntry(entry);
        Files.copy(file, packed);
      }
    }
  }
}
