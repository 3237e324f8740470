package org.wavebridge.graphs.model;

/**
 * The int8 values of a quantised matrix: value {@code [r, k]} stands for {@code values[r, k] *
 * scales[r]} (docs/numerics.md, the int8 profile).
 *
 * @param values row-major, each in -127..127
 * @param scales one for each row, above 0
 * @param boundedInput whether the input is known to lie in [-1, 1], so that its activations are
 *     quantised by a fixed scale
 */
public record Int8Weights(byte[] values, float[] scales, boolean boundedInput) {}
