package org.wavebridge.runtime.internal.onnxruntime;

import java.util.Random;

/** Inputs of the operators under test. */
final class RandomNumbers {
  private final Random random;

  RandomNumbers(long seed) {
    random = new Random(seed);
  }

  /** Values in -size to size. */
  float[] numbers(int count, float size) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (2 * random.nextFloat() - 1) * size;
    }
    return values;
  }

  /** Fractions k * 2^-24 below 1. */
  float[] uniforms(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(1 << 24) * 0x1p-24f;
    }
    return values;
  }

  /** Values of 16-bit samples, in [-1, 1). */
  float[] samples(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(1 << 16) / 32768f - 1;
    }
    return values;
  }

  /** Whole numbers of -127 to 127. */
  byte[] int8(int count) {
    byte[] values = new byte[count];
    for (int i = 0; i < count; i++) {
      values[i] = (byte) (random.nextInt(255) - 127);
    }
    return values;
  }
}
