package org.wavebridge.exporter.family;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoublePredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wavebridge.graphs.CheckpointException;

/**
 * The settings that tensors cannot tell: each from the configuration file, else the checkpoint's
 * own configuration, else the family's default; null counts as not given. Every value asked for is
 * recorded with its source.
 */
public final class Settings {
  private static final Logger LOG = LoggerFactory.getLogger(Settings.class);

  private final Path checkpoint;
  private final Map<String, Object> configFile;
  private final Map<String, Object> own;
  private final Map<String, ResolvedSetting> resolved = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();

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

  /** Notes for the user, a sentence each. */
  List<String> notes() {
    return List.copyOf(notes);
  }

  /** Tells the user something. */
  void note(String note) {
    notes.add(note);
  }

  /**
   * Refuses names in the configuration file that nearly are those of settings; notes those that
   * mean nothing, and logs those that only matter to the project.
   *
   * @throws CheckpointException naming the slips, with what was probably meant
   */
  void requireKnown(Family family) {
    OwnSettings names = OwnSettings.of(family, configFile);
    if (!names.slips().isEmpty()) {
      throw new CheckpointException(
          "%s: --config has settings that family '%s' does not know: %s"
              .formatted(
                  checkpoint,
                  family.name(),
                  names.slips().entrySet().stream()
                      .map(
                          slip ->
                              "'%s', did you mean '%s'?".formatted(slip.getKey(), slip.getValue()))
                      .collect(Collectors.joining(" "))));
    }
    if (!names.own().isEmpty()) {
      LOG.info(
          "{}: in --config, settings of the project that do not matter here: {}",
          checkpoint,
          names.own());
    }
    if (!names.unknown().isEmpty()) {
      note(
          "--config has settings that family '%s' does not have, they are ignored: %s"
              .formatted(family.name(), names.unknown()));
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

  /** Refuses where no configuration gives what the tensors do not tell. */
  void requireGiven(String name) {
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

  /** Records the family where a configuration gives it. */
  void recordFamily(String family) {
    if (given("family")) {
      boolean inFile = configFile.get("family") != null;
      resolved.put("family", new ResolvedSetting("family", family, source(inFile)));
    }
  }

  /** Whether a configuration gives the setting. */
  boolean given(String name) {
    return configured(name) != null;
  }

  /** The value that a configuration gives, as it is. */
  Optional<Object> value(String name) {
    return Optional.ofNullable(configured(name));
  }

  /** Whether the configuration that comes first has the setting, as null. */
  boolean isNull(String name) {
    Map<String, Object> first = configFile.containsKey(name) ? configFile : own;
    return first.containsKey(name) && first.get(name) == null;
  }

  /** Records what a setting that is null means. */
  double whenNull(String name, double value) {
    resolved.put(name, new ResolvedSetting(name, value, source(configFile.containsKey(name))));
    return value;
  }

  /**
   * The name under which a setting is given, of the names that projects have for it; the first
   * where none is.
   *
   * @throws CheckpointException if two are given, with different values
   */
  String given(List<String> names) {
    List<String> given = names.stream().filter(name -> given(name) || isNull(name)).toList();
    for (String name : given) {
      Object one = configured(given.get(0));
      Object other = configured(name);
      if (one != null && other != null && !same(one, other)) {
        throw new CheckpointException(
            "%s: settings '%s' and '%s' are the same, but one is %s and the other %s"
                .formatted(checkpoint, given.get(0), name, one, other));
      }
    }
    return given.isEmpty() ? names.get(0) : given.get(0);
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
        given == null ? ResolvedSetting.Source.DEFAULT : source(configFile.get(name) != null);
    Object value = given == null ? byDefault : given;
    resolved.put(name, new ResolvedSetting(name, value, source));
    return value;
  }

  private static ResolvedSetting.Source source(boolean inFile) {
    return inFile ? ResolvedSetting.Source.CONFIG_FILE : ResolvedSetting.Source.CHECKPOINT;
  }

  /** Texts in quotes, so that "16000" does not look like a number. */
  private static String shown(Object value) {
    return value instanceof String ? "\"" + value + "\"" : String.valueOf(value);
  }

  /** The message for settings that do not fit. */
  CheckpointException refused(String message) {
    return new CheckpointException(checkpoint + ": " + message);
  }

  /** The message for a value that does not fit. */
  CheckpointException wrong(String name, String expected, Object found) {
    return new CheckpointException(
        "%s: setting '%s': expected %s, found %s"
            .formatted(checkpoint, name, expected, shown(found)));
  }
}
