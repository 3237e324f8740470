package org.wavebridge.graphs.onnx;

/**
 * A named tensor of a graph under construction.
 *
 * @param name unique in its graph; empty for an optional input that is left out
 */
public record Value(String name) {
  /** An optional input that is left out. */
  public static final Value NONE = new Value("");
}
