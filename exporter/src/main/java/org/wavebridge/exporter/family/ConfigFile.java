package org.wavebridge.exporter.family;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import org.wavebridge.graphs.InputException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Settings as projects write them. JSON may have comments ({@code //}, {@code /* *}{@code /} and
 * {@code #}), commas at the end of lists and objects, and Python's NaN and Infinity; anything that
 * does not begin with a brace is read as YAML 1.2. Text is UTF-8, with or without a byte order
 * mark. A file has at most {@link #MOST_BYTES} bytes, {@link #MOST_VALUES} values and {@link
 * #MOST_LEVELS} levels, aliases followed; no name twice. Nothing in it is run.
 */
public final class ConfigFile {
  /** Largest size in bytes. */
  public static final int MOST_BYTES = 1 << 20;

  /** Most values, with those that aliases repeat. */
  public static final int MOST_VALUES = 100_000;

  /** Most levels of objects and lists in each other. */
  public static final int MOST_LEVELS = 32;

  private static final int MOST_ALIASES = 20;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MOST_LEVELS)
                          .maxDocumentLength(MOST_BYTES)
                          .build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
          .enable(JsonReadFeature.ALLOW_YAML_COMMENTS)
          .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  /** A line of hparams.py. */
  private static final Pattern PYTHON =
      Pattern.compile("(?m)^(?:[A-Za-z_]\\w* *= *\\S|import |from |class |def )");

  /** Blanks and comments before the first value. */
  private static final Pattern BLANK =
      Pattern.compile("(?s)(?:\\s++|//[^\\n]*+|#[^\\n]*+|/\\*.*?\\*/)*+");

  private final String where;
  private int values;

  private ConfigFile(String where) {
    this.where = where;
  }

  /**
   * Reads a file.
   *
   * @throws InputException if it cannot be read, or is no object of settings
   */
  public static Map<String, Object> read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new InputException(
          Files.exists(file) && !Files.isDirectory(file)
              ? file + ": expected a file with settings, found a device or a pipe"
              : file + ": no such file");
    }
    return parse(file.toString(), text(file));
  }

  /**
   * Reads a text.
   *
   * @param where it is, for messages
   * @throws InputException if it is no object of settings
   */
  public static Map<String, Object> parse(String where, String text) {
    return new ConfigFile(where).settings(text);
  }

  private static String text(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new InputException(
            "%s: expected at most %d bytes of settings, found more; is this a configuration?"
                .formatted(file, MOST_BYTES));
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new InputException(
          file + ": expected settings as JSON or YAML in UTF-8, found other bytes", e);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private Map<String, Object> settings(String text) {
    String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
    var blank = BLANK.matcher(plain);
    int start = blank.lookingAt() ? blank.end() : 0;
    if (start == plain.length()) {
      throw expected("nothing", null);
    }
    Object tree;
    try {
      boolean json = plain.charAt(start) == '{' && !isYaml();
      tree = json ? JSON.readValue(plain, Object.class) : yaml(plain);
    } catch (JacksonException e) {
      TokenStreamLocation at = e.getLocation();
      String line = at == null ? "" : " in line " + at.getLineNr();
      throw expected("no JSON" + line + ": " + e.getOriginalMessage(), e);
    } catch (YamlEngineException e) {
      throw expected(python(plain, "no YAML: " + e.getMessage()), e);
    } catch (StackOverflowError e) {
      throw expected("more than " + MOST_LEVELS + " levels", e);
    }
    if (!(tree instanceof Map<?, ?> map)) {
      throw expected(python(plain, "another value"), null);
    }
    return map(map, 1);
  }

  private boolean isYaml() {
    String name = where.toLowerCase(Locale.ROOT);
    return name.endsWith(".yaml") || name.endsWith(".yml");
  }

  private static Object yaml(String text) {
    LoadSettings settings =
        LoadSettings.builder()
            .setSchema(new CoreSchema())
            .setAllowDuplicateKeys(false)
            .setAllowRecursiveKeys(false)
            .setMaxAliasesForCollections(MOST_ALIASES)
            .setCodePointLimit(MOST_BYTES)
            .build();
    return new Load(settings).loadFromString(text);
  }

  private static String python(String text, String found) {
    return PYTHON.matcher(text).find()
        ? "Python; programs are not run, so write its settings as NAME: VALUE lines"
        : found;
  }

  /** Copies what was read: names are texts, nothing is shared. */
  private Map<String, Object> map(Map<?, ?> from, int level) {
    Map<String, Object> map = new LinkedHashMap<>();
    from.forEach((name, value) -> map.put(String.valueOf(name), copy(value, level)));
    return map;
  }

  private @Nullable Object copy(@Nullable Object value, int level) {
    if (++values > MOST_VALUES) {
      throw expected("more than " + MOST_VALUES + " values", null);
    }
    boolean nested = value instanceof Map<?, ?> || value instanceof Iterable<?>;
    if (nested && level == MOST_LEVELS) {
      throw expected("more than " + MOST_LEVELS + " levels", null);
    }
    if (value instanceof Map<?, ?> map) {
      return map(map, level + 1);
    }
    if (value instanceof Iterable<?> list) {
      List<@Nullable Object> copy = new ArrayList<>();
      list.forEach(element -> copy.add(copy(element, level + 1)));
      return copy;
    }
    return value;
  }

  private InputException expected(String found, @Nullable Throwable cause) {
    return new InputException(
        "%s: expected an object with settings, as JSON or YAML, found %s".formatted(where, found),
        cause);
  }
}
