package org.wavebridge.exporter.files;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.exporter.checkpoint.CheckpointReader;
import org.wavebridge.exporter.family.Families;
import org.wavebridge.exporter.family.ImportedModel;

/** A golden checkpoint with some of its tensors changed, as a safetensors file. */
public final class Altered {
  private final Map<String, CheckpointFiles.Values> tensors = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final Path file;

  private Altered(String golden, Path file) {
    this.file = file;
    Checkpoint checkpoint = CheckpointReader.read(CheckpointFiles.golden(golden));
    checkpoint.tensors().forEach((name, tensor) -> put(name, tensor.toFloats(), tensor.shape()));
    checkpoint.config().forEach((key, value) -> metadata.put(key, String.valueOf(value)));
  }

  /** The fatchord model with classes. */
  public static Altered raw(Path folder) {
    return new Altered("fatchord_raw/checkpoint_zip.pyt", folder.resolve("raw.safetensors"));
  }

  /** The fatchord model with mixtures. */
  public static Altered mol(Path folder) {
    return new Altered("fatchord_mol/checkpoint_zip.pyt", folder.resolve("mol.safetensors"));
  }

  /** The subscale model; its configuration is a file beside it. */
  public static Altered papercup(Path folder) {
    return new Altered(
        "papercup_subscale/checkpoint_zip.pth", folder.resolve("papercup.safetensors"));
  }

  /** The demo voice. */
  public static Altered voice(Path folder) {
    return new Altered("en-us-16k/checkpoint.pt", folder.resolve("voice.safetensors"));
  }

  /** The file that will be written. */
  public Path file() {
    return file;
  }

  /** Adds or replaces a tensor. */
  public Altered put(String name, float[] values, long... shape) {
    tensors.put(name, new CheckpointFiles.Values(LongStream.of(shape).boxed().toList(), values));
    return this;
  }

  /** Replaces a tensor by zeros of a shape. */
  public Altered shape(String name, long... shape) {
    return put(name, new float[(int) LongStream.of(shape).reduce(1, (a, b) -> a * b)], shape);
  }

  /** Changes values of a tensor. */
  public Altered edit(String name, Consumer<float[]> change) {
    change.accept(values(name));
    return this;
  }

  /** The values of a tensor. */
  public float[] values(String name) {
    return tensors.get(name).values();
  }

  /** Removes tensors. */
  public Altered without(String... names) {
    tensors.keySet().removeAll(List.of(names));
    return this;
  }

  /** Removes all tensors. */
  public Altered withoutTensors() {
    tensors.clear();
    return this;
  }

  /** Sets the checkpoint's own configuration. */
  public Altered own(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /** Removes the checkpoint's own configuration. */
  public Altered withoutConfig() {
    metadata.clear();
    return this;
  }

  /** Writes the file. */
  public Path write() {
    return CheckpointFiles.write(file, CheckpointFiles.safetensors(metadata, tensors));
  }

  /** Writes the file and reads it as a model. */
  public ImportedModel read(String family, Map<String, Object> config) {
    return Families.read(CheckpointReader.read(write()), family, config);
  }

  /** Writes the file and reads it as the family that fits, without a configuration. */
  public ImportedModel read() {
    return read(Families.AUTO, Map.of());
  }

  /** Reading fails with {@code FILE: expected}. */
  public void refused(String expected) {
    refused("auto", Map.of(), expected);
  }

  /** Reading with a family and a configuration fails with {@code FILE: expected}. */
  public void refused(String family, Map<String, Object> config, String expected) {
    Refusals.refused(file, expected, () -> read(family, config));
  }
}
