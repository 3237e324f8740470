package org.wavebridge.runtime;

/**
 * The counter-based random generator Philox 4x32 with 10 rounds: a fixed function of a 64-bit key
 * and a 128-bit counter, without state. Source: Salmon, Moraes, Dror, Shaw, "Parallel Random
 * Numbers: As Easy as 1, 2, 3" (SC 2011), section 3.
 */
public final class Philox {
  private static final int ROUNDS = 10;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;

  /** The golden ratio, as a 32-bit fraction: added to the first half of the key every round. */
  private static final int WEYL_0 = 0x9E3779B9;

  /** sqrt(3) - 1, as a 32-bit fraction: added to the second half of the key every round. */
  private static final int WEYL_1 = 0xBB67AE85;

  private Philox() {}

  /**
   * Replaces a counter by the four random words that belong to it.
   *
   * @param block the counter's four words, least significant first; overwritten
   * @param key the key; its low half is the first word
   */
  public static void apply(int[] block, long key) {
    int k0 = (int) key;
    int k1 = (int) (key >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * (block[0] & 0xffffffffL);
      long product1 = MULTIPLIER_1 * (block[2] & 0xffffffffL);
      block[0] = (int) (product1 >>> 32) ^ block[1] ^ k0;
      block[2] = (int) (product0 >>> 32) ^ block[3] ^ k1;
      block[1] = (int) product1;
      block[3] = (int) product0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
  }
}
