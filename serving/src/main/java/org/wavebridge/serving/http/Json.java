package org.wavebridge.serving.http;

import java.util.Locale;
import org.wavebridge.graphs.PlainText;
import org.wavebridge.serving.engine.Refusal;
import org.wavebridge.serving.engine.Refusal.Kind;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON as clients send it: within bounds, or a refusal that says where it is wrong. */
public final class Json {
  /** Reads and writes JSON. */
  public static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(32)
                          .maxNameLength(1024)
                          .maxNumberLength(64)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  /**
   * An object.
   *
   * @param what the text is, for messages
   * @throws Refusal if the text is not one
   */
  public static ObjectNode object(byte[] text, int length, String what) {
    JsonNode node;
    try {
      node = MAPPER.readTree(text, 0, length);
    } catch (JacksonException e) {
      throw new Refusal(
          Kind.BAD_REQUEST,
          "%s: expected JSON: %s".formatted(what, PlainText.line(e.getOriginalMessage())));
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new Refusal(
        Kind.BAD_REQUEST, "%s: expected a JSON object, found %s".formatted(what, kind(node)));
  }

  /** What a value is, for messages. */
  public static String kind(JsonNode node) {
    return node.isMissingNode() ? "nothing" : node.getNodeType().name().toLowerCase(Locale.ROOT);
  }
}
