package org.wavebridge.graphs.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.random.RandomModels;

/**
 * Bundles that were written once, one of each format version, stay readable. A file in {@code
 * bundles} is never written anew: a program that cannot read it cannot read its users' bundles.
 */
final class BundleFormatTest {
  private static final Path BUNDLES = Path.of("src/test/resources/bundles");

  @Test
  void versionOne() {
    try (Bundle bundle = Bundle.open(BUNDLES.resolve("version1.zip"))) {
      BundleManifest manifest = bundle.manifest();
      assertEquals(1, manifest.formatVersion());
      assertEquals("dual-softmax", manifest.network().kind());
      assertEquals(
          Optional.of(new BundleManifest.SubscalePart(2, 1, 2, false, 2, 2, 4)),
          manifest.subscale());
      VocoderModel written =
          RandomModels.subscale(
              8,
              RandomModels.dualSoftmax(7, 16, 4, 5, 0.5, new BlockShape(4, 4)),
              2,
              1,
              2,
              false,
              List.of(new RandomModels.ContextShape(4, 3, 1, true)));
      List<WeightMatrix> expected = written.network().matrices();
      List<WeightMatrix> found = BundledModel.of(bundle, BundleManifest.F32).network().matrices();
      for (int i = 0; i < expected.size(); i++) {
        assertEquals(expected.get(i).name(), found.get(i).name());
        assertArrayEquals(expected.get(i).values(), found.get(i).values());
      }
    }
  }
}
