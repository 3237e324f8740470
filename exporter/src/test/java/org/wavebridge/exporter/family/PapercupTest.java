package org.wavebridge.exporter.family;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.exporter.files.Altered;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.ContextNetwork;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;

/** Settings and refusals of papercup's family; its weights are held to recorded outputs. */
final class PapercupTest {
  private static final String LINEAR = "conditioning_network.linproj.weight";
  private static final Map<String, Object> GOLDEN = Map.of("batch_factor", 8, "horizon", 3);

  @TempDir Path folder;

  @Test
  void readsTheModel() {
    VocoderModel model = Altered.papercup(folder).read("auto", GOLDEN).model();
    assertEquals("papercup", model.family());
    assertEquals(new AudioFormat(24000, 8, SampleEncoding.MU_LAW, 0, 0), model.audio());
    assertEquals(80, model.features().mels());
    assertEquals(240, model.features().hop());
    assertEquals(Optional.empty(), model.features().analysis());
    ResidualGruNetwork network = (ResidualGruNetwork) model.network();
    assertEquals(new Head.Categorical(256), network.head());
    assertArrayEquals(new float[64], network.sample());
    Subscale subscale = model.subscale().orElseThrow();
    assertEquals(
        List.of(8, 3, 1), List.of(subscale.factor(), subscale.horizon(), subscale.chunk()));
    ContextNetwork context = subscale.context().orElseThrow();
    assertEquals(10 + 3, context.reach());
    assertEquals(48, context.size());
  }

  @Test
  void thePublishedSizesNeedNoConfiguration() {
    Subscale subscale =
        Altered.papercup(folder).shape(LINEAR, 48, 2880).read().model().subscale().orElseThrow();
    assertEquals(List.of(16, 7), List.of(subscale.factor(), subscale.horizon()));
    assertEquals(179, subscale.context().orElseThrow().reach());
  }

  @Test
  void whatTheTensorsDoNotTellMustBeGiven() {
    String missing = "setting '%s' is missing, and the tensors do not tell it; give it in --config";
    Altered.papercup(folder).refused(missing.formatted("batch_factor"));
    Altered.papercup(folder)
        .refused("auto", Map.of("batch_factor", 8), missing.formatted("horizon"));
  }

  @Test
  void aFactorAndAHorizonThatDoNotFitTheTensor() {
    String expected =
        "tensor '"
            + LINEAR
            + "': 112 columns are no window of lookback + horizon + 1 positions of batch_factor = %d sub-tensors with a horizon of %d; wrong --config or wrong checkpoint?";
    Altered.papercup(folder)
        .refused("auto", Map.of("batch_factor", 16, "horizon", 7), expected.formatted(16, 7));
    Altered.papercup(folder)
        .refused("auto", Map.of("batch_factor", 9, "horizon", 3), expected.formatted(9, 3));
    Altered.papercup(folder)
        .refused(
            "auto",
            Map.of("batch_factor", 8, "horizon", 3, "lookback", 9),
            "setting 'lookback' is 9, but the tensors say 10 (112 columns of conditioning_network.linproj); wrong --config or wrong checkpoint?");
  }

  @Test
  void tensorsThatDoNotFit() {
    Altered.papercup(folder)
        .shape(LINEAR, 40, 112)
        .refused("auto", GOLDEN, "tensor 'fc0.weight': expected shape [any, 128], found [64, 136]");
    Altered.papercup(folder)
        .shape("fc3.weight", 255, 64)
        .shape("fc3.bias", 255)
        .refused("auto", GOLDEN, "fc3 has 255 outputs, expected 2^bits");
  }
}
