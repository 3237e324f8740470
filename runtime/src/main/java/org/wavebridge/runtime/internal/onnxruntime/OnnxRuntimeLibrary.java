package org.wavebridge.runtime.internal.onnxruntime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.runtime.internal.library.LibraryCache;
import org.wavebridge.runtime.internal.library.NativeCode;
import org.wavebridge.runtime.internal.library.NativeLibrary;
import org.wavebridge.runtime.internal.library.PackedFile;

/**
 * ONNX Runtime's own native libraries, loaded from our cache. Left alone, its Java class unpacks
 * them to the temporary folder on each start, where they stay if the process is killed, and cannot
 * be loaded where that is mounted {@code noexec}.
 */
public final class OnnxRuntimeLibrary {
  /** Names the level of our kernels that is used in place of the best one. */
  private static final String LEVEL_VARIABLE = "WAVEBRIDGE_CPU_LEVEL";

  private static final String PREFIX = "onnxruntime.native.";
  private static final List<String> NAMES = List.of("onnxruntime", "onnxruntime4j_jni");

  private static boolean loaded;

  private OnnxRuntimeLibrary() {}

  /**
   * Loads the libraries, once in a process; ONNX Runtime's environment is not made yet.
   *
   * @throws BackendException if they cannot be loaded
   */
  static synchronized void load() {
    if (!loaded) {
      NativeCode.guarded(
          "ONNX Runtime",
          () -> {
            loadFromCache();
            return true;
          });
      loaded = true;
    }
  }

  /**
   * Checks the level of the kernels that the environment asks for.
   *
   * @throws BackendException if there is no such level or this CPU lacks it
   */
  public static void checkLevel() {
    String level = System.getenv(LEVEL_VARIABLE);
    if (level == null || level.isEmpty() || NativeLibrary.OPERATORS.missing().isPresent()) {
      return;
    }
    load();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.registerCustomOpLibrary(NativeLibrary.OPERATORS.path().toString());
    } catch (OrtException e) {
      String message = String.valueOf(e.getMessage());
      throw new BackendException(
          message.substring(Math.max(0, message.indexOf(LEVEL_VARIABLE))), e);
    }
  }

  private static void loadFromCache() {
    List<PackedFile> packed = packed();
    if (packed.isEmpty() || NAMES.stream().anyMatch(OnnxRuntimeLibrary::isGiven)) {
      return;
    }
    List<Path> files = LibraryCache.use(packed, OnnxRuntimeLibrary::loadFirst);
    for (int i = 0; i < NAMES.size(); i++) {
      System.setProperty(PREFIX + NAMES.get(i) + ".path", files.get(i).toString());
    }
    try {
      // The first class that needs the libraries loads them.
      new OrtSession.SessionOptions().close();
    } finally {
      // They are read once; another application in this process finds its own libraries.
      NAMES.forEach(name -> System.clearProperty(PREFIX + name + ".path"));
    }
  }

  /** Whether the user says where a library is, or that it is loaded already. */
  private static boolean isGiven(String name) {
    return System.getProperty(PREFIX + "path") != null
        || System.getProperty(PREFIX + name + ".path") != null
        || System.getProperty(PREFIX + name + ".skip") != null;
  }

  /**
   * The libraries in ONNX Runtime's jar for this machine; empty if nothing, or if it also has
   * libraries of other devices, which it looks for beside its own.
   */
  private static List<PackedFile> packed() {
    String machine = NativeLibrary.platform().replace("x86_64", "x64");
    String folder = "ai/onnxruntime/native/" + machine + "/";
    List<PackedFile> packed = new ArrayList<>();
    if (OrtEnvironment.class.getResource(folder + file("onnxruntime_providers_shared")) != null) {
      return packed;
    }
    try {
      for (String name : NAMES) {
        Optional<PackedFile> file = PackedFile.of(OrtEnvironment.class, folder + file(name));
        if (file.isEmpty()) {
          return List.of();
        }
        packed.add(file.get());
      }
      return packed;
    } catch (IOException e) {
      throw new BackendException("ONNX Runtime's libraries cannot be read: " + e, e);
    }
  }

  private static String file(String library) {
    return System.mapLibraryName(library);
  }

  /**
   * Loads the first library, so that a place from which it cannot be loaded is known before ONNX
   * Runtime's class tries, which does so only once. Where the process has one from elsewhere, ONNX
   * Runtime may have started already, and a second one would only take memory.
   */
  private static void loadFirst(List<Path> files) {
    String first = files.get(0).toString();
    String mapped = mapped();
    boolean same = OrtEnvironment.class.getClassLoader() == NativeLibrary.class.getClassLoader();
    if (same && !mapped.contains("/" + file(NAMES.get(0)))) {
      System.load(first);
    } else if (mapped.contains(first)) {
      throw new UnsatisfiedLinkError("another application in this process has loaded " + first);
    }
  }

  /** The files in this process's memory. */
  private static String mapped() {
    try {
      return Files.readString(Path.of("/proc/self/maps"));
    } catch (IOException e) {
      return "";
    }
  }
}
