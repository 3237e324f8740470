package org.wavebridge.spark;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * The columns that the transformer reads and writes.
 *
 * @param key gives a row its seed; of any type, taken as text
 * @param features see {@link VocoderTransformer}
 * @param speaker embeddings, arrays of numbers; only for bundles that take them
 * @param audio the column of audio that is added
 * @param form of the audio
 */
public record VocodeColumns(
    String key, String features, @Nullable String speaker, String audio, Form form)
    implements Serializable {
  /** How audio is stored. */
  public enum Form {
    /** A WAV file, 16 bit, one channel. */
    WAV,
    /** Its samples alone: 16 bit, little endian. */
    PCM
  }

  /** {@code key} and {@code features} in, {@code audio} out, as WAV; no speakers. */
  public static VocodeColumns defaults() {
    return new VocodeColumns("key", "features", null, "audio", Form.WAV);
  }

  /** These columns with others to read. */
  public VocodeColumns reading(String otherKey, String otherFeatures) {
    return new VocodeColumns(otherKey, otherFeatures, speaker, audio, form);
  }

  /** These columns with speakers. */
  public VocodeColumns withSpeaker(String other) {
    return new VocodeColumns(key, features, other, audio, form);
  }

  /** These columns with another one for audio. */
  public VocodeColumns writing(String otherAudio, Form otherForm) {
    return new VocodeColumns(key, features, speaker, otherAudio, otherForm);
  }
}
