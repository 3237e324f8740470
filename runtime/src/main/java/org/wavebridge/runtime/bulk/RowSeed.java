package org.wavebridge.runtime.bulk;

import java.nio.charset.StandardCharsets;
import org.wavebridge.graphs.bundle.Sha256;

/**
 * The seed of a row: a function of the seed of the whole and of the row's key, and of nothing else.
 * So a row that is made again, by whichever task, has the same bytes.
 */
public final class RowSeed {
  private RowSeed() {}

  /**
   * The first 8 bytes of SHA-256 over {@code SEED:KEY} in UTF-8, big endian, without the highest
   * bit. In a shell: {@code printf '%s:%s' SEED KEY | sha256sum}.
   *
   * @param seed of the whole
   * @param key of the row
   * @return 0 or more
   */
  public static long of(long seed, String key) {
    String digest = Sha256.of((seed + ":" + key).getBytes(StandardCharsets.UTF_8));
    return Long.parseUnsignedLong(digest.substring(0, 16), 16) & Long.MAX_VALUE;
  }
}
