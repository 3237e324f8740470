package org.wavebridge.runtime.internal.tensorrt;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.Port;

/**
 * The sizes of a call: what each letter in the shapes of a graph's inputs stands for.
 *
 * @param sizes by letter
 */
record CallShapes(SortedMap<String, Long> sizes) {
  /**
   * Reads the sizes from the shapes of all inputs.
   *
   * @param shapes by input
   * @param label of the graph, for messages
   * @throws GraphException if an input is missing or unknown, or its shape does not fit
   */
  static CallShapes of(List<Port> inputs, Map<String, long[]> shapes, String label) {
    SortedMap<String, Long> sizes = new TreeMap<>();
    for (Port input : inputs) {
      long[] shape = shapes.get(input.name());
      if (shape == null) {
        throw new GraphException("%s: no input '%s' was given".formatted(label, input.name()));
      }
      if (!fits(input.shape(), shape, sizes)) {
        throw new GraphException(
            "%s: input '%s': expected %s, found %s"
                .formatted(
                    label, input.name(), text(input.shape(), sizes), Arrays.toString(shape)));
      }
    }
    if (shapes.size() != inputs.size()) {
      throw new GraphException(
          "%s: expected the inputs %s, found %s"
              .formatted(label, inputs.stream().map(Port::name).toList(), shapes.keySet()));
    }
    return new CallShapes(sizes);
  }

  /** The shape of a tensor of the graph in this call. */
  long[] of(Port port) {
    return port.shape().stream()
        .mapToLong(dim -> dim.symbol().isEmpty() ? dim.size() : of(dim.symbol()))
        .toArray();
  }

  /** The size that a letter stands for; 1 for a letter that no input has. */
  long of(String symbol) {
    return sizes.getOrDefault(symbol, 1L);
  }

  /** These shapes with another size for a letter. */
  CallShapes with(String symbol, long size) {
    SortedMap<String, Long> changed = new TreeMap<>(sizes);
    changed.put(symbol, size);
    return new CallShapes(changed);
  }

  private static boolean fits(List<Dim> expected, long[] shape, Map<String, Long> sizes) {
    if (shape.length != expected.size()) {
      return false;
    }
    for (int axis = 0; axis < shape.length; axis++) {
      Dim dim = expected.get(axis);
      long found = shape[axis];
      if (dim.symbol().isEmpty()
          ? found != dim.size()
          : found < 1 || sizes.computeIfAbsent(dim.symbol(), any -> found) != found) {
        return false;
      }
    }
    return true;
  }

  private static String text(List<Dim> shape, Map<String, Long> sizes) {
    return shape.stream()
        .map(
            dim ->
                dim.symbol().isEmpty()
                    ? Long.toString(dim.size())
                    : dim.symbol() + sizes.getOrDefault(dim.symbol(), -1L))
        .toList()
        .toString();
  }
}
