package org.wavebridge.spark;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkFiles;
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

  /** The vocoder of a {@linkplain ShippedBundle shipped} bundle. */
  static Vocoder of(String bundle, VocoderOptions options) {
    return OPEN.computeIfAbsent(
        new Key(bundle, options),
        key -> Vocoder.open(Path.of(SparkFiles.get(key.bundle())), key.options()));
  }

  /** How many are open here. */
  static int count() {
    return OPEN.size();
  }
}
