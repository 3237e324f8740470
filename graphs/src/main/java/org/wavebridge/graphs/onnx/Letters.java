package org.wavebridge.graphs.onnx;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The sizes that the letters in declared dimensions stand for. A dimension is a number, a letter,
 * one of {@code 3R}, {@code H/2}, {@code B * 3K}, or a sum of these.
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
   * Takes the size of a letter from a dimension that is no sum, if it is the only unknown one in
   * it.
   *
   * @param size that the dimension has
   */
  public void learn(String dimension, long size) {
    if (dimension.contains("+")) {
      return;
    }
    Term term = term(dimension);
    if (term.unknown.isPresent() && term.factor > 0) {
      values.putIfAbsent(term.unknown.get(), size * term.divisor / term.factor);
    }
  }

  /** The size of a dimension, if all its letters are known. */
  OptionalLong find(String dimension) {
    long sum = 0;
    for (String part : dimension.split("\\+")) {
      Term term = term(part);
      if (term.unknown.isPresent()) {
        return OptionalLong.empty();
      }
      sum += term.factor / term.divisor;
    }
    return OptionalLong.of(sum);
  }

  /**
   * The size of a dimension.
   *
   * @throws IllegalArgumentException if one of its letters is not known
   */
  public long value(String dimension) {
    return find(dimension)
        .orElseThrow(() -> new IllegalArgumentException("nothing tells the size of " + dimension));
  }

  /** A term is {@code factor * unknown / divisor}; of another form it is unknown as a whole. */
  private record Term(long factor, Optional<String> unknown, long divisor) {}

  private Term term(String text) {
    String[] parts = text.split("/");
    long factor = 1;
    Optional<String> unknown = Optional.empty();
    for (String part : parts[0].split("\\*")) {
      Matcher matcher = FACTOR.matcher(part.strip());
      if (!matcher.matches()) {
        return new Term(0, Optional.of(text), 1);
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
    return new Term(factor, unknown, parts.length > 1 ? Long.parseLong(parts[1].strip()) : 1);
  }
}
