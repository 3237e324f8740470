package org.wavebridge.exporter.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import org.wavebridge.graphs.CheckpointException;
import org.wavebridge.graphs.bundle.Sha256;
import org.wavebridge.graphs.files.FileErrors;

/**
 * Reads a checkpoint of any container; decides by content, not by name. What a file may ask for is
 * bounded in all: see {@link ReadBudget}.
 */
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
   *     its pickle asks for anything but tensors and plain values, or for more than {@link
   *     ReadBudget#standard()}
   */
  public static Checkpoint read(Path file) {
    return read(file, ReadBudget.standard());
  }

  /**
   * Reads a checkpoint within a budget.
   *
   * @throws CheckpointException also if the budget is too small
   */
  public static Checkpoint read(Path file, ReadBudget budget) {
    Spending spending = new Spending(file, budget);
    return reading(
        file,
        () -> {
          if (RawArrays.matches(file)) {
            return RawArrays.read(file, spending);
          }
          byte[] bytes = bytes(file, spending);
          if (KerasHdf5.matches(bytes)) {
            return KerasHdf5.read(file, bytes, spending);
          }
          if (WeightsBlob.matches(bytes)) {
            return WeightsBlob.read(file, bytes, spending);
          }
          if (CArrays.matches(bytes)) {
            return CArrays.read(file, bytes, spending);
          }
          if (RawLpcNet.matches(bytes)) {
            return RawLpcNet.read(file, bytes, spending);
          }
          return new StateDict(file, Sha256.of(bytes), spending)
              .find(container(file, bytes, spending));
        });
  }

  /**
   * Reads a file that holds one tensor: as its whole contents, or as the only one of a dictionary.
   *
   * @throws CheckpointException as {@link #read(Path)}, and if there is not just one tensor
   */
  public static CheckpointTensor tensor(Path file) {
    Spending spending = new Spending(file, ReadBudget.standard());
    return reading(
        file,
        () -> {
          byte[] bytes = bytes(file, spending);
          Content content = container(file, bytes, spending);
          if (content.object() instanceof CheckpointTensor tensor) {
            tensor.check(file + ": the tensor");
            spending.show(tensor.size(), "the tensor");
            return tensor;
          }
          Map<String, CheckpointTensor> found =
              new StateDict(file, Sha256.of(bytes), spending).find(content).tensors();
          if (found.size() != 1) {
            throw new CheckpointException(
                "%s: expected one tensor, found %d".formatted(file, found.size()));
          }
          return found.values().iterator().next();
        });
  }

  /** Whatever a file makes of its reader, the error is about the file. */
  private static <R> R reading(Path file, Supplier<R> read) {
    try {
      return read.get();
    } catch (CheckpointException e) {
      throw e;
    } catch (OutOfMemoryError e) {
      throw new CheckpointException(
          "%s: reading takes more memory than Java has (%d MiB); give it more with -Xmx"
              .formatted(file, Runtime.getRuntime().maxMemory() >> 20),
          e);
    } catch (RuntimeException | StackOverflowError e) {
      throw new CheckpointException(file + ": damaged: " + e, e);
    }
  }

  private static Content container(Path file, byte[] bytes, Spending spending) {
    if (TorchZip.matches(bytes)) {
      return TorchZip.read(file, bytes, spending);
    }
    if (TorchLegacy.matches(bytes)) {
      return TorchLegacy.read(file, bytes, spending);
    }
    if (Safetensors.matches(bytes)) {
      return Safetensors.read(file, bytes, spending);
    }
    throw new CheckpointException(
        FileKind.of(file, bytes)
            .map(kind -> kind.message(file))
            .orElse(
                file
                    + ": expected a PyTorch checkpoint (zip or legacy) or a safetensors file, found neither; is it complete?"));
  }

  private static byte[] bytes(Path file, Spending spending) {
    if (!Files.exists(file)) {
      throw new CheckpointException(file + ": no such file");
    }
    if (!Files.isRegularFile(file)) {
      throw new CheckpointException(
          FileKind.ofFolder(file)
              .map(kind -> kind.message(file))
              .orElse(
                  file
                      + ": expected a file or a folder of *.raw.gz arrays, found another folder or a device"));
    }
    try {
      long size = Files.size(file);
      if (size > Integer.MAX_VALUE - 16) {
        throw new CheckpointException(
            "%s: %d bytes; checkpoints above 2 GiB are not read".formatted(file, size));
      }
      spending.store(size, "its %d bytes".formatted(size));
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new CheckpointException(file + ": cannot be read: " + FileErrors.reason(e), e);
    }
  }

  /**
   * The contents of a container.
   *
   * @param container its name
   * @param object maps, lists, strings, numbers and {@link CheckpointTensor}s
   */
  record Content(String container, Object object) {}
}
