package org.wavebridge.spark;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkFiles;
import org.wavebridge.graphs.files.OutputFile;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;

/**
 * The vocoders of this JVM: one for each bundle and way to open it, shared by the tasks that run
 * here at the same time and by those that follow. They stay open as long as the JVM runs.
 */
final class ExecutorVocoders {
  private static final Map<Key, Vocoder> OPEN = new ConcurrentHashMap<>();

  private ExecutorVocoders() {}

  private record Key(String bundle, VocoderOptions options) {}

  /** The vocoder of a bundle. */
  static Vocoder of(ShippedBundle bundle, VocoderOptions options) {
    return OPEN.computeIfAbsent(new Key(bundle.name(), options), key -> open(bundle, options));
  }

  /** Opens it from a folder that Spark removes when the application ends. */
  private static Vocoder open(ShippedBundle bundle, VocoderOptions options) {
    Path file = Path.of(SparkFiles.getRootDirectory(), bundle.name()).toAbsolutePath();
    OutputFile.write(file, out -> out.write(bundle.zip().value()));
    return Vocoder.open(file, options);
  }

  /** How many are open here. */
  static int count() {
    return OPEN.size();
  }
}
