package org.wavebridge.exporter.family;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.exporter.checkpoint.CheckpointReader;
import org.wavebridge.exporter.files.Altered;
import org.wavebridge.exporter.files.CheckpointFiles;
import org.wavebridge.exporter.files.Refusals;
import org.wavebridge.exporter.files.Rewritten;
import org.wavebridge.exporter.files.SameModel;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;

/** The settings that families descended from fatchord's ask for, and their former names. */
final class DescendantsTest {
  private static final String GWANG = "gwang_bits/checkpoint_step000001000_zip.pth";
  private static final String GENEING = "geneing/checkpoint_zip.pth";

  @TempDir Path folder;

  private static VocoderModel read(Path path, Map<String, Object> config) {
    return Families.read(CheckpointReader.read(path), Families.AUTO, config).model();
  }

  @Test
  void whetherClassesAreMuLawMustBeSaid() {
    Path gwang = new Rewritten(GWANG).zip(folder);
    Refusals.refused(
        gwang,
        "setting 'input_type' is missing, and the tensors do not tell it; give it in --config, one of [bits, mulaw]",
        () -> read(gwang, Map.of()));
    VocoderModel linear = read(gwang, Map.of("input_type", "bits"));
    assertEquals(new AudioFormat(22050, 9, SampleEncoding.LINEAR, 0, 0), linear.audio());
    VocoderModel muLaw = read(gwang, Map.of("input_type", "mulaw", "mulaw_quantize_channels", 512));
    assertEquals(new AudioFormat(22050, 9, SampleEncoding.MU_LAW_AMPLITUDES, 0, 0), muLaw.audio());
    assertEquals(new Head.Categorical(512, true), ((ResidualGruNetwork) muLaw.network()).head());

    Path coqui = new Rewritten("coqui_bits/checkpoint_zip.pth").withoutConfig().legacy(folder);
    Refusals.refused(
        coqui,
        "setting 'mulaw' is missing, and the tensors do not tell it; give it in --config",
        () -> read(coqui, Map.of()));
    assertEquals(SampleEncoding.LINEAR, read(coqui, Map.of("mulaw", false)).audio().encoding());
  }

  @Test
  void anInputTypeThatTheOutputsContradict() {
    Path gwang = new Rewritten(GWANG).zip(folder);
    Refusals.refused(
        gwang,
        "setting 'input_type': expected one of [bits, mulaw], found \"mixture\"",
        () -> read(gwang, Map.of("input_type", "mixture")));
  }

  @Test
  void partsOfCoquisConfigurationAreFound() {
    Path coqui = new Rewritten("coqui_bits/checkpoint_zip.pth").withoutConfig().zip(folder);
    Map<String, Object> config =
        Map.of(
            "batch_size", 32,
            "audio", Map.of("sample_rate", 24000, "do_trim_silence", true),
            "model_args", Map.of("mulaw", true, "mode", 9));
    assertEquals(24000, read(coqui, config).audio().sampleRate());
    Refusals.refused(
        coqui,
        "setting 'mode': expected a number, found \"mold\"",
        () -> read(coqui, Map.of("mulaw", true, "mode", "mold")));
  }

  @Test
  void outputsOfACoquiModelThatCannotBeRead() {
    Path coqui =
        new Rewritten("coqui_bits/checkpoint_zip.pth")
            .withoutConfig()
            .put("Float", "fc3.weight", 5, 64)
            .put("Float", "fc3.bias", 5)
            .zip(folder);
    Refusals.refused(
        coqui,
        "fc3 has 5 outputs: neither 2^bits classes nor 3 per mixture component (mode mold) nor 2 (mode gauss)",
        () -> read(coqui, Map.of("mulaw", false)));
  }

  @Test
  void twoOutputsOfACoquiModelAreThoseOfAGaussian() {
    Path coqui =
        new Rewritten("coqui_bits/checkpoint_zip.pth")
            .withoutConfig()
            .put("Float", "fc3.weight", 2, 64)
            .put("Float", "fc3.bias", 2)
            .zip(folder);
    VocoderModel model = read(coqui, Map.of("mode", "gauss"));
    assertEquals(new Head.Gaussian(), ((ResidualGruNetwork) model.network()).head());
    assertEquals(SampleEncoding.CONTINUOUS, model.audio().encoding());
    Refusals.refused(
        coqui,
        "setting 'mode' is mold, but the tensors say gauss (2 outputs of fc3); wrong --config or wrong checkpoint?",
        () -> read(coqui, Map.of("mode", "mold")));
    Altered.raw(folder)
        .shape("fc3.weight", 2, 96)
        .shape("fc3.bias", 2)
        .refused(
            "fc3 has 2 outputs: neither 2^bits classes (RAW) nor 3 per mixture component (MOL); 2 are those of coqui's mode gauss: --family coqui");
  }

  /** The stand-in has the tensors of the trained checkpoint. */
  @Test
  void theTrainedModelOfGeneing() {
    Checkpoint random = GoldenFile.GENEING.checkpoint();
    for (String container : List.of("zip", "legacy")) {
      Path trained =
          CheckpointFiles.trained(
              "geneing_real/checkpoint_step000000000_%s.pth".formatted(container));
      Checkpoint found = CheckpointReader.read(trained);
      assertEquals(shapes(random), shapes(found));
      assertEquals(random.location(), found.location());
      assertEquals("geneing", read(trained, Map.of()).family());
    }
  }

  private static Map<String, String> shapes(Checkpoint checkpoint) {
    Map<String, String> shapes = new TreeMap<>();
    checkpoint
        .tensors()
        .forEach(
            (name, tensor) -> shapes.put(name, tensor.type() + Arrays.toString(tensor.shape())));
    return shapes;
  }

  @Test
  void olderNames() {
    Path geneing = new Rewritten(GENEING).renamed("fc3.", "fc2.").zip(folder);
    SameModel.assertSame("geneing", GoldenFile.GENEING.read().model(), read(geneing, Map.of()));
    Path mkotha =
        new Rewritten("mkotha/checkpoint_zip.pyt")
            .without("wavernn.mask")
            .renamed("wavernn.gru.", "rnn.")
            .renamed("wavernn.", "")
            .legacy(folder);
    SameModel.assertSame("mkotha", GoldenFile.MKOTHA.read().model(), read(mkotha, Map.of()));
  }

  @Test
  void namesOfAModelTrainedOnSeveralGpus() {
    Path torchaudio =
        new Rewritten("torchaudio/checkpoint_zip.pth").renamed("", "module.").zip(folder);
    SameModel.assertSame(
        "torchaudio", GoldenFile.TORCHAUDIO.read().model(), read(torchaudio, Map.of()));
  }

  @Test
  void levelsOfTorchaudioNeedNotBeTruncated() {
    Path torchaudio = new Rewritten("torchaudio/checkpoint_zip.pth").zip(folder);
    assertEquals(SampleEncoding.MU_LAW_TRUNCATED, read(torchaudio, Map.of()).audio().encoding());
    assertEquals(
        SampleEncoding.MU_LAW,
        read(torchaudio, Map.of("truncate_levels", false)).audio().encoding());
  }
}
