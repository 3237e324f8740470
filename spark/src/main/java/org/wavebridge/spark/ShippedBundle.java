package org.wavebridge.spark;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.bundle.Bundle;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.Sha256;
import org.wavebridge.graphs.files.FileErrors;

/**
 * A bundle of the driver's machine on its way to the executors, as a zip. Broadcast, not one of
 * Spark's files: those do not reach the tasks of tables where sessions have files of their own.
 *
 * @param name of its contents, so that one name is one voice
 * @param zip its bytes
 */
record ShippedBundle(String name, Broadcast<byte[]> zip) implements Serializable {
  /**
   * Gives a bundle to the executors.
   *
   * @throws BundleException if it cannot be read
   */
  static ShippedBundle of(SparkContext context, Path bundle) {
    try {
      byte[] zip = Files.isDirectory(bundle) ? packed(bundle) : Files.readAllBytes(bundle);
      return new ShippedBundle(
          "wavebridge-" + Sha256.of(zip) + ".zip",
          JavaSparkContext.fromSparkContext(context).broadcast(zip));
    } catch (IOException e) {
      throw new BundleException(bundle + ": cannot be read: " + FileErrors.reason(e), e);
    }
  }

  /**
   * The description of a bundle.
   *
   * @throws BundleException if it cannot be read, or has no graphs in the precision
   */
  static BundleManifest manifest(Path bundle, String precision) {
    try (Bundle opened = Bundle.open(bundle)) {
      BundleManifest manifest = opened.manifest();
      if (manifest.graphs().stream().noneMatch(graph -> graph.precision().equals(precision))) {
        throw new BundleException(
            "%s: has no graphs in precision %s; export it with --precision f32,%s"
                .formatted(bundle, precision, precision));
      }
      return manifest;
    }
  }

  /** The same bytes for the same bundle; not made smaller, as weights hardly shrink. */
  private static byte[] packed(Path bundle) throws IOException {
    List<Path> files;
    try (Stream<Path> entries = Files.list(bundle)) {
      files = entries.filter(Files::isRegularFile).sorted().toList();
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setLevel(Deflater.NO_COMPRESSION);
      for (Path file : files) {
        ZipEntry entry = new ZipEntry(String.valueOf(file.getFileName()));
        entry.setTime(0);
        zip.putNextEntry(entry);
        Files.copy(file, zip);
      }
    }
    return out.toByteArray();
  }
}
