package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.graphs.bundle.Bundle;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.BundledModel;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.WeightMatrix;

/** What {@code export} makes smaller: the demo voice, which is dense. */
final class CompressionTest {
  @TempDir Path folder;

  private static Path demo(String name) throws URISyntaxException {
    return Path.of(DemoCommand.class.getResource("demo/" + name).toURI());
  }

  /** A tenth of the weights is too few, and is written on request alone. */
  @Test
  void aSparseNetworkThatLosesMuchIsWrittenOnRequest() throws IOException, URISyntaxException {
    Path bundle = folder.resolve("voice");
    Path page = folder.resolve("page.html");
    Ran refused =
        Ran.of(
            "export",
            demo("checkpoint.pt"),
            "-o",
            bundle,
            "--no-verify",
            "--sparsify",
            "0.1,16x1,recurrent=0.05",
            "--calibrate",
            demo("agent-pass.npy"),
            demo("agent-pass.wav"));
    assertEquals(1, refused.code(), refused.err());
    assertTrue(refused.err().contains("--accept-loss"), refused.err());
    assertFalse(Files.exists(bundle));
    Ran made =
        Ran.of(
            "export",
            demo("checkpoint.pt"),
            "-o",
            bundle,
            "--no-verify",
            "--sparsify",
            "0.1,16x1,recurrent=0.05",
            "--accept-loss",
            "--report",
            page);
    assertEquals(0, made.code(), made.err());
    assertTrue(made.out().contains("density 0.1 in 16x1: "), made.out());
    String shown = Files.readString(page);
    assertTrue(shown.contains("<svg"));
    assertTrue(shown.contains("recurrent 0.05, coarse_hidden "), shown);
    try (Bundle opened = Bundle.open(bundle)) {
      StepNetwork network = BundledModel.of(opened, BundleManifest.F32).network();
      WeightMatrix recurrent = matrix(network, "recurrent");
      assertEquals(0.05, density(List.of(recurrent)), 0.002);
      List<WeightMatrix> others =
          Stream.of("coarse_hidden", "coarse_output", "fine_hidden", "fine_output")
              .map(name -> matrix(network, name))
              .toList();
      assertEquals(0.1, density(others), 0.002);
      assertEquals(Optional.of(new BlockShape(16, 1)), recurrent.blocks());
    }
  }

  @Test
  void aLayerThatIsNotThereIsRefusedWithThoseThatAre() throws URISyntaxException {
    Ran ran =
        Ran.of(
            "export",
            demo("checkpoint.pt"),
            "-o",
            folder.resolve("voice"),
            "--sparsify",
            "0.5,16x1,fc1=0.3");
    assertEquals(3, ran.code(), ran.err());
    assertTrue(ran.err().contains("--sparsify: layer 'fc1': expected one of [coarse_hidden, "));
  }

  private static WeightMatrix matrix(StepNetwork network, String name) {
    return network.matrices().stream()
        .filter(matrix -> matrix.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static double density(List<WeightMatrix> matrices) {
    double kept = matrices.stream().mapToInt(WeightMatrix::nonZeros).sum();
    return kept / matrices.stream().mapToInt(matrix -> matrix.values().length).sum();
  }
}
