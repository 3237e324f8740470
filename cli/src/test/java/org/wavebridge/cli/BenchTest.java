package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The output of {@code bench} and the models it understands; no figure is judged. */
final class BenchTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "dual-softmax:H=64,density=0.5,block=4x4,rate=16000",
        "dual-softmax:H=64,density=0.25,heads=1",
        "residual-gru:R=16,classes=64",
        "residual-gru:R=16,mixtures=3",
        "multi-band-gru:H=64,density=0.3,bands=3,mixtures=2",
        "embedding-gru:H=32,classes=64"
      })
  void measuresBothBackends(String model) {
    Ran ran =
        Ran.of(
            "bench", "--model", model, "--vs", "stock", "--seconds", 0.05, "--rows", 2, "--json");
    assertEquals(0, ran.code(), ran.err());
    JsonNode json = JsonMapper.shared().readTree(ran.out());
    assertEquals(model, json.get("model").asString());
    assertEquals(2, json.get("rows").asInt());
    assertEquals(2, json.get("results").size());
    assertEquals("stock", json.get("results").get(1).get("backend").asString());
    assertTrue(json.get("results").get(0).get("samples_per_second").asDouble() > 0);
    assertFalse(json.get("results").get(0).get("cpu_level").asString().isEmpty());
    assertFalse(json.get("results").get(1).has("cpu_level"));
    assertTrue(json.get("ratio").asDouble() > 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dual-softmax:H=32,block=4x4,factor=4,horizon=3",
        "residual-gru:R=16,classes=64,factor=3,horizon=0,chunk=5"
      })
  void measuresSubscaleGenerationAgainstTheSameNetwork(String model) {
    Ran ran = Ran.of("bench", "--model", model, "--utterance", 0.1, "--seconds", 0.05, "--json");
    assertEquals(0, ran.code(), ran.err());
    JsonNode json = JsonMapper.shared().readTree(ran.out());
    JsonNode subscale = json.get("results").get(0);
    int samples = subscale.get("samples").asInt();
    int steps = subscale.get("steps").asInt();
    assertEquals(Math.rint(0.1 * json.get("rate").asInt()), samples);
    assertEquals(samples - steps, subscale.get("steps_saved").asInt());
    assertEquals((double) samples / steps, subscale.get("mean_active_rows").asDouble(), 1e-3);
    assertEquals("sequential", json.get("results").get(1).get("run").asString());
    assertTrue(json.get("ratio").asDouble() > 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dual-softmax:H=32,block=4x4",
        "dual-softmax:H=32,block=4x4,factor=4,horizon=3",
        "residual-gru:R=16,classes=64,mels=8,channels=12,blocks=2,upsample=4x5",
        "multi-band-gru:H=64,density=0.3,bands=3,mixtures=2"
      })
  void measuresStreamsAFrameAtATime(String model) {
    Ran ran =
        Ran.of(
            "bench", "--model", model, "--stream", "--utterance", 0.1, "--seconds", 0.05, "--json");
    assertEquals(0, ran.code(), ran.err());
    JsonNode json = JsonMapper.shared().readTree(ran.out());
    assertTrue(json.get("first_sample_frames").asInt() <= 3, ran.out());
    assertTrue(json.get("first_sample_work_milliseconds").asDouble() > 0);
    JsonNode results = json.get("results");
    assertEquals(4, results.size());
    for (int i = 0; i < 4; i++) {
      assertEquals(
          i % 2 == 0 ? json.get("frames").asInt() : 1,
          results.get(i).get("frames_per_push").asInt());
      assertTrue(results.get(i).get("microseconds_per_frame").asDouble() > 0);
    }
    assertEquals("conditioning", results.get(1).get("run").asString());
    assertEquals("everything", results.get(3).get("run").asString());
    assertTrue(json.get("conditioning_cost_ratio").asDouble() > 0);
    assertTrue(json.get("everything_cost_ratio").asDouble() > 0);
  }

  @ParameterizedTest
  @CsvSource({
    "'residual-gru:R=16,channels=128,blocks=10', conditioner",
    "'dual-softmax:H=32,factor=4', conditioner",
    "'multi-band-gru:H=64,bands=2', synthesis"
  })
  void measuresOneGraph(String model, String graph) {
    Object[] words = {"bench", "--model", model, "--graph", graph, "--utterance", 0.2};
    Object[] more = {"--seconds", 0.05, "--vs", "stock", "--json"};
    Ran ran = Ran.of(Stream.concat(Stream.of(words), Stream.of(more)).toArray());
    assertEquals(0, ran.code(), ran.err());
    JsonNode json = JsonMapper.shared().readTree(ran.out());
    assertEquals(graph, json.get("graph").asString());
    assertEquals(
        Math.rint(0.2 * json.get("rate").asInt() / json.get("hop").asInt()),
        json.get("frames_per_call").asInt());
    assertEquals("stock", json.get("results").get(1).get("backend").asString());
    assertTrue(json.get("results").get(0).get("microseconds_per_frame").asDouble() > 0);
    assertTrue(json.get("ratio").asDouble() > 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"dual-softmax:H=32,block=4x4", "dual-softmax:H=32,block=4x4,factor=4,horizon=3"})
  void measuresAServiceOfManyStreams(String model) {
    Ran ran = Ran.of("bench", "--model", model, "--serve", "--seconds", 0.2, "--json");
    assertEquals(0, ran.code(), ran.err());
    JsonNode json = JsonMapper.shared().readTree(ran.out());
    assertTrue(json.get("service_rows").asInt() >= 1);
    JsonNode results = json.get("results");
    assertEquals(5, results.size());
    for (JsonNode result : results) {
      assertTrue(result.get("machine_streams").asDouble() > 0);
      assertTrue(result.get("admitted").asInt() + result.get("refused").asInt() > 0);
      double continuity = result.get("continuity").asDouble();
      assertTrue(continuity >= 0 && continuity <= 1, ran.out());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--stream --vs stock, leave out --vs",
    "--stream --rows 2, leave out --rows",
    "--graph conditioner --rows 2, leave out --rows",
    "--serve --rows 2, leave out --rows",
    "--serve --vs stock, leave out --vs",
    "--graph generate, 'expected conditioner, features or synthesis, found ''generate'''"
  })
  void partsThatDoNotFitAreMisuse(String options, String message) {
    Object[] words = {"bench", "--model", "dual-softmax:H=32"};
    Ran ran = Ran.of(Stream.concat(Stream.of(words), Stream.of(options.split(" "))).toArray());
    assertEquals(2, ran.code(), ran.err());
    assertTrue(ran.message().contains(message), ran.err());
  }

  @Test
  void subscaleGenerationHasItsOwnRowsAndRival() {
    Ran ran = Ran.of("bench", "--model", "dual-softmax:H=32,factor=4", "--vs", "stock");
    assertEquals(2, ran.code());
    assertTrue(ran.message().contains("leave out --rows and --vs"), ran.err());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dual-softmax:factor=65",
        "dual-softmax:factor=2,horizon=-1",
        "residual-gru:factor=2,chunk=0",
        "lstm",
        "dual-softmax:G=3",
        "dual-softmax:H=many",
        "dual-softmax:H=30",
        "dual-softmax:density=0",
        "dual-softmax:density=2",
        "dual-softmax:block=16",
        "residual-gru:upsample=5x",
        "residual-gru:blocks=-1",
        "residual-gru:R"
      })
  void otherWordsAreMisuse(String model) {
    Ran ran = Ran.of("bench", "--model", model);
    assertEquals(2, ran.code());
    assertTrue(ran.message().startsWith("wavebridge: --model"), ran.err());
  }

  @Test
  void withoutJsonItIsForPeople() {
    Ran ran = Ran.of("bench", "--model", "dual-softmax:H=32", "--seconds", 0.05);
    assertEquals(0, ran.code(), ran.err());
    assertTrue(ran.out().contains("microseconds_per_step"), ran.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"dual-softmax:H=32", "dual-softmax:H=32,block=4x4,factor=4,horizon=3"})
  void linesFitANarrowTerminal(String model) {
    boolean subscale = model.contains("factor");
    Object[] words = {"bench", "--model", model, "--seconds", 0.05, "--utterance", 0.1};
    Object[] versus = Stream.concat(Stream.of(words), Stream.of("--vs", "stock")).toArray();
    Ran ran = Ran.of(subscale ? words : versus);
    assertEquals(0, ran.code(), ran.err());
    assertTrue(ran.out().lines().allMatch(line -> line.length() <= 100), ran.out());
    assertTrue(ran.out().contains("  backend  "), ran.out());
  }
}
