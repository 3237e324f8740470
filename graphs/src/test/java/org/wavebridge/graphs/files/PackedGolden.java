package org.wavebridge.graphs.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Golden files that lie in a pack, {@code containers.zip.xz}, in their folder: one checkpoint in
 * many containers takes little more room there than in one.
 */
public final class PackedGolden {
  private static final String PACK = "containers.zip.xz";
  private static final Map<Path, Path> UNPACKED = new ConcurrentHashMap<>();

  private PackedGolden() {}

  /**
   * A golden file, unpacked if it lies in a pack.
   *
   * @param golden the folder of all golden files
   * @param name of a file in it, such as {@code fatchord_raw/checkpoint_legacy.pyt}
   */
  public static Path path(Path golden, String name) {
    Path file = golden.resolve(name);
    Path pack = file.resolveSibling(PACK);
    return Files.exists(file) || !Files.exists(pack)
        ? file
        : UNPACKED.computeIfAbsent(pack, PackedGolden::unpack).resolve(file.getFileName());
  }

  private static Path unpack(Path pack) {
    try (InputStream in = Files.newInputStream(pack);
        ZipInputStream zip = new ZipInputStream(new XZInputStream(in))) {
      Path folder = Files.createTempDirectory("golden");
      folder.toFile().deleteOnExit();
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = folder.resolve(entry.getName());
        Files.copy(zip, file);
        file.toFile().deleteOnExit();
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(pack + " cannot be unpacked", e);
    }
  }
}
