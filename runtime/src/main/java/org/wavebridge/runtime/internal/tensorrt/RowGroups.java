package org.wavebridge.runtime.internal.tensorrt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.Port;
import org.wavebridge.runtime.spi.Tensor;

/** A call of more rows than an engine takes, in groups of rows one after the other. */
final class RowGroups {
  private RowGroups() {}

  /**
   * Runs the groups.
   *
   * @param ports inputs of the graph; those whose first axis is the rows are cut
   * @param inputs all inputs, floats
   * @param rows in all
   * @param most rows of a group
   * @param run from the inputs of a group to its outputs, whose first axis is the rows
   */
  static Map<String, Tensor> run(
      List<Port> ports,
      Map<String, Tensor> inputs,
      int rows,
      int most,
      Function<Map<String, Tensor>, Map<String, Tensor>> run) {
    List<Map<String, Tensor>> parts = new ArrayList<>();
    for (int first = 0; first < rows; first += most) {
      int count = Math.min(most, rows - first);
      Map<String, Tensor> group = new HashMap<>(inputs);
      for (Port port : ports) {
        if (!port.shape().isEmpty() && port.shape().get(0).equals(Dim.N)) {
          int from = first;
          group.computeIfPresent(port.name(), (name, all) -> rows(all, from, count));
        }
      }
      parts.add(run.apply(group));
    }
    Map<String, Tensor> joined = new LinkedHashMap<>();
    parts.get(0).keySet().forEach(name -> joined.put(name, joined(parts, name)));
    return joined;
  }

  private static Tensor rows(Tensor all, int first, int count) {
    long[] shape = all.shape().clone();
    int size = Math.toIntExact(all.values().length / shape[0]);
    shape[0] = count;
    return new Tensor(
        Arrays.copyOfRange(all.values(), first * size, (first + count) * size), shape);
  }

  private static Tensor joined(List<Map<String, Tensor>> parts, String name) {
    List<Tensor> tensors = new ArrayList<>();
    int size = 0;
    long rows = 0;
    for (Map<String, Tensor> part : parts) {
      Tensor tensor = part.get(name);
      if (tensor == null) {
        throw new IllegalStateException("a group of rows has no '" + name + "'");
      }
      tensors.add(tensor);
      size += tensor.values().length;
      rows += tensor.shape()[0];
    }
    float[] values = new float[size];
    int at = 0;
    for (Tensor tensor : tensors) {
      System.arraycopy(tensor.values(), 0, values, at, tensor.values().length);
      at += tensor.values().length;
    }
    long[] shape = tensors.get(0).shape().clone();
    shape[0] = rows;
    return new Tensor(values, shape);
  }
}
