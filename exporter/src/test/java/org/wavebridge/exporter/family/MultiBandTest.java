package org.wavebridge.exporter.family;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.exporter.checkpoint.CheckpointReader;
import org.wavebridge.exporter.files.Refusals;
import org.wavebridge.exporter.files.Relatives;
import org.wavebridge.exporter.files.Rewritten;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.residualgru.SubBandGruNetwork;

/** What the family multiband makes of tensors and settings. */
final class MultiBandTest {
  private static final Path FILE = Relatives.bands();

  @TempDir Path folder;

  private static ImportedModel read(Path file, Map<String, Object> config) {
    return Families.read(CheckpointReader.read(file), Families.AUTO, config);
  }

  @Test
  void aLayerOfEachBandBecomesTheRowsOfOne() {
    VocoderModel model = read(FILE, Map.of()).model();
    SubBandGruNetwork network = (SubBandGruNetwork) model.network();
    assertEquals(4, network.bands());
    assertEquals(4 * network.steps(), model.features().hop());
    float[] rows = network.layersOfBands().output().weight().values();
    int size = rows.length / 4;
    float[] golden = GoldenFile.FATCHORD_RAW.checkpoint().tensors().get("fc3.weight").toFloats();
    for (int i = 0; i < rows.length; i++) {
      int band = i / size;
      assertEquals(golden[i % size] - 0.01f * band, rows[i]);
    }
    float[] input = CheckpointReader.read(FILE).tensors().get("I.weight").toFloats();
    int columns = input.length / network.sample().rows();
    float[] first = new float[4];
    System.arraycopy(input, columns, first, 0, 4);
    float[] found = new float[4];
    System.arraycopy(network.sample().values(), 4, found, 0, 4);
    assertArrayEquals(first, found);
  }

  @Test
  void publishedDefaultsAndGivenSettings() {
    AudioFormat usual = read(FILE, Map.of()).model().audio();
    assertEquals(new AudioFormat(24000, 9, SampleEncoding.MU_LAW, 0, 0), usual);
    VocoderModel given =
        read(FILE, Map.of("sample_rate", 16000, "mu_law", false, "fmin", 0)).model();
    assertEquals(new AudioFormat(16000, 9, SampleEncoding.LINEAR, 0, 0), given.audio());
    // Decibels of -120 .. 0.
    var analysis = given.features().analysis().orElseThrow();
    assertEquals(120, analysis.shift());
    assertEquals(120, analysis.scale());
    assertEquals(0, analysis.minimumFrequency());
    assertEquals(512, analysis.fftSize());
  }

  @Test
  void theHopOfItsConfigurationIsThatOfAllBands() {
    int hop = read(FILE, Map.of()).model().features().hop();
    assertEquals(hop, read(FILE, Map.of("hop_length", hop)).model().features().hop());
    Refusals.refused(
        FILE,
        "setting 'hop_length' is %d, but the tensors say %d (4 times the product of the upsampling factors); wrong --config or wrong checkpoint?"
            .formatted(hop / 4, hop),
        () -> read(FILE, Map.of("hop_length", hop / 4)));
  }

  @Test
  void whatTheProjectCannotTrainIsRefused() {
    Refusals.refused(
        FILE,
        "setting 'voc_mode': expected one of [RAW], found \"MOL\"",
        () -> read(FILE, Map.of("voc_mode", "MOL")));
    Rewritten mixtures = new Rewritten(FILE.toString());
    for (int band = 0; band < 4; band++) {
      mixtures.put("Float", "fc3%d.weight".formatted(band), 30, 96);
      mixtures.put("Float", "fc3%d.bias".formatted(band), 30);
    }
    Path file = mixtures.zip(folder);
    Refusals.refused(
        file,
        "fc30 has 30 outputs, expected 2^bits classes, 4 or more; mixtures (MOL) of several bands are not exported, since the project cannot train them",
        () -> read(file, Map.of()));
  }

  /** Bands have as many classes as the first. */
  @Test
  void aBandWithOtherClassesIsNamed() {
    Path file =
        new Rewritten(FILE.toString())
            .put("Float", "fc32.weight", 256, 96)
            .put("Float", "fc32.bias", 256)
            .zip(folder);
    Refusals.refused(
        file,
        "tensor 'fc32.weight': expected shape [512, 96], found [256, 96]",
        () -> read(file, Map.of()));
  }
}
