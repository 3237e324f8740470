package org.wavebridge.graphs.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** The kinds of graphs of a bundle. */
public enum GraphKind {
  /** Waveform to features. */
  @JsonProperty("features")
  FEATURES,
  /** Features to conditioning. */
  @JsonProperty("conditioner")
  CONDITIONER,
  /** One sample. */
  @JsonProperty("step")
  STEP,
  /** Conditioning and uniforms to audio. */
  @JsonProperty("generate")
  GENERATE,
  /** Conditioning and a seed to audio. */
  @JsonProperty("seeded_generate")
  SEEDED_GENERATE,
  /** Audio to a waveform and 16-bit samples. */
  @JsonProperty("decode")
  DECODE,
  /** The next features of a stream to conditioning. */
  @JsonProperty("stream_conditioner")
  STREAM_CONDITIONER,
  /** One step of every row of a subscale utterance. */
  @JsonProperty("subscale")
  SUBSCALE,
  /** Samples of earlier rows of a subscale utterance to contexts. */
  @JsonProperty("context")
  CONTEXT,
  /** Conditioning and uniforms to audio, by steps of the subscale schedule. */
  @JsonProperty("subscale_generate")
  SUBSCALE_GENERATE,
  /** Samples of several bands to a waveform. */
  @JsonProperty("synthesis")
  SYNTHESIS,
  /** Conditioning and given audio to logits. */
  @JsonProperty("score")
  SCORE;

  /** The name in files and messages. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
