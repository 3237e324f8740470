package org.wavebridge.graphs.onnx;

import java.util.List;

/**
 * An input or output of a graph.
 *
 * @param name of the tensor
 * @param type of its elements
 * @param shape its axes
 */
public record Port(String name, ElementType type, List<Dim> shape) {
  /** Whether it has no elements, whatever its letters stand for. */
  public boolean isEmpty() {
    return shape.contains(Dim.of(0));
  }
}
