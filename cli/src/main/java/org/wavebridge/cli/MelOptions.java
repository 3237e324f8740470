package org.wavebridge.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.InputException;
import org.wavebridge.runtime.FeatureCheck;
import org.wavebridge.runtime.FeatureScale;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.io.Features;
import picocli.CommandLine.Option;

/** The options of every command that takes features, and what they do to them. */
final class MelOptions {
  @Option(
      names = "--mel-scale",
      paramLabel = "SCALE",
      description = {
        "The scale that the features are in, if not the bundle's; they are converted through their mel magnitudes, mel. With dB = 20 log10(max(1e-5, mel)):",
        "  db01   clip((dB + 100) / 100, 0, 1)             (fatchord)",
        "  db     dB",
        "  ln     ln(mel)                                  (Tacotron 2, HiFi-GAN)",
        "  log10  log10(mel)                               (ParallelWaveGAN)",
        "  sym4   clip(8 (dB - 20 + 100) / 100 - 4, -4, 4) (CorentinJ, coqui)"
      })
  private @Nullable FeatureScale scale;

  @Option(
      names = "--strict",
      description =
          "Refuse what is otherwise warned of or repaired: features that look like another scale's, recordings of several channels or at another sample rate.")
  private boolean strict;

  /** The scale given. */
  Optional<FeatureScale> scale() {
    return Optional.ofNullable(scale);
  }

  boolean strict() {
    return strict;
  }

  /** The features as the bundle takes them, with a warning where they look like others. */
  Features apply(Vocoder vocoder, Path file, Features features, Report report) {
    try {
      if (scale != null) {
        require(vocoder.check(features, scale), file, "", report);
        return vocoder.converted(features, scale);
      }
      FeatureCheck check = vocoder.check(features);
      String convert =
          check.looksLike().isEmpty()
              ? ""
              : "; convert them with --mel-scale " + check.looksLike().get(0);
      require(check, file, convert, report);
      return features;
    } catch (InputException e) {
      throw InputFiles.named(file, e);
    }
  }

  private void require(FeatureCheck check, Path file, String advice, Report report) {
    if (!check.otherScale()) {
      return;
    }
    if (strict) {
      throw new InputException(check.message() + advice);
    }
    report.message("wavebridge: warning: %s: %s%s", InputFiles.name(file), check.message(), advice);
  }
}
