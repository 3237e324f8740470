package org.wavebridge.runtime.internal.tensorrt;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.graphs.files.FileErrors;
import org.wavebridge.graphs.files.OutputFile;
import org.wavebridge.graphs.files.Unfinished;

/**
 * The libraries of the bindings, and TensorRT's own where the build carries them (profile {@code
 * tensorrt}), unpacked to one folder: TensorRT looks beside itself for what builds engines. They
 * are large, so they stay there for the next process.
 */
final class TensorRtFiles {
  /** Of the bindings, and of TensorRT where it is carried. */
  static final String VERSION = "10.15-1.5.13";

  private static final String FOLDER = "/org/bytedeco/tensorrt/linux-x86_64/";
  private static final String INFER = "libnvinfer.so.10";

  /** In the order in which they are loaded; the first of each pair may be the system's. */
  private static final List<String> OWN = List.of(INFER, "libnvonnxparser.so.10");

  private static final String BUILDER = "libnvinfer_builder_resource_ptx.so.10.15.1";

  private TensorRtFiles() {}

  /** Whether the class path carries TensorRT itself. */
  static boolean carried() {
    return TensorRtFiles.class.getResource(FOLDER + INFER) != null;
  }

  /**
   * Unpacks the libraries that are not there yet.
   *
   * @param folder to unpack to
   * @return those to load, in their order
   * @throws BackendException if one is missing in this build, or cannot be written
   */
  static List<Path> unpacked(Path folder) {
    Path bindings = unpack(folder, "/org/bytedeco/javacpp/linux-x86_64/", "libjnijavacpp.so");
    Path infer = unpack(folder, FOLDER, "libjninvinfer.so");
    Path parser = unpack(folder, FOLDER, "libjninvonnxparser.so");
    if (!carried()) {
      return List.of(bindings, infer, parser);
    }
    unpack(folder, FOLDER, BUILDER);
    return List.of(
        bindings,
        unpack(folder, FOLDER, OWN.get(0)),
        infer,
        unpack(folder, FOLDER, OWN.get(1)),
        parser);
  }

  private static Path unpack(Path folder, String place, String name) {
    URL resource = TensorRtFiles.class.getResource(place + name);
    if (resource == null) {
      throw new BackendException("backend 'tensorrt': this build has no " + name);
    }
    Path file = folder.resolve(name);
    try {
      URLConnection connection = resource.openConnection();
      long size = connection.getContentLengthLong();
      try (InputStream contents = connection.getInputStream()) {
        if (!Files.exists(file) || Files.size(file) != size) {
          Files.createDirectories(folder);
          try (Unfinished unfinished = Unfinished.beside(file)) {
            Path part = unfinished.folder().resolve(name);
            Files.copy(contents, part);
            unfinished.finish(() -> OutputFile.moveOver(part, file));
          }
        }
      }
      return file;
    } catch (IOException e) {
      throw new BackendException(
          "backend 'tensorrt': %s cannot be unpacked; is there room in %s? %s"
              .formatted(name, folder, FileErrors.reason(e)),
          e);
    }
  }
}
