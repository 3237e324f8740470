package org.wavebridge.graphs.assemble;

import org.wavebridge.graphs.onnx.ElementType;

/**
 * A tensor {@code [N, size]} that the calls of a graph hand on.
 *
 * @param input that takes it
 * @param output that gives it to the next call
 * @param type of its elements, FLOAT or INT64
 * @param start its values in each row before the first call, {@code [size]}
 */
public record CarriedTensor(String input, String output, ElementType type, float[] start) {}
