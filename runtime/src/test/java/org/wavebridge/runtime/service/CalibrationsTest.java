package org.wavebridge.runtime.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.runtime.TestVoices;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.service.CallCosts.Size;

/** What calls take is measured once and kept; nothing that happens to the file stops a service. */
final class CalibrationsTest {
  private static final VocoderModel MODEL =
      RandomModels.dualSoftmax(1, 32, 6, 7, 0.3, new BlockShape(16, 1));
  private static final CallCosts COSTS =
      new CallCosts(3, 2, List.of(new Size(1, 1.25e-5, 1e-3), new Size(4, 0, 0x1p-30)));

  @TempDir Path folder;

  private ServiceOptions options() {
    return ServiceOptions.defaults().withCache(folder.resolve("cache"));
  }

  private Path file() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
      List<Path> all = files.toList();
      assertEquals(1, all.size(), all.toString());
      return all.get(0);
    }
  }

  @Test
  void whatIsKeptIsRead() {
    Calibrations kept = new Calibrations(options());
    assertEquals(Optional.empty(), kept.read("one"));
    kept.keep("one", COSTS);
    assertEquals(Optional.of(COSTS), kept.read("one"));
    assertEquals(Optional.empty(), kept.read("other"));
  }

  @Test
  void damagedFilesAreNotUsed() throws IOException {
    Calibrations kept = new Calibrations(options());
    kept.keep("one", COSTS);
    byte[] whole = Files.readAllBytes(file());
    for (int length : new int[] {0, 10, whole.length - 1}) {
      Files.write(file(), Arrays.copyOf(whole, length));
      assertEquals(Optional.empty(), kept.read("one"), length + " bytes");
    }
    byte[] flipped = whole.clone();
    flipped[whole.length - 2] ^= 1;
    Files.write(file(), flipped);
    assertEquals(Optional.empty(), kept.read("one"));
    kept.keep("one", COSTS);
    assertEquals(Optional.of(COSTS), kept.read("one"));
  }

  @Test
  void aFolderThatCannotBeWrittenIsNoFault() throws IOException {
    Path file = Files.createFile(folder.resolve("cache"));
    Calibrations kept = new Calibrations(options());
    kept.keep("one", COSTS);
    assertEquals(Optional.empty(), kept.read("one"));
    try (Vocoder vocoder = TestVoices.open(folder, MODEL, "cpu");
        VocoderService service = VocoderService.start(vocoder, options())) {
      assertTrue(service.rows() >= 1);
    }
    assertEquals(0, Files.size(file));
  }

  @Test
  void theSecondServiceReadsWhatTheFirstMeasured() throws IOException {
    try (Vocoder vocoder = TestVoices.open(folder, MODEL, "cpu")) {
      CallCosts measured = CallChoice.costs(vocoder, options());
      assertTrue(measured.rows() >= 1 && measured.workers() >= 1);
      assertTrue(measured.seconds(1, 1) > 0 && measured.framesPerSecond(1) > 0);
      byte[] written = Files.readAllBytes(file());
      assertEquals(measured, CallChoice.costs(vocoder, options()));
      assertArrayEquals(written, Files.readAllBytes(file()));
      assertNotEquals(Calibrations.key(vocoder, "1 call"), Calibrations.key(vocoder, "2 calls"));
    }
  }

  @Test
  void fewerRowsAreTakenFromWhatWasMeasured() {
    assertEquals(2, COSTS.limited(2).rows());
    assertEquals(COSTS.seconds(2, 8), COSTS.limited(2).seconds(2, 8), 1e-12);
    assertEquals(COSTS, COSTS.limited(4));
    assertEquals(COSTS, COSTS.limited(100));
  }
}
