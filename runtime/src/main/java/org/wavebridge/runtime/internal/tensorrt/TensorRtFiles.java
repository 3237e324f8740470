package org.wavebridge.runtime.internal.tensorrt;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.runtime.internal.library.LibraryCache;
import org.wavebridge.runtime.internal.library.PackedFile;

/**
 * The libraries of the bindings, and TensorRT's own where the build carries them (profile {@code
 * tensorrt}), unpacked to one folder: TensorRT looks beside itself for what builds engines. They
 * are large, so they stay there for the next process.
 */
final class TensorRtFiles {
  private static final String FOLDER = "org/bytedeco/tensorrt/linux-x86_64/";
  private static final String BINDINGS = "org/bytedeco/tensorrt/global/nvinfer.class";
  private static final String JNI = "libjninvinfer.so";
  private static final String INFER = "libnvinfer.so.10";

  /** In the order in which they are loaded; the first of each pair may be the system's. */
  private static final List<String> OWN = List.of(INFER, "libnvonnxparser.so.10");

  private static final String BUILDER = "libnvinfer_builder_resource_ptx.so.10.15.1";

  private TensorRtFiles() {}

  /** Whether the class path carries TensorRT itself. */
  static boolean carried() {
    return PackedFile.find(TensorRtFiles.class, FOLDER + INFER) != null;
  }

  /** Why TensorRT cannot be called from Java, whatever the machine has; empty if it can. */
  static Optional<String> missingBindings() {
    return PackedFile.find(TensorRtFiles.class, BINDINGS) != null
            && PackedFile.find(TensorRtFiles.class, FOLDER + JNI) != null
        ? Optional.empty()
        : Optional.of(
            "the class path lacks TensorRT's bindings (org.bytedeco:tensorrt with its classifier"
                + " linux-x86_64, and javacpp); add them as docs/tensorrt.md says, or use --backend cpu");
  }

  /**
   * Unpacks the libraries to one folder and loads those that are not loaded by others.
   *
   * @throws BackendException if one is missing in this build, or cannot be loaded
   */
  static void load() {
    List<PackedFile> packed = new ArrayList<>();
    packed.add(packed("org/bytedeco/javacpp/linux-x86_64/", "libjnijavacpp.so"));
    if (carried()) {
      packed.add(packed(FOLDER, OWN.get(0)));
    }
    packed.add(packed(FOLDER, JNI));
    if (carried()) {
      packed.add(packed(FOLDER, OWN.get(1)));
    }
    packed.add(packed(FOLDER, "libjninvonnxparser.so"));
    int loaded = packed.size();
    if (carried()) {
      packed.add(packed(FOLDER, BUILDER));
    }
    LibraryCache.use(
        packed, files -> files.subList(0, loaded).forEach(file -> System.load(file.toString())));
  }

  private static PackedFile packed(String place, String name) {
    try {
      return PackedFile.of(TensorRtFiles.class, place + name)
          .orElseThrow(() -> new BackendException("backend 'tensorrt': this build has no " + name));
    } catch (IOException e) {
      throw new BackendException(
          "backend 'tensorrt': %s cannot be read from this build: %s".formatted(name, e), e);
    }
  }
}
