package org.wavebridge.graphs.contract;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the letters in declared dimensions stand for. A dimension is a number, a letter, or one of
 * {@code 3R}, {@code H/2}, {@code B * 3K}.
 */
public final class Letters {
  private static final Pattern FACTOR = Pattern.compile("(\\d*)([A-Z]\\d*'?)?");

  private final Map<String, Long> values = new HashMap<>();

  /** Sets a letter. */
  public Letters set(String letter, long value) {
    values.put(letter, value);
    return this;
  }

  /**
   * Takes the value of a letter from a dimension, if it is the only unknown one in it.
   *
   * @param size that the dimension has
   */
  public void learn(String dimension, long size) {
    Terms terms = terms(dimension);
    terms.unknown.ifPresent(
        letter -> values.putIfAbsent(letter, size * terms.divisor / Math.max(1, terms.factor)));
  }

  /**
   * The size of a dimension.
   *
   * @throws IllegalArgumentException if one of its letters is not known
   */
  public long value(String dimension) {
    Terms terms = terms(dimension);
    if (terms.unknown.isPresent()) {
      throw new IllegalArgumentException(
          "dimension %s: nothing tells %s".formatted(dimension, terms.unknown.get()));
    }
    return terms.factor / terms.divisor;
  }

  /** A dimension is {@code factor * unknown / divisor}. */
  private record Terms(long factor, Optional<String> unknown, long divisor) {}

  private Terms terms(String dimension) {
    String[] parts = dimension.split("/");
    long factor = 1;
    Optional<String> unknown = Optional.empty();
    for (String part : parts[0].split("\\*")) {
      Matcher matcher = FACTOR.matcher(part.strip());
      if (!matcher.matches()) {
        throw new IllegalArgumentException("not a dimension: " + dimension);
      }
      if (!matcher.group(1).isEmpty()) {
        factor = Math.multiplyExact(factor, Long.parseLong(matcher.group(1)));
      }
      String letter = matcher.group(2);
      if (letter != null && values.containsKey(letter)) {
        factor = Math.multiplyExact(factor, values.get(letter));
      } else if (letter != null) {
        unknown = Optional.of(letter);
      }
    }
    return new Terms(factor, unknown, parts.length > 1 ? Long.parseLong(parts[1].strip()) : 1);
  }
}
