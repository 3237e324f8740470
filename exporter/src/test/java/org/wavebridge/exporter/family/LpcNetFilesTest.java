package org.wavebridge.exporter.family;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.exporter.checkpoint.CheckpointReader;
import org.wavebridge.graphs.CheckpointException;
import org.wavebridge.graphs.model.LpcNetConditioner;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.lpcnet.LpcNetNetwork;

/** LPCNet's own files, made up: what they may hold, and what is said of those that do not fit. */
final class LpcNetFilesTest {
  private static final int HIDDEN = 8;
  private static final int SECOND = 8;
  private static final int CONDITION = 17;
  private static final int FEATURES = 20;
  private static final String INDICES = "sparse_gru_a_recurrent_weights_idx";

  @TempDir Path folder;

  /** The arrays of a network with a tree; integers have names that end with {@code _idx}. */
  private static Map<String, float[]> arrays() {
    Random random = new Random(5);
    Map<String, Integer> sizes = new LinkedHashMap<>();
    int gates = 3 * HIDDEN;
    int secondGates = 3 * SECOND;
    for (String of : new String[] {"sig", "pred", "exc"}) {
      sizes.put("gru_a_embed_" + of + "_weights", 256 * gates);
    }
    sizes.put("gru_a_dense_feature_weights", CONDITION * gates);
    sizes.put("gru_a_dense_feature_bias", gates);
    sizes.put("gru_b_dense_feature_weights", CONDITION * secondGates);
    sizes.put("gru_b_dense_feature_bias", secondGates);
    sizes.put("gru_b_weights", 32 * 3);
    sizes.put("gru_b_recurrent_weights", SECOND * secondGates);
    sizes.put("gru_b_bias", 6 * SECOND);
    sizes.put("embed_pitch_weights", 256 * 64);
    sizes.put("feature_conv1_weights", 3 * (FEATURES + 64) * CONDITION);
    sizes.put("feature_conv2_weights", 3 * CONDITION * CONDITION);
    sizes.put("feature_dense1_weights", CONDITION * CONDITION);
    sizes.put("feature_dense2_weights", CONDITION * CONDITION);
    for (String layer : new String[] {"conv1", "conv2", "dense1", "dense2"}) {
      sizes.put("feature_" + layer + "_bias", CONDITION);
    }
    sizes.put("dual_fc_weights", 512 * SECOND);
    sizes.put("dual_fc_bias", 512);
    sizes.put("dual_fc_factor", 512);
    sizes.put("sparse_gru_a_recurrent_weights", 32 * 2);
    sizes.put("sparse_gru_a_recurrent_weights_diag", gates);
    sizes.put("sparse_gru_a_bias", 6 * HIDDEN);
    Map<String, float[]> arrays = new LinkedHashMap<>();
    sizes.forEach(
        (name, size) -> {
          float[] values = new float[size];
          for (int i = 0; i < size; i++) {
            values[i] = (random.nextInt(255) - 127) / 128f;
          }
          arrays.put(name, values);
        });
    // Groups of 8 outputs: a block at input 4, none, a block at input 0; then one each.
    arrays.put(INDICES, new float[] {1, 4, 0, 1, 0});
    arrays.put("gru_b_weights_idx", new float[] {1, 0, 1, 4, 1, 0});
    return arrays;
  }

  private Path source(Map<String, float[]> arrays) throws IOException {
    StringBuilder text = new StringBuilder("/* made up */\n#include \"nnet_data.h\"\n");
    arrays.forEach(
        (name, values) -> {
          boolean integers = name.endsWith("_idx");
          text.append("static const ").append(integers ? "int " : "float ").append(name);
          text.append("[").append(values.length).append("] = {\n   ");
          for (float value : values) {
            text.append(integers ? Integer.toString((int) value) : Float.toString(value));
            text.append(", ");
          }
          text.append("\n};\n");
        });
    return Files.writeString(folder.resolve("nnet_data.c"), text);
  }

  private Path blob(Map<String, float[]> arrays) throws IOException {
    int size = 0;
    for (float[] values : arrays.values()) {
      size += 64 + (4 * values.length + 63) / 64 * 64;
    }
    ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    for (Map.Entry<String, float[]> array : arrays.entrySet()) {
      boolean integers = array.getKey().endsWith("_idx");
      int length = 4 * array.getValue().length;
      int block = (length + 63) / 64 * 64;
      int at = bytes.position();
      bytes.put("DNNw".getBytes(StandardCharsets.US_ASCII)).putInt(0).putInt(integers ? 1 : 0);
      bytes.putInt(length).putInt(block);
      bytes.put(array.getKey().getBytes(StandardCharsets.US_ASCII));
      bytes.position(at + 64);
      for (float value : array.getValue()) {
        if (integers) {
          bytes.putInt((int) value);
        } else {
          bytes.putFloat(value);
        }
      }
      bytes.position(at + 64 + block);
    }
    return Files.write(folder.resolve("weights_blob.bin"), bytes.array());
  }

  private static VocoderModel read(Path file, Map<String, Object> config) {
    return Families.read(CheckpointReader.read(file), "auto", config).model();
  }

  private static String refusal(Path file) {
    return assertThrows(CheckpointException.class, () -> read(file, Map.of())).getMessage();
  }

  @Test
  void blocksAndTheirDiagonal() throws IOException {
    Map<String, float[]> arrays = arrays();
    LpcNetNetwork network = (LpcNetNetwork) read(source(arrays), Map.of()).network();
    float[] blocks = arrays.get("sparse_gru_a_recurrent_weights");
    float[] diagonal = arrays.get("sparse_gru_a_recurrent_weights_diag");
    // Theirs are z, r, h: the first group of outputs is z, which is our second gate.
    for (int output = 0; output < HIDDEN; output++) {
      for (int input = 0; input < HIDDEN; input++) {
        float stored = input < 4 ? 0 : blocks[(input - 4) * 8 + output];
        float added = input == output ? stored : 0;
        assertEquals(
            input == output ? 0 : stored,
            network.recurrent().weight().at(HIDDEN + output, input),
            "z " + output + ", " + input);
        if (input == output) {
          assertEquals(diagonal[output] + added, network.diagonal()[HIDDEN + output]);
        }
        assertEquals(0, network.recurrent().weight().at(output, input), "r has no blocks");
      }
    }
  }

  @Test
  void sourceAndBlobHoldTheSame() throws IOException {
    VocoderModel one = read(source(arrays()), Map.of());
    VocoderModel other = read(blob(arrays()), Map.of());
    LpcNetNetwork a = (LpcNetNetwork) one.network();
    LpcNetNetwork b = (LpcNetNetwork) other.network();
    assertArrayEquals(a.sample().values(), b.sample().values());
    assertArrayEquals(a.recurrent().weight().values(), b.recurrent().weight().values());
    assertArrayEquals(a.factor(), b.factor());
    assertEquals(36, one.features().mels());
    assertEquals(2, one.utterance().tailFrames());
  }

  /** Where the settings that no array tells come from. */
  private static Map<String, String> sources(Path file) {
    return Families.read(CheckpointReader.read(file), "auto", Map.of()).settings().stream()
        .filter(setting -> setting.name().matches("lpc_gamma|lookahead|end2end"))
        .collect(Collectors.toMap(ResolvedSetting::name, setting -> setting.source().name()));
  }

  @Test
  void aBlobTellsNoneOfThem() throws IOException {
    assertEquals(
        Map.of("lpc_gamma", "DEFAULT", "lookahead", "DEFAULT", "end2end", "DEFAULT"),
        sources(blob(arrays())));
  }

  @Test
  void theHeaderSaysWhatNoArrayTells() throws IOException {
    Files.writeString(
        folder.resolve("nnet_data.h"),
        "/*#define END2END*/\n#define LPC_GAMMA 0.9f\n#define FEATURES_DELAY 1\n");
    LpcNetConditioner conditioner =
        (LpcNetConditioner) read(source(arrays()), Map.of()).conditioner();
    assertEquals(0.9f, conditioner.gamma());
    assertEquals(1, conditioner.lookAhead());
    assertTrue(conditioner.cepstral().isPresent());
    assertEquals(
        Map.of("lpc_gamma", "CHECKPOINT", "lookahead", "CHECKPOINT", "end2end", "CHECKPOINT"),
        sources(source(arrays())));
    Files.writeString(folder.resolve("nnet_data.h"), "#define END2END\n");
    assertTrue(
        ((LpcNetConditioner) read(source(arrays()), Map.of()).conditioner()).cepstral().isEmpty());
    assertTrue(
        ((LpcNetConditioner) read(source(arrays()), Map.of("end2end", false)).conditioner())
            .cepstral()
            .isPresent());
  }

  @Test
  void anyArrayMayBeMissing() throws IOException {
    for (String name : arrays().keySet()) {
      if (name.equals("sparse_gru_a_recurrent_weights") || name.equals("gru_b_weights_idx")) {
        continue;
      }
      Map<String, float[]> arrays = arrays();
      arrays.remove(name);
      String message = refusal(source(arrays));
      assertTrue(message.contains("missing [" + name + "]"), message);
    }
  }

  @Test
  void anyArrayMayBeShort() throws IOException {
    for (String name : arrays().keySet()) {
      if (name.endsWith("_bias") && !name.startsWith("feature_dense")) {
        continue;
      }
      Map<String, float[]> arrays = arrays();
      arrays.computeIfPresent(name, (key, values) -> Arrays.copyOf(values, values.length - 1));
      String message = refusal(blob(arrays));
      assertTrue(message.contains(folder.toString()), message);
      assertTrue(message.contains("'"), message);
    }
  }

  @Test
  void blocksThatLieOutside() throws IOException {
    Map<String, float[]> arrays = arrays();
    arrays.put(INDICES, new float[] {1, 8, 0, 1, 0});
    assertTrue(refusal(source(arrays)).contains("blocks of 8 x 4 within 8 inputs"));
    arrays.put(INDICES, new float[] {-1, 4, 0, 1, 0});
    assertTrue(refusal(source(arrays)).contains("a count and as many inputs"));
  }

  @Test
  void filesThatEndEarly() throws IOException {
    Path source = source(arrays());
    byte[] bytes = Files.readAllBytes(source);
    Files.write(source, Arrays.copyOf(bytes, bytes.length / 2));
    String within = refusal(source);
    assertTrue(
        within.matches(
            ".*: array '\\w+': expected \\d+ numbers and a closing brace, found the end of the file; the file is cut off, copy it again"),
        within);
    String text = new String(bytes, StandardCharsets.US_ASCII);
    Files.writeString(source, text.substring(0, text.indexOf("};\n", text.length() / 3) + 3));
    String between = refusal(source);
    assertTrue(
        between.matches(
            ".*: fits no known family, nearest is lpcnet: missing .*; is the file complete\\?"),
        between);
    Files.writeString(source, text.substring(0, text.indexOf("static")));
    String before = refusal(source);
    assertTrue(
        before.endsWith(
            "expected a checkpoint, found C source that ends before the first array of weights; a header holds none: give the whole .c file that it belongs to"),
        before);
    Path blob = blob(arrays());
    bytes = Files.readAllBytes(blob);
    Files.write(blob, Arrays.copyOf(bytes, bytes.length - 40));
    assertTrue(refusal(blob).contains("up to the end of the file"), refusal(blob));
  }
}
