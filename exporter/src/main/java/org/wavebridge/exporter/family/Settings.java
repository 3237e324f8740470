package org.wavebridge.exporter.family;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoublePredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.CheckpointException;

/**
 * What tensors cannot tell: each setting from the configuration file, else the checkpoint's own
 * configuration, else the family's default; null counts as not given. Every value asked for is
 * recorded with its source.
 */
public final class Settings {
  private final Path checkpoint;
  private final Map<String, Object> configFile;
  private final Map<String, Object> own;
  private final Map<String, ResolvedSetting> resolved = new LinkedHashMap<>();

  /**
   * Settings for a checkpoint.
   *
   * @param checkpoint for messages
   * @param configFile content of the configuration file; empty if none is given
   * @param own the checkpoint's own configuration
   */
  public Settings(Path checkpoint, Map<String, Object> configFile, Map<String, Object> own) {
    this.checkpoint = checkpoint;
    this.configFile = configFile;
    this.own = own;
  }

  /** All settings asked for so far. */
  public List<ResolvedSetting> resolved() {
    return List.copyOf(resolved.values());
  }

  /**
   * Refuses names in the configuration file that a family does not know.
   *
   * @throws CheckpointException naming them, and the known ones
   */
  void requireKnown(String family, Set<String> known) {
    Set<String> unknown = new TreeSet<>(configFile.keySet());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new CheckpointException(
          "%s: --config has settings %s that family '%s' does not know; it knows %s"
              .formatted(checkpoint, unknown, family, new TreeSet<>(known)));
    }
  }

  /** A whole number of a range. */
  int integer(String name, int byDefault, int minimum, int maximum) {
    Object given = get(name, byDefault);
    double value = given instanceof Number number ? number.doubleValue() : Double.NaN;
    if (value != Math.rint(value) || !(value >= minimum && value <= maximum)) {
      throw wrong(name, "a whole number from " + minimum + " to " + maximum, given);
    }
    resolved.computeIfPresent(
        name, (key, setting) -> new ResolvedSetting(key, (int) value, setting.source()));
    return (int) value;
  }

  /** A whole number of a range, which a configuration must give. */
  int integer(String name, int minimum, int maximum) {
    requireGiven(name);
    return integer(name, minimum, minimum, maximum);
  }

  /** A list of {@code count} whole numbers of a range, which a configuration must give. */
  List<Integer> integers(String name, int count, int minimum, int maximum) {
    requireGiven(name);
    Object given = get(name, List.of());
    List<Integer> values = new ArrayList<>();
    List<?> elements = given instanceof List<?> list ? list : List.of();
    for (Object element : elements) {
      double value = element instanceof Number number ? number.doubleValue() : Double.NaN;
      if (value == Math.rint(value) && value >= minimum && value <= maximum) {
        values.add((int) value);
      }
    }
    if (values.size() != count || elements.size() != count) {
      throw wrong(
          name,
          "a list of %d whole numbers from %d to %d".formatted(count, minimum, maximum),
          given);
    }
    return values;
  }

  private void requireGiven(String name) {
    if (!given(name)) {
      throw new CheckpointException(
          "%s: setting '%s' is missing, and the tensors do not tell it; give it in --config"
              .formatted(checkpoint, name));
    }
  }

  /** A number that a float can hold. */
  double number(String name, double byDefault) {
    return number(name, byDefault, "a number", value -> true);
  }

  /**
   * A number that a float can hold and that fits.
   *
   * @param expected what fits, for the message
   */
  double number(String name, double byDefault, String expected, DoublePredicate fits) {
    Object given = get(name, byDefault);
    double value = given instanceof Number number ? number.doubleValue() : Double.NaN;
    boolean held = Float.isFinite((float) value) && (value == 0 || (float) value != 0);
    if (!held || !fits.test(value)) {
      throw wrong(name, expected, given);
    }
    return value;
  }

  /** A truth value, which a configuration must give. */
  boolean flag(String name) {
    requireGiven(name);
    return flag(name, false);
  }

  /** A truth value. */
  boolean flag(String name, boolean byDefault) {
    Object value = get(name, byDefault);
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wrong(name, "true or false", value);
  }

  /** One of a few texts, which a configuration must give. */
  String choice(String name, Set<String> allowed) {
    if (!given(name)) {
      throw new CheckpointException(
          "%s: setting '%s' is missing, and the tensors do not tell it; give it in --config, one of %s"
              .formatted(checkpoint, name, new TreeSet<>(allowed)));
    }
    return choice(name, "", allowed);
  }

  /** One of a few texts. */
  String choice(String name, String byDefault, Set<String> allowed) {
    Object value = get(name, byDefault);
    if (value instanceof String text && allowed.contains(text)) {
      return text;
    }
    throw wrong(name, "one of " + new TreeSet<>(allowed), value);
  }

  /**
   * Refuses a configuration that names another family.
   *
   * @param family the checkpoint is read as
   */
  void requireFamily(String family) {
    if (given("family")) {
      choice("family", family, Set.of(family));
    }
  }

  /** Whether a configuration gives the setting. */
  boolean given(String name) {
    return configured(name) != null;
  }

  /**
   * Records what the tensors say, and refuses a configuration that says otherwise.
   *
   * @param name of the setting
   * @param value from the tensors: a number or a list of numbers
   * @param why how the tensors say it
   */
  void tensors(String name, Object value, String why) {
    Object given = configured(name);
    if (given != null && !sameKind(value, given)) {
      throw wrong(name, kind(value), given);
    }
    if (given != null && !same(value, given)) {
      throw new CheckpointException(
          "%s: setting '%s' is %s, but the tensors say %s (%s); wrong --config or wrong checkpoint?"
              .formatted(checkpoint, name, given, value, why));
    }
    resolved.put(name, new ResolvedSetting(name, value, ResolvedSetting.Source.TENSORS));
  }

  private static boolean sameKind(Object one, Object two) {
    return kind(one).equals(kind(two));
  }

  private static String kind(Object value) {
    if (value instanceof List<?>) {
      return "a list";
    }
    if (value instanceof String) {
      return "a text";
    }
    return value instanceof Boolean ? "true or false" : "a number";
  }

  private static boolean same(Object one, Object two) {
    if (one instanceof List<?> a && two instanceof List<?> b) {
      return a.size() == b.size()
          && IntStream.range(0, a.size()).allMatch(i -> same(a.get(i), b.get(i)));
    }
    if (one instanceof Number a && two instanceof Number b) {
      return a.doubleValue() == b.doubleValue();
    }
    return one.equals(two);
  }

  private @Nullable Object configured(String name) {
    Object value = configFile.get(name);
    return value != null ? value : own.get(name);
  }

  private Object get(String name, Object byDefault) {
    Object given = configured(name);
    ResolvedSetting.Source source =
        configFile.get(name) != null
            ? ResolvedSetting.Source.CONFIG_FILE
            : given != null ? ResolvedSetting.Source.CHECKPOINT : ResolvedSetting.Source.DEFAULT;
    Object value = given == null ? byDefault : given;
    resolved.put(name, new ResolvedSetting(name, value, source));
    return value;
  }

  /** Texts in quotes, so that "16000" does not look like a number. */
  private static String shown(Object value) {
    return value instanceof String ? "\"" + value + "\"" : String.valueOf(value);
  }

  /** The message for a value that does not fit. */
  CheckpointException wrong(String name, String expected, Object found) {
    return new CheckpointException(
        "%s: setting '%s': expected %s, found %s"
            .formatted(checkpoint, name, expected, shown(found)));
  }
}
