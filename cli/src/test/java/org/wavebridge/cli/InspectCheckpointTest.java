package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.exporter.family.Families;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The output of {@code inspect} for checkpoints that need a word from their user, or fit no family.
 */
final class InspectCheckpointTest {
  private static final Path GWANG = GoldenFile.of("gwang_bits/checkpoint_step000001000_zip.pth");

  @TempDir Path folder;

  /** Four tensors of types, shapes and zeros that no family has. */
  private Path unknown() throws IOException {
    byte[] header =
        ("{\"encoder.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                + "\"encoder.bias\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[24,32]},"
                + "\"steps\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[32,40]},"
                + "\"pruned\":{\"dtype\":\"F32\",\"shape\":[1,4,2],\"data_offsets\":[40,72]}}")
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + header.length + 72).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(header.length).put(header);
    for (int i = 0; i < 6; i++) {
      file.putFloat(i - 7);
    }
    file.putShort((short) 0x3c00).putShort((short) 0).putShort((short) 0x3c00).putShort((short) 1);
    file.putLong(9).putFloat(0.5f);
    return Files.write(folder.resolve("unknown.safetensors"), file.array());
  }

  @Test
  void anUnknownCheckpointIsListed() throws IOException {
    Path file = unknown();
    Ran ran = Ran.of("inspect", file);
    assertEquals(0, ran.code(), ran.err());
    List<String> lines = ran.out().lines().toList();
    int considered = lines.indexOf("families considered:");
    for (String line : lines.subList(considered + 2, considered + 5)) {
      assertTrue(
          line.matches("  [\\w-]+ +false +missing \\[.*\\] and \\d+ more, unexpected .*"), line);
    }
    assertEquals(
        "  and %d more, see --json".formatted(Families.names().size() - 3),
        lines.get(considered + 5));
    assertTrue(
        ran.out().contains(", unexpected [encoder.bias, encoder.weight, pruned, steps]"),
        ran.out());
    List<String> notUnderstood =
        lines.stream().filter(line -> line.startsWith("not understood ")).toList();
    assertEquals(1, notUnderstood.size(), ran.out());
    assertTrue(
        notUnderstood
            .get(0)
            .matches(
                "not understood +.*unknown\\.safetensors: fits no known family, its tensors are .encoder.weight, encoder.bias, steps, pruned.; is it a vocoder\\? 'wavebridge inspect' lists what it has"),
        notUnderstood.get(0));
    assertEquals(notUnderstood.get(0), lines.get(0), "the answer comes first");
    int tensors = lines.indexOf("tensors:");
    assertEquals(
        List.of(
            "  tensor          shape      type  zeros",
            "  encoder.weight  [2, 3]     f32   0",
            "  encoder.bias    [4]        f16   0.25",
            "  steps           []         i64   0",
            "  pruned          [1, 4, 2]  f32   0.875"),
        lines.subList(tensors + 1, lines.size()));
  }

  @Test
  void anUnknownCheckpointAsJson() throws IOException {
    JsonNode json = JsonMapper.shared().readTree(Ran.of("inspect", unknown(), "--json").out());
    assertEquals(Families.names().size(), json.get("families considered").size());
    for (JsonNode family : json.get("families considered")) {
      assertFalse(family.get("fits").asBoolean());
      assertTrue(family.get("why").asString().startsWith("missing ["), family.toString());
    }
    assertEquals(4, json.get("tensors").size());
    assertEquals("pruned", json.get("tensors").get(3).get("tensor").asString());
    assertEquals(0.875, json.get("tensors").get(3).get("zeros").asDouble());
    assertFalse(json.has("settings"));
  }

  @Test
  void whereSeveralFamiliesFitTheOptionIsAskedForByName() throws IOException {
    Path file = underStateDict();
    Ran asked = Ran.of("inspect", file);
    assertEquals(0, asked.code(), asked.err());
    assertTrue(
        asked
            .out()
            .contains(
                ": has the tensors of fatchord, forwardtacotron, wqt2019, corentinj, mockingbird, coqui, but it does not show whose it is; choose with --family"),
        asked.out());
    assertFalse(asked.out().contains("settings:"), asked.out());
    Ran export = Ran.of("export", file, "-o", folder.resolve("bundle"));
    assertEquals(3, export.code());
    assertTrue(export.message().contains("choose with --family"), export.err());
    Ran said = Ran.of("inspect", file, "--family", "corentinj");
    assertTrue(
        said.out().startsWith("summary            a vocoder of family corentinj: "), said.out());
    assertTrue(said.out().matches("(?s).*\nfamily +corentinj\n.*"), said.out());
    assertTrue(said.out().matches("(?s).*\n  mu_law +true +default\n.*"), said.out());
  }

  /** CorentinJ's golden checkpoint with its tensors under a key that many projects use. */
  private Path underStateDict() throws IOException {
    Path file = folder.resolve("renamed.pt");
    try (ZipFile in = new ZipFile(GoldenFile.of("corentinj/checkpoint_zip.pt").toFile());
        ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (ZipEntry entry : Collections.list(in.entries())) {
        byte[] bytes = in.getInputStream(entry).readAllBytes();
        if (entry.getName().endsWith("data.pkl")) {
          String pickle = new String(bytes, StandardCharsets.ISO_8859_1);
          String key = "X\u000b\0\0\0model_state";
          assertTrue(pickle.contains(key));
          bytes = pickle.replace(key, "X\n\0\0\0state_dict").getBytes(StandardCharsets.ISO_8859_1);
        }
        zip.putNextEntry(new ZipEntry(entry.getName()));
        zip.write(bytes);
      }
    }
    return file;
  }

  @Test
  void aSettingThatDoesNotShowIsAskedForByName() throws IOException {
    Ran asked = Ran.of("inspect", GWANG);
    assertEquals(0, asked.code(), asked.err());
    assertTrue(asked.out().matches("(?s).*\n  gwang +true +all \\d+ tensors are there\n.*"));
    assertTrue(
        asked
            .out()
            .contains(
                "setting 'input_type' is missing, and the tensors do not tell it; give it in --config, one of [bits, mulaw]"),
        asked.out());
    Path config = Files.writeString(folder.resolve("hparams.json"), "{\"input_type\": \"bits\"}");
    Ran told = Ran.of("inspect", GWANG, "--config", config);
    assertTrue(told.out().matches("(?s).*\n  input_type +bits +config file\n.*"), told.out());
    assertTrue(told.out().matches("(?s).*\n  encoding +linear\n.*"), told.out());
  }

  /** The golden file with all names under wrappers. */
  private Path wrapped() throws IOException {
    Path file = folder.resolve("compiled.pt");
    try (ZipFile in = new ZipFile(GWANG.toFile());
        ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (ZipEntry entry : Collections.list(in.entries())) {
        byte[] bytes = in.getInputStream(entry).readAllBytes();
        if (entry.getName().endsWith("data.pkl")) {
          bytes = prefixed(new String(bytes, StandardCharsets.ISO_8859_1));
        }
        zip.putNextEntry(new ZipEntry(entry.getName()));
        zip.write(bytes);
      }
    }
    return file;
  }

  /** A pickle whose names of tensors begin with wrappers; their lengths fit a byte. */
  private static byte[] prefixed(String pickle) {
    String prefix = "_orig_mod.module.";
    StringBuilder changed = new StringBuilder();
    int copied = 0;
    Matcher texts = Pattern.compile("X(.)\\x00{3}", Pattern.DOTALL).matcher(pickle);
    while (texts.find()) {
      int length = texts.group(1).charAt(0);
      String name = pickle.substring(texts.end(), Math.min(pickle.length(), texts.end() + length));
      if (name.matches("\\w+(\\.\\w+)+")) {
        changed.append(pickle, copied, texts.start());
        changed.append('X').append((char) (length + prefix.length())).append("\0\0\0");
        changed.append(prefix);
        copied = texts.end();
      }
    }
    changed.append(pickle.substring(copied));
    return changed.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void whatWrappersPutBeforeNamesIsToldAndLeftOut() throws IOException {
    Path file = wrapped();
    Ran ran = Ran.of("inspect", file);
    assertEquals(0, ran.code(), ran.err());
    assertTrue(ran.out().matches("(?s).*\nprefix left out +_orig_mod\\.module\\.\n.*"), ran.out());
    assertTrue(
        ran.out().matches("(?s).*\n  gwang +true +all \\d+ tensors are there\n.*"), ran.out());
    JsonNode json = JsonMapper.shared().readTree(Ran.of("inspect", file, "--json").out());
    assertEquals("_orig_mod.module.", json.get("prefix left out").asString());
    assertFalse(
        JsonMapper.shared()
            .readTree(Ran.of("inspect", GWANG, "--json").out())
            .has("prefix left out"));
  }

  @Test
  void aCheckpointWhereABundleIsExpected() {
    for (List<Object> command :
        List.<List<Object>>of(
            List.of("vocode", GWANG, "--mel", "m.npy", "-o", folder.resolve("a.wav")),
            List.of("score", GWANG, "--mel", "m.npy", "--audio", "a.wav"),
            List.of("bench", GWANG),
            List.of("conform", GWANG))) {
      Ran ran = Ran.of(command.toArray());
      assertEquals(3, ran.code(), ran.err());
      assertEquals(
          "wavebridge: %s: expected a bundle, found a checkpoint; make a bundle of it with 'wavebridge export %s -o BUNDLE'"
              .formatted(GWANG, GWANG),
          ran.err().strip());
    }
  }

  @Test
  void aSynthesizersCheckpointIsNamed() throws IOException {
    byte[] header =
        ("{\"encoder.embedding.weight\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                + "\"decoder.attn_net.weight\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}")
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(10 + header.length).order(ByteOrder.LITTLE_ENDIAN);
    Path file =
        Files.write(
            folder.resolve("taco.safetensors"), bytes.putLong(header.length).put(header).array());
    Ran ran = Ran.of("export", file, "-o", folder.resolve("bundle"));
    assertEquals(3, ran.code());
    assertEquals(
        "wavebridge: %s: this is the checkpoint of a Tacotron-like synthesizer, not of a WaveRNN vocoder; give the vocoder's checkpoint"
            .formatted(file),
        ran.err().strip());
    assertTrue(Ran.of("inspect", file).out().contains("Tacotron-like synthesizer"));
  }

  @Test
  void aFamilyThatThereIsNot() {
    Ran ran = Ran.of("inspect", GWANG, "--family", "tacotron");
    assertEquals(2, ran.code());
    assertTrue(
        ran.err()
            .contains(
                "--family: expected auto or one of " + Families.names() + ", found 'tacotron'"),
        ran.err());
  }
}
