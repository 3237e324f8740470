package org.wavebridge.spark;

import java.io.Serializable;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.runtime.FeatureScale;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.bulk.BulkVocoder;

/**
 * How rows are made; as options of the command {@code bulk}.
 *
 * @param backend what runs the graphs. By name: the executors of a cluster may have different
 *     devices, and {@code auto} would choose on each
 * @param precision of the graphs
 * @param seed of the whole, from which each row's seed is made
 * @param temperature above 0
 * @param scale of the features, if not the bundle's
 * @param strict whether features that look like another scale's make a bad row
 * @param rows the most of a batch
 */
public record VocodeSettings(
    String backend,
    String precision,
    long seed,
    float temperature,
    @Nullable FeatureScale scale,
    boolean strict,
    int rows)
    implements Serializable {
  /** On CPUs, in f32, seed 0, temperature 1, the bundle's scale. */
  public static VocodeSettings defaults() {
    return new VocodeSettings(
        "cpu", BundleManifest.F32, 0, 1, null, false, BulkVocoder.DEFAULT_ROWS);
  }

  /** These settings with another seed. */
  public VocodeSettings withSeed(long other) {
    return new VocodeSettings(backend, precision, other, temperature, scale, strict, rows);
  }

  /** These settings in another precision. */
  public VocodeSettings withPrecision(String other) {
    return new VocodeSettings(backend, other, seed, temperature, scale, strict, rows);
  }

  /** These settings at another temperature. */
  public VocodeSettings withTemperature(float other) {
    return new VocodeSettings(backend, precision, seed, other, scale, strict, rows);
  }

  GenerateOptions generate() {
    return GenerateOptions.seed(seed).withTemperature(temperature);
  }

  VocoderOptions opening(int threads) {
    return new VocoderOptions(backend, precision, threads);
  }

  Optional<FeatureScale> otherScale() {
    return Optional.ofNullable(scale);
  }
}
