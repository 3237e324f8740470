package org.wavebridge.runtime.service;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.Sha256;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.files.FileErrors;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.internal.library.CheckedFile;
import org.wavebridge.runtime.internal.library.LibraryCache;
import org.wavebridge.runtime.internal.onnxruntime.NativeLevel;
import org.wavebridge.runtime.service.CallCosts.Size;

/**
 * Calibrations that are kept from one run to the next, each a small file that names what it holds
 * for: a network, a backend, a processor. What is damaged or cannot be written is logged and
 * measured again.
 */
final class Calibrations {
  private static final Logger LOG = LoggerFactory.getLogger(Calibrations.class);

  /** Of the files; another format has another. */
  private static final int VERSION = 1;

  private final Path folder;

  Calibrations(ServiceOptions options) {
    this.folder =
        options
            .cache()
            .or(() -> LibraryCache.userFolder().map(user -> user.resolve("service")))
            .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir", "/tmp"), "wavebridge"));
  }

  /**
   * What a calibration holds for.
   *
   * @param work how calls are made, as far as that is given
   */
  static String key(Vocoder vocoder, String work) {
    StringBuilder key = new StringBuilder();
    // The level is known when there is an operator.
    vocoder.graph(
        vocoder.subscale().isPresent() ? GraphKind.SUBSCALE_GENERATE : GraphKind.GENERATE);
    VocoderOptions options = vocoder.options();
    for (BundleManifest.GraphFile graph : vocoder.manifest().graphs()) {
      key.append(graph.kind()).append(' ').append(graph.sha256()).append('\n');
    }
    key.append(options.precision()).append('\n').append(vocoder.backend()).append('\n');
    key.append(options.factor()).append('\n').append(NativeLevel.inUse().orElse("")).append('\n');
    key.append(processor()).append(" x ").append(processors()).append('\n').append(work);
    return Sha256.of(key.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Processors that this process may use. */
  static int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  private static String processor() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
        if (line.startsWith("model name") || line.startsWith("CPU part")) {
          return line;
        }
      }
    } catch (IOException e) {
      LOG.debug("the processor has no name", e);
    }
    return System.getProperty("os.arch", "");
  }

  /** The calibration of a key, if it is there and whole. */
  Optional<CallCosts> read(String key) {
    Path file = file(key);
    try {
      Optional<byte[]> contents = CheckedFile.read(file);
      if (contents.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(parse(new String(contents.get(), StandardCharsets.UTF_8)));
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("{}: {}; calls are measured again", file, e.getMessage());
      return Optional.empty();
    }
  }

  /** Keeps a calibration, if that is possible. */
  void keep(String key, CallCosts costs) {
    Path file = file(key);
    try {
      Files.createDirectories(folder);
      CheckedFile.write(file, text(costs).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      LOG.warn(
          "{}: cannot be written, so calls are measured again next time: {}",
          file,
          FileErrors.reason(e));
    }
  }

  private Path file(String key) {
    return folder.resolve(key + ".calls");
  }

  private static String text(CallCosts costs) {
    StringBuilder text = new StringBuilder();
    text.append("version ").append(VERSION).append('\n');
    text.append("calls %d threads %d\n".formatted(costs.workers(), costs.threads()));
    for (Size size : costs.sizes()) {
      text.append(
          "rows %d call %s frame %s\n"
              .formatted(
                  size.rows(),
                  Double.toString(size.callSeconds()),
                  Double.toString(size.frameSeconds())));
    }
    return text.toString();
  }

  private static CallCosts parse(String text) {
    String[] lines = text.split("\n");
    if (lines.length < 3 || !lines[0].equals("version " + VERSION)) {
      throw new IllegalArgumentException("it is of another version");
    }
    String[] head = lines[1].split(" ");
    List<Size> sizes = new ArrayList<>();
    for (int i = 2; i < lines.length; i++) {
      String[] words = lines[i].split(" ");
      sizes.add(
          new Size(
              Integer.parseInt(words[1]),
              Double.parseDouble(words[3]),
              Double.parseDouble(words[5])));
    }
    return new CallCosts(Integer.parseInt(head[1]), Integer.parseInt(head[3]), List.copyOf(sizes));
  }
}
