package org.wavebridge.serving.http;

import com.linecorp.armeria.common.MediaType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.wavebridge.serving.engine.PcmEncoding;
import org.wavebridge.serving.engine.Refusal;
import org.wavebridge.serving.engine.Refusal.Kind;

/** The forms in which a client can have its sound, chosen by {@code Accept}. */
enum SoundForm {
  /** A WAV file of 16-bit samples. */
  WAV(PcmEncoding.S16LE, "wav", "x-wav", "wave", "vnd.wave"),
  /** Samples of 16 bits, big endian, without a header (RFC 2586). */
  L16(PcmEncoding.S16BE, "l16"),
  /** Samples of 16 bits, little endian, without a header. */
  PCM(PcmEncoding.S16LE, "pcm", "x-pcm"),
  /** Samples of 32-bit float, little endian, without a header. */
  F32(PcmEncoding.F32LE, "x-f32le");

  private static final int HEADER = 44;
  private static final long UNKNOWN = 0xFFFFFFFFL;

  private final PcmEncoding encoding;
  private final List<String> subtypes;

  SoundForm(PcmEncoding encoding, String... subtypes) {
    this.encoding = encoding;
    this.subtypes = List.of(subtypes);
  }

  /**
   * The first form that a client accepts; WAV where it takes anything.
   *
   * @param accepted media types, the most wanted first; none for anything
   * @throws Refusal if there is none
   */
  static SoundForm of(List<MediaType> accepted) {
    if (accepted.isEmpty()) {
      return WAV;
    }
    return accepted.stream()
        .flatMap(type -> of(type).stream())
        .findFirst()
        .orElseThrow(
            () ->
                new Refusal(
                    Kind.NOT_ACCEPTABLE,
                    "Accept: expected audio/wav, audio/L16, audio/pcm or audio/x-f32le"));
  }

  private static Optional<SoundForm> of(MediaType type) {
    if (type.is(MediaType.ANY_TYPE) && type.type().equals("*")) {
      return Optional.of(WAV);
    }
    if (type.type().equals("application") && type.subtype().equals("octet-stream")) {
      return Optional.of(PCM);
    }
    if (!type.type().equals("audio")) {
      return Optional.empty();
    }
    if (type.subtype().equals("*")) {
      return Optional.of(WAV);
    }
    for (SoundForm form : values()) {
      if (form.subtypes.contains(type.subtype())) {
        return Optional.of(form);
      }
    }
    return Optional.empty();
  }

  PcmEncoding encoding() {
    return encoding;
  }

  /** What the response is called. */
  MediaType type(int sampleRate) {
    MediaType type = MediaType.create("audio", this == L16 ? "L16" : subtypes.get(0));
    return this == WAV
        ? type
        : type.withParameter("rate", String.valueOf(sampleRate)).withParameter("channels", "1");
  }

  /** Bytes before the samples: a WAV header, or none. */
  int headerBytes() {
    return this == WAV ? HEADER : 0;
  }

  /**
   * What comes before the samples.
   *
   * @param samples that will follow; where that is not known, or too many for the format, the
   *     header says the largest size there is, as programs that write to a pipe do
   */
  byte[] header(int sampleRate, OptionalLong samples) {
    if (this != WAV) {
      return new byte[0];
    }
    long size = 2 * samples.orElse(UNKNOWN);
    boolean known = size <= UNKNOWN - HEADER;
    return ByteBuffer.allocate(HEADER)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(text("RIFF"))
        .putInt((int) (known ? HEADER - 8 + size : UNKNOWN))
        .put(text("WAVEfmt "))
        .putInt(16)
        .putShort((short) 1)
        .putShort((short) 1)
        .putInt(sampleRate)
        .putInt(2 * sampleRate)
        .putShort((short) 2)
        .putShort((short) 16)
        .put(text("data"))
        .putInt((int) (known ? size : UNKNOWN))
        .array();
  }

  private static byte[] text(String id) {
    return id.getBytes(StandardCharsets.US_ASCII);
  }
}
