package org.wavebridge.serving.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import org.wavebridge.graphs.InputException;
import org.wavebridge.runtime.io.SpeakerEmbedding;

/** A speaker embedding as a request has it: float32 values, little endian, or base64 of them. */
public final class SpeakerBytes {
  private SpeakerBytes() {}

  /**
   * An embedding from bytes.
   *
   * @throws InputException if they are no values, or a value is not finite
   */
  public static SpeakerEmbedding of(byte[] bytes) {
    if (bytes.length % 4 != 0) {
      throw new InputException(
          "speaker: expected float32 values of 4 bytes each, found %d bytes"
              .formatted(bytes.length));
    }
    float[] values = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return new SpeakerEmbedding(values);
  }

  /**
   * An embedding from base64, of either alphabet, padded or not.
   *
   * @throws InputException also if it is no base64
   */
  static SpeakerEmbedding of(String base64) {
    try {
      String common = base64.replace('+', '-').replace('/', '_').replace("=", "");
      return of(Base64.getUrlDecoder().decode(common));
    } catch (IllegalArgumentException e) {
      throw new InputException("speaker: expected base64 of float32 values", e);
    }
  }
}
