package org.wavebridge.exporter.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.wavebridge.graphs.CheckpointException;
import org.wavebridge.graphs.bundle.Sha256;
import org.wavebridge.graphs.files.FileErrors;

/** Reads a checkpoint of any container; decides by content, not by name. */
public final class CheckpointReader {
  private CheckpointReader() {}

  /** Whether a path is a folder that holds a checkpoint. */
  public static boolean isFolder(Path path) {
    return RawArrays.matches(path);
  }

  /**
   * Reads a checkpoint: a file, or a folder of raw arrays.
   *
   * @throws CheckpointException if the file cannot be read, is no known container, is damaged, or
   *     its pickle asks for anything but tensors and plain values
   */
  public static Checkpoint read(Path file) {
    if (RawArrays.matches(file)) {
      return RawArrays.read(file);
    }
    byte[] bytes = bytes(file);
    try {
      return new StateDict(file, Sha256.of(bytes)).find(container(file, bytes));
    } catch (CheckpointException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      throw new CheckpointException(file + ": damaged: " + e, e);
    }
  }

  private static Content container(Path file, byte[] bytes) {
    if (TorchZip.matches(bytes)) {
      return TorchZip.read(file, bytes);
    }
    if (TorchLegacy.matches(bytes)) {
      return TorchLegacy.read(file, bytes);
    }
    if (Safetensors.matches(bytes)) {
      return Safetensors.read(file, bytes);
    }
    throw new CheckpointException(
        file
            + ": expected a PyTorch checkpoint (zip or legacy) or a safetensors file, found neither; is it complete?");
  }

  private static byte[] bytes(Path file) {
    if (!Files.exists(file)) {
      throw new CheckpointException(file + ": no such file");
    }
    if (!Files.isRegularFile(file)) {
      throw new CheckpointException(
          file
              + ": expected a file or a folder of *.raw.gz arrays, found another folder or a device");
    }
    try {
      if (Files.size(file) > Integer.MAX_VALUE - 16) {
        throw new CheckpointException(
            "%s: %d bytes; checkpoints above 2 GiB are not read".formatted(file, Files.size(file)));
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new CheckpointException(file + ": cannot be read: " + FileErrors.reason(e), e);
    }
  }

  /**
   * What a container holds.
   *
   * @param container its name
   * @param object maps, lists, strings, numbers and {@link CheckpointTensor}s
   */
  record Content(String container, Object object) {}
}
