package org.wavebridge.exporter.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.graphs.bundle.Sha256;

/**
 * The file of 32-bit floats that FreeDV's LPCNet reads and writes: arrays in a fixed order, without
 * any header; the last 32,767 numbers are integers, which list the blocks of the recurrent matrix.
 * The sizes follow from the length of the file and from that list.
 */
final class RawLpcNet {
  private static final int CLASSES = 256;
  private static final int EMBEDDED = 128;
  private static final int PITCHES = 64;
  private static final int FEATURES = 38;
  private static final int TAPS = 3;
  private static final int INDICES = 32767;
  private static final int GROUP = 16;
  private static final int MOST_UNITS = 1024;
  private static final int MOST_SECOND = 64;
  private static final int MOST_CONDITION = 1024;

  /** H, M and C. */
  private record Sizes(int hidden, int second, int condition) {
    /** The arrays in the order of the file, with their lengths; the integers are the last. */
    Map<String, Integer> arrays() {
      int gates = 3 * hidden;
      int secondGates = 3 * second;
      Map<String, Integer> lengths = new LinkedHashMap<>();
      lengths.put("gru_a_embed_sig_weights", CLASSES * gates);
      lengths.put("gru_a_embed_pred_weights", CLASSES * gates);
      lengths.put("gru_a_embed_exc_weights", CLASSES * gates);
      lengths.put("gru_a_dense_feature_bias", gates);
      lengths.put("gru_a_dense_feature_weights", condition * gates);
      lengths.put("embed_pitch_weights", CLASSES * PITCHES);
      lengths.put("feature_conv1_weights", TAPS * (FEATURES + PITCHES) * condition);
      lengths.put("feature_conv1_bias", condition);
      lengths.put("feature_conv2_weights", TAPS * condition * condition);
      lengths.put("feature_conv2_bias", condition);
      lengths.put("feature_dense1_bias", condition);
      lengths.put("feature_dense1_weights", condition * condition);
      lengths.put("embed_sig_weights", CLASSES * EMBEDDED);
      lengths.put("feature_dense2_bias", condition);
      lengths.put("feature_dense2_weights", condition * condition);
      lengths.put("gru_a_bias", 2 * gates);
      lengths.put("gru_a_weights", (3 * EMBEDDED + condition) * gates);
      lengths.put("gru_a_recurrent_weights", hidden * gates);
      lengths.put("gru_b_bias", 2 * secondGates);
      lengths.put("gru_b_weights", (hidden + condition) * secondGates);
      lengths.put("gru_b_recurrent_weights", second * secondGates);
      lengths.put("dual_fc_bias", 2 * CLASSES);
      lengths.put("dual_fc_weights", 2 * CLASSES * second);
      lengths.put("dual_fc_factor", 2 * CLASSES);
      lengths.put("sparse_gru_a_bias", 2 * gates);
      lengths.put("sparse_gru_a_recurrent_weights_diag", gates);
      lengths.put("sparse_gru_a_recurrent_weights", gates * hidden);
      lengths.put("sparse_gru_a_recurrent_weights_idx", INDICES);
      return lengths;
    }

    long numbers() {
      return arrays().values().stream().mapToLong(Integer::longValue).sum();
    }
  }

  private RawLpcNet() {}

  static boolean matches(byte[] bytes) {
    return sizes(bytes).isPresent();
  }

  static Checkpoint read(Path file, byte[] bytes, Spending spending) {
    Sizes sizes = sizes(bytes).orElseThrow();
    FlatArrays arrays = new FlatArrays(file, spending);
    ByteBuffer all = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    for (Map.Entry<String, Integer> array : sizes.arrays().entrySet()) {
      boolean integers = array.getKey().endsWith("_idx");
      int length = Float.BYTES * array.getValue();
      arrays.put(
          array.getKey(), integers ? ElementType.I32 : ElementType.F32, all.slice(at, length));
      at += length;
    }
    return arrays.checkpoint("raw floats of FreeDV's LPCNet", Sha256.of(bytes), Map.of());
  }

  /** The sizes whose arrays make up the file, and whose list of blocks is one. */
  private static Optional<Sizes> sizes(byte[] bytes) {
    if (bytes.length % Float.BYTES != 0 || bytes.length <= Float.BYTES * INDICES) {
      return Optional.empty();
    }
    ByteBuffer indices =
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(bytes.length - 4 * INDICES);
    ByteBuffer list = indices.slice().order(ByteOrder.LITTLE_ENDIAN);
    long numbers = bytes.length / Float.BYTES;
    for (int hidden = GROUP; hidden <= MOST_UNITS; hidden += GROUP) {
      for (int second = 1; second <= MOST_SECOND && listed(list, hidden); second++) {
        Optional<Sizes> found = withCondition(hidden, second, numbers);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  /** The size of the condition that leaves no number over; the number of arrays grows with it. */
  private static Optional<Sizes> withCondition(int hidden, int second, long numbers) {
    int low = 1;
    int high = MOST_CONDITION;
    while (low < high) {
      int middle = (low + high) / 2;
      if (new Sizes(hidden, second, middle).numbers() < numbers) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    Sizes sizes = new Sizes(hidden, second, low);
    return sizes.numbers() == numbers ? Optional.of(sizes) : Optional.empty();
  }

  /** Whether a list has, for each group of gates, a count and as many ascending inputs. */
  private static boolean listed(ByteBuffer list, int hidden) {
    int at = 0;
    for (int group = 0; group < 3 * hidden / GROUP; group++) {
      int count = at < INDICES ? list.getInt(Integer.BYTES * at++) : -1;
      if (count < 0 || count > hidden || at + count > INDICES) {
        return false;
      }
      int before = -1;
      for (int i = 0; i < count; i++) {
        int input = list.getInt(Integer.BYTES * at++);
        if (input <= before || input >= hidden) {
          return false;
        }
        before = input;
      }
    }
    for (; at < INDICES; at++) {
      if (list.getInt(Integer.BYTES * at) != 0) {
        return false;
      }
    }
    return true;
  }
}
