package org.wavebridge.conformance.damage;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Random damage to {@code bundle.json}: to its bytes, or to one of its values. */
final class DescriptionDamage {
  private static final Pattern VALUE =
      Pattern.compile(
          "(?<=[:\\[,])\\s*(\"[^\"]*\"|-?\\d[\\d.eE+-]*|true|false|null)(?=[,\\s\\]}])");
  private static final List<String> OTHERS =
      List.of(
          "0",
          "1",
          "-1",
          "3",
          "5",
          "100",
          "2147483647",
          "-2147483648",
          "1e30",
          "0.5",
          "null",
          "\"\"",
          "\"x\"",
          "[]",
          "[null]",
          "{}",
          "true");

  private final Random random;

  DescriptionDamage(Random random) {
    this.random = random;
  }

  /** A damaged copy. */
  byte[] of(byte[] description) {
    if (random.nextInt(3) == 0) {
      return new GraphDamage(random).flipped(description);
    }
    String text = new String(description, StandardCharsets.UTF_8);
    List<MatchResult> values = VALUE.matcher(text).results().toList();
    MatchResult value = values.get(random.nextInt(values.size()));
    String other = OTHERS.get(random.nextInt(OTHERS.size()));
    return (text.substring(0, value.start(1)) + other + text.substring(value.end(1)))
        .getBytes(StandardCharsets.UTF_8);
  }
}
