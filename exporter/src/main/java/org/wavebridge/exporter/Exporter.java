package org.wavebridge.exporter;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.exporter.checkpoint.CheckpointReader;
import org.wavebridge.exporter.family.ConfigFile;
import org.wavebridge.exporter.family.Families;
import org.wavebridge.exporter.family.ImportedModel;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.CheckpointException;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.model.VocoderModel;

/** From a checkpoint file to a bundle, in two calls: {@link #read}, {@link #stage}. */
public final class Exporter {
  private Exporter() {}

  /**
   * Reads a checkpoint and builds its model.
   *
   * @param family name of a family, or {@code auto}
   * @param config a file with settings that the checkpoint does not tell, see {@link ConfigFile}
   * @throws CheckpointException if the checkpoint cannot be read or does not fit
   * @throws InputException if the configuration file cannot be read
   */
  public static ImportedModel read(Path checkpoint, String family, Optional<Path> config) {
    return read(CheckpointReader.read(checkpoint), family, config);
  }

  /** Imports a checkpoint that has been read. */
  public static ImportedModel read(Checkpoint checkpoint, String family, Optional<Path> config) {
    Map<String, Object> settings = config.map(ConfigFile::read).orElse(Map.of());
    return Families.read(checkpoint, family, settings);
  }

  /**
   * Writes the bundle next to its target, for the caller to check and publish.
   *
   * @param quantised the model as {@link org.wavebridge.graphs.quantize.Quantizer} made it, for
   *     int8 graphs beside the f32 ones
   * @param producer program and version for the bundle's record
   * @throws BundleException if the target cannot be written
   */
  public static StagedBundle stage(
      ImportedModel imported, Optional<VocoderModel> quantised, Path target, String producer) {
    return stage(imported, quantised, false, target, producer);
  }

  /**
   * Writes the bundle next to its target, as the other overload does.
   *
   * @param standalone whether the graphs that stand alone are written too
   * @throws GraphException if there are none for this model
   */
  public static StagedBundle stage(
      ImportedModel imported,
      Optional<VocoderModel> quantised,
      boolean standalone,
      Path target,
      String producer) {
    String name = String.valueOf(imported.checkpoint().file().getFileName());
    BundleManifest.Source source = new BundleManifest.Source(name, imported.checkpoint().sha256());
    return StagedBundle.write(imported.model(), quantised, standalone, source, producer, target);
  }
}
