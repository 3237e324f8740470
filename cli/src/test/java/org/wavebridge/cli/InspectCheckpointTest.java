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
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.exporter.family.Families;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code inspect} says of checkpoints that need a word from their user, or fit no family. */
final class InspectCheckpointTest {
  private static final Path GOLDEN = Path.of("../conformance/src/test/resources/golden");
  private static final Path GWANG = GOLDEN.resolve("gwang_bits/checkpoint_step000001000_zip.pth");

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
    for (String family : Families.names()) {
      assertEquals(
          1,
          lines.stream()
              .filter(line -> line.matches("  " + family + " +false +missing \\[.*"))
              .count(),
          family + ": " + ran.out());
    }
    assertTrue(
        lines.contains(
            "  mkotha                false  missing [upsample.up_layers.0.bias, upsample.up_layers.0.weight, wavernn.fc1.bias, wavernn.fc1.weight] and 10 more, unexpected [encoder.bias, encoder.weight, pruned, steps]"),
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
                ": has the tensors of fatchord, corentinj, coqui, but it does not show whose it is; choose with --family"),
        asked.out());
    assertFalse(asked.out().contains("settings:"), asked.out());
    Ran export = Ran.of("export", file, "-o", folder.resolve("bundle"));
    assertEquals(3, export.code());
    assertTrue(export.message().contains("choose with --family"), export.err());
    Ran said = Ran.of("inspect", file, "--family", "corentinj");
    assertTrue(said.out().matches("(?s).*\nfamily +corentinj\n.*"), said.out());
    assertTrue(said.out().matches("(?s).*\n  mu_law +true +default\n.*"), said.out());
  }

  /** CorentinJ's golden checkpoint with its tensors under a key that many projects use. */
  private Path underStateDict() throws IOException {
    Path file = folder.resolve("renamed.pt");
    try (ZipFile in = new ZipFile(GOLDEN.resolve("corentinj/checkpoint_zip.pt").toFile());
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
