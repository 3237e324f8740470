package org.wavebridge.runtime.internal.library;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.BackendException;

/**
 * A library of ours that is carried in a jar of the class path, loaded from where {@link
 * LibraryCache} unpacks it.
 */
public final class NativeLibrary {
  /** The custom operators for ONNX Runtime, and what asks the machine what it has. */
  public static final NativeLibrary OPERATORS =
      new NativeLibrary(
          "libwavebridge_ops.so",
          "custom-operator library",
          "add org.wavebridge:runtime with the classifier natives, or use --backend stock");

  /** The plugins for TensorRT, and the calls of the CUDA runtime that run them. */
  public static final NativeLibrary PLUGINS =
      new NativeLibrary(
          "libwavebridge_tensorrt.so",
          "TensorRT plugins",
          "add org.wavebridge:runtime with the classifier natives, from a build where nvcc of CUDA 13 is");

  private final String file;
  private final String what;
  private final String instead;
  private @Nullable Path loaded;

  private NativeLibrary(String file, String what, String instead) {
    this.file = file;
    this.what = what;
    this.instead = instead;
  }

  /** Why there is no library for this machine; empty if there is one. */
  public Optional<String> missing() {
    return PackedFile.find(NativeLibrary.class, resource()) == null
        ? Optional.of(
            "no %s for %s in this build (%s); %s".formatted(what, platform(), resource(), instead))
        : Optional.empty();
  }

  /**
   * The library as a file, which is loaded.
   *
   * @throws BackendException if there is none for this machine or it cannot be loaded
   */
  public synchronized Path path() {
    if (loaded == null) {
      PackedFile packed = packed();
      loaded =
          LibraryCache.use(List.of(packed), files -> System.load(files.get(0).toString())).get(0);
    }
    return loaded;
  }

  /**
   * Loads the library, if that has not been done.
   *
   * @throws BackendException if there is none for this machine or it cannot be loaded
   */
  public void load() {
    path();
  }

  private PackedFile packed() {
    try {
      return PackedFile.of(NativeLibrary.class, resource())
          .orElseThrow(() -> new BackendException(missing().orElseThrow()));
    } catch (IOException e) {
      throw new BackendException("%s cannot be read from this build: %s".formatted(file, e), e);
    }
  }

  private String resource() {
    return "native/" + platform() + "/" + file;
  }

  /** This machine, as the folders of the jar name it: {@code linux-x86_64}. */
  public static String platform() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).replace(' ', '-');
    String machine =
        System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
    return system + "-" + machine;
  }
}
