package org.wavebridge.serving.engine;

import java.util.Optional;
import org.wavebridge.graphs.InputException;
import org.wavebridge.runtime.io.SpeakerEmbedding;
import org.wavebridge.serving.engine.Refusal.Kind;

/**
 * What an utterance is made with.
 *
 * @param model name of the model; empty where the only one is meant
 * @param version of the model; empty for the highest one that is loaded
 * @param seed of the random numbers; the same seed gives the same bits
 * @param temperature above 0
 * @param precision of the graphs; empty for the model's first one
 * @param fromSample the first sample to send, from 0
 * @param encoding of the samples
 * @param speaker who speaks; for models that take an embedding
 */
public record VocodeSettings(
    String model,
    String version,
    long seed,
    float temperature,
    String precision,
    long fromSample,
    PcmEncoding encoding,
    Optional<SpeakerEmbedding> speaker) {
  /** What the command makes without options, of the only model. */
  public static final VocodeSettings DEFAULT =
      new VocodeSettings("", "", 0, 1, "", 0, PcmEncoding.S16LE, Optional.empty());

  /**
   * Checks the ranges.
   *
   * @throws Refusal if one is left
   */
  public VocodeSettings {
    if (!(temperature > 0) || Float.isInfinite(temperature)) {
      throw new Refusal(
          Kind.BAD_REQUEST, "temperature: expected a number above 0, found " + temperature);
    }
    if (fromSample < 0) {
      throw new Refusal(Kind.BAD_REQUEST, "from: expected a sample from 0 on, found " + fromSample);
    }
  }

  /** The same of another model. */
  public VocodeSettings of(String otherModel, String otherVersion) {
    return new VocodeSettings(
        otherModel, otherVersion, seed, temperature, precision, fromSample, encoding, speaker);
  }

  /** The same in another encoding. */
  public VocodeSettings in(PcmEncoding other) {
    return new VocodeSettings(
        model, version, seed, temperature, precision, fromSample, other, speaker);
  }

  /** The same with a speaker, or with none. */
  public VocodeSettings spokenBy(Optional<SpeakerEmbedding> other) {
    return new VocodeSettings(
        model, version, seed, temperature, precision, fromSample, encoding, other);
  }

  /**
   * The same with one setting changed, as a query, a JSON object or a map of parameters has it.
   *
   * @param name model, version, seed, temperature, precision, from or speaker
   * @return empty if there is no such setting
   * @throws Refusal if the value cannot be read or is out of range
   */
  public Optional<VocodeSettings> with(String name, String value) {
    return Optional.ofNullable(
        switch (name) {
          case "model" -> of(value, version);
          case "version" -> of(model, value);
          case "seed" ->
              new VocodeSettings(
                  model,
                  version,
                  whole(name, value),
                  temperature,
                  precision,
                  fromSample,
                  encoding,
                  speaker);
          case "temperature" ->
              new VocodeSettings(
                  model,
                  version,
                  seed,
                  number(name, value),
                  precision,
                  fromSample,
                  encoding,
                  speaker);
          case "precision" ->
              new VocodeSettings(
                  model, version, seed, temperature, value, fromSample, encoding, speaker);
          case "from" ->
              new VocodeSettings(
                  model,
                  version,
                  seed,
                  temperature,
                  precision,
                  whole(name, value),
                  encoding,
                  speaker);
          case "speaker" -> spokenBy(Optional.of(speaker(value)));
          default -> null;
        });
  }

  private static SpeakerEmbedding speaker(String base64) {
    try {
      return SpeakerBytes.of(base64);
    } catch (InputException e) {
      throw Refusal.of(e);
    }
  }

  private static long whole(String name, String value) {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new Refusal(
          Kind.BAD_REQUEST, "%s: expected a whole number, found '%s'".formatted(name, cut(value)));
    }
  }

  private static float number(String name, String value) {
    try {
      return Float.parseFloat(value);
    } catch (NumberFormatException e) {
      throw new Refusal(
          Kind.BAD_REQUEST, "%s: expected a number, found '%s'".formatted(name, cut(value)));
    }
  }

  private static String cut(String value) {
    return value.length() <= 40 ? value : value.substring(0, 40) + "...";
  }
}
