package org.wavebridge.graphs.onnx;

import java.util.List;
import java.util.Optional;

/**
 * A named tensor of a graph under construction.
 *
 * @param name unique in its graph; empty for an optional input that is left out
 * @param scope the nodes it was made among; empty for an input that is left out
 * @param type of its elements, where it is known
 * @param shape its axes, where their number is known; {@link Dim#UNKNOWN} for a size that is not
 */
public record Value(
    String name, Optional<Nodes> scope, Optional<ElementType> type, Optional<List<Dim>> shape) {
  /** An optional input that is left out. */
  public static final Value NONE =
      new Value("", Optional.empty(), Optional.empty(), Optional.empty());

  @Override
  public String toString() {
    return "'%s' %s %s"
        .formatted(
            name,
            type.map(ElementType::toString).orElse("of any type"),
            shape.map(Value::text).orElse("of any shape"));
  }

  private static String text(List<Dim> shape) {
    return shape.stream().map(Dim::toString).toList().toString();
  }
}
