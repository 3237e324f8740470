package org.wavebridge.exporter.family;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.exporter.files.Altered;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.ContextNetwork;
import org.wavebridge.graphs.model.Subscale;

/** The context tensors and settings of our own layout. */
final class SubscaleSettingsTest {
  @TempDir Path folder;

  /** The voice with a context of 4 channels to 5 to 6, kernels of 3 and 2. */
  private Altered subscale() {
    return Altered.voice(folder)
        .put("context.1.weight", counted(5 * 4 * 3), 5, 4, 3)
        .put("context.1.bias", counted(5), 5)
        .put("context.2.weight", counted(6 * 5 * 2), 6, 5, 2)
        .put("context.2.bias", counted(6), 6)
        .put("w_context", counted(768 * 6), 768, 6)
        .own("subscale_horizon", "64")
        .own("context_dilations", "[1, 3]");
  }

  private static float[] counted(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i;
    }
    return values;
  }

  @Test
  void readsTheContext() {
    ImportedModel imported = subscale().read();
    Subscale subscale = imported.model().subscale().orElseThrow();
    assertEquals(
        List.of(4, 64, 1), List.of(subscale.factor(), subscale.horizon(), subscale.chunk()));
    ContextNetwork context = subscale.context().orElseThrow();
    assertFalse(context.ownPast());
    assertEquals(2 + 3, context.reach());
    assertArrayEquals(counted(768 * 6), context.input().values());
    for (ContextLayer layer : context.layers()) {
      assertTrue(layer.relu());
      assertArrayEquals(counted(layer.outputs()), layer.bias());
      for (int o = 0; o < layer.outputs(); o++) {
        for (int i = 0; i < layer.inputs(); i++) {
          for (int k = 0; k < layer.kernel(); k++) {
            float value = (o * layer.inputs() + i) * layer.kernel() + k;
            assertEquals(value, layer.weight().at(o, k * layer.inputs() + i));
          }
        }
      }
    }
    assertTrue(
        imported
            .settings()
            .contains(
                new ResolvedSetting(
                    "context_dilations", List.of(1, 3), ResolvedSetting.Source.CHECKPOINT)));
  }

  @Test
  void settingsChangeTheSchedule() {
    Subscale subscale =
        subscale()
            .read("auto", Map.of("subscale_factor", 2, "subscale_chunk", 50))
            .model()
            .subscale()
            .orElseThrow();
    assertEquals(2, subscale.factor());
    assertEquals(50, subscale.chunk());
    assertTrue(
        subscale()
            .read("auto", Map.of("context_own_past", true, "layout_version", 2))
            .model()
            .subscale()
            .flatMap(Subscale::context)
            .orElseThrow()
            .ownPast());
  }

  @Test
  void aNetworkWithoutContextHasNoSubscale() {
    assertEquals(Optional.empty(), Altered.voice(folder).read().model().subscale());
    Altered.voice(folder)
        .refused(
            "auto",
            Map.of("subscale_factor", 4, "subscale_horizon", 64),
            "setting 'subscale_factor' is given, but there is no tensor 'context.1.weight': only a network trained with a context makes samples by subscale generation");
  }

  @Test
  void valuesOutOfRange() {
    refused("subscale_factor", 5, "at most 4, the input channels of context.1, found 5");
    refused("subscale_factor", 0, "a whole number from 1 to 64, found 0");
    refused("subscale_horizon", -1, "a whole number from 0 to 1048576, found -1");
    refused("subscale_chunk", 0, "a whole number from 1 to 1048576, found 0");
    refused("context_own_past", 1, "true or false, found 1");
    refused("layout_version", 1, "a whole number from 2 to 2, found 1");
    String list = "a list of 2 whole numbers from 1 to 1048576, found ";
    refused("context_dilations", List.of(1), list + "[1]");
    refused("context_dilations", List.of(1, 2, 4), list + "[1, 2, 4]");
    refused("context_dilations", List.of(1, 2, "x"), list + "[1, 2, x]");
    refused("context_dilations", List.of(1, 0), list + "[1, 0]");
    refused("context_dilations", 3, list + "3");
    subscale()
        .refused(
            "auto",
            Map.of("context_own_past", true, "subscale_chunk", 2),
            "setting 'subscale_chunk': expected 1, because context_own_past is true, found 2");
    subscale()
        .refused(
            "auto",
            Map.of("context_dilations", List.of(500_000, 50_000)),
            "tensor 'context.2.weight' reaches 1050000 positions back, expected at most 1048576; wrong context_dilations?");
  }

  private void refused(String name, Object value, String expected) {
    subscale().refused("auto", Map.of(name, value), "setting '" + name + "': expected " + expected);
  }

  @Test
  void whatTheTensorsDoNotTellMustBeGiven() {
    for (String name : List.of("subscale_horizon", "context_dilations")) {
      Map<String, Object> config = new HashMap<>();
      config.put("subscale_horizon", 8);
      config.put("context_dilations", List.of(1, 1));
      config.remove(name);
      subscale()
          .withoutConfig()
          .refused(
              "auto",
              config,
              "setting '%s' is missing, and the tensors do not tell it; give it in --config"
                  .formatted(name));
    }
  }

  @Test
  void tensorsThatDoNotFit() {
    subscale()
        .shape("w_context", 768, 5)
        .refused("tensor 'w_context': expected shape [768, 6], found [768, 5]");
    subscale()
        .shape("w_context", 256, 6)
        .refused("tensor 'w_context': expected shape [768, 6], found [256, 6]");
    subscale()
        .shape("context.2.weight", 6, 4, 2)
        .refused("tensor 'context.2.weight': expected shape [any, 5, any], found [6, 4, 2]");
    subscale()
        .shape("context.1.bias", 4)
        .refused("tensor 'context.1.bias': expected shape [5], found [4]");
    for (String[] missing :
        new String[][] {
          {"w_context"}, {"context.1.bias"}, {"context.1.bias", "context.1.weight"}
        }) {
      subscale()
          .without(missing)
          .refused(
              "wavernn-dual-softmax",
              Map.of(),
              "does not fit family 'wavernn-dual-softmax': missing tensors %s, unexpected tensors []; see 'wavebridge inspect' for what fits"
                  .formatted(List.of(missing)));
    }
  }
}
