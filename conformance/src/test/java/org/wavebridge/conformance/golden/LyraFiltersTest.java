package org.wavebridge.conformance.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.graphs.files.LyraFolder;
import org.wavebridge.graphs.model.QuadratureMirrorTree;
import org.wavebridge.graphs.network.multibandgru.MultiBandGruNetwork;
import org.wavebridge.reference.BandReference;

/** The filters of an imported Lyra, in the reference, against what Lyra's own code computed. */
final class LyraFiltersTest {
  private static final Golden GOLDEN = Golden.of("lyra_filters/golden.npz");
  private static final int BANDS = 4;

  private static QuadratureMirrorTree tree;

  @BeforeAll
  static void read() {
    var network = Exporter.read(LyraFolder.path(), "auto", Optional.empty()).model().network();
    MultiBandGruNetwork bands = assertInstanceOf(MultiBandGruNetwork.class, network);
    tree = assertInstanceOf(QuadratureMirrorTree.class, bands.synthesis());
  }

  @Test
  void merge() {
    assertArrayEquals(GOLDEN.ints("qmf_out_i16"), BandReference.merge(tree, bands("qmf_in_bands")));
    assertArrayEquals(
        GOLDEN.ints("qmf_split_merge_roundtrip"),
        BandReference.merge(tree, bands("qmf_split_out")));
  }

  @Test
  void split() {
    assertArrayEquals(
        bands("qmf_split_out"), BandReference.split(tree, GOLDEN.ints("qmf_split_in")));
  }

  /** Of eight bands as of four: a tone in the middle of a band is in that band and comes back. */
  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8, 16})
  void aToneIsInItsBand(int count) {
    QuadratureMirrorTree sized =
        new QuadratureMirrorTree(Integer.numberOfTrailingZeros(count), tree.even(), tree.odd());
    for (int band = 0; band < count; band++) {
      int[] tone = new int[4096];
      for (int t = 0; t < tone.length; t++) {
        tone[t] = (int) (8000 * Math.sin(Math.PI * (band + 0.5) / count * t));
      }
      int[][] bands = BandReference.split(sized, tone);
      double own = energy(bands[band]);
      for (int other = 0; other < count; other++) {
        int[][] one = new int[count][bands[0].length];
        one[other] = bands[other];
        double share = energy(BandReference.merge(sized, one)) / energy(tone);
        if (other == band) {
          assertEquals(1, share, 0.1, "band " + band + " of " + count);
        } else {
          assertTrue(energy(bands[other]) < own / 10, "band " + other + " besides " + band);
        }
      }
    }
  }

  private static double energy(int[] samples) {
    return Arrays.stream(samples).skip(samples.length / 2).mapToDouble(x -> (double) x * x).sum();
  }

  private static int[][] bands(String name) {
    int[] flat = GOLDEN.ints(name);
    int steps = flat.length / BANDS;
    int[][] bands = new int[BANDS][];
    Arrays.setAll(bands, band -> Arrays.copyOfRange(flat, band * steps, (band + 1) * steps));
    return bands;
  }
}
