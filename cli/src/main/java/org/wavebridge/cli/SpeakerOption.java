package org.wavebridge.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.wavebridge.runtime.io.SpeakerEmbedding;
import picocli.CommandLine.Option;

/** Who speaks: the option of every command that runs a bundle. */
final class SpeakerOption {
  @Option(
      names = "--speaker",
      paramLabel = "EMBEDDING.npy",
      description =
          "Who speaks: the embedding, [size], that a bundle of many speakers takes; 'wavebridge inspect' says whether it takes one.")
  private @Nullable Path file;

  /** The embedding, if one was given. */
  Optional<SpeakerEmbedding> read() {
    return file().map(InputFiles::array).map(SpeakerEmbedding::of);
  }

  /** Its file, if one was given. */
  Optional<Path> file() {
    return Optional.ofNullable(file);
  }
}
