package org.wavebridge.serving.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.wavebridge.runtime.io.WavFile;

/** How samples are written. */
public enum PcmEncoding {
  /** 16-bit signed, little endian; the samples of a WAV file that {@code vocode} writes. */
  S16LE(2, ByteOrder.LITTLE_ENDIAN),
  /** 16-bit signed, big endian, as {@code audio/L16} has them (RFC 2586). */
  S16BE(2, ByteOrder.BIG_ENDIAN),
  /** 32-bit float, little endian. */
  F32LE(4, ByteOrder.LITTLE_ENDIAN);

  private final int bytes;
  private final ByteOrder order;

  PcmEncoding(int bytes, ByteOrder order) {
    this.bytes = bytes;
    this.order = order;
  }

  /** Bytes of a sample. */
  public int bytes() {
    return bytes;
  }

  /** Samples from one on, as bytes. */
  byte[] encode(float[] samples, int from) {
    ByteBuffer data = ByteBuffer.allocate((samples.length - from) * bytes).order(order);
    for (int i = from; i < samples.length; i++) {
      if (this == F32LE) {
        data.putFloat(samples[i]);
      } else {
        data.putShort(WavFile.toPcm16(samples[i]));
      }
    }
    return data.array();
  }
}
