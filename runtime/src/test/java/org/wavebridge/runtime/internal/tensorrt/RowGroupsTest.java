package org.wavebridge.runtime.internal.tensorrt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.Port;
import org.wavebridge.runtime.spi.Tensor;

final class RowGroupsTest {
  private static final List<Port> INPUTS =
      List.of(
          new Port("x", ElementType.FLOAT, List.of(Dim.N, Dim.of(2))),
          new Port("temperature", ElementType.FLOAT, List.of(Dim.of(1))));

  @Test
  void everyRowRunsOnceAndComesBackInItsPlace() {
    float[] values = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    List<Integer> groups = new ArrayList<>();
    Map<String, Tensor> outputs =
        RowGroups.run(
            INPUTS,
            Map.of("x", new Tensor(values, 5, 2), "temperature", new Tensor(new float[] {10}, 1)),
            5,
            2,
            group -> {
              Tensor x = group.get("x");
              groups.add((int) x.shape()[0]);
              float[] made = new float[x.values().length];
              for (int i = 0; i < made.length; i++) {
                made[i] = x.values()[i] * group.get("temperature").values()[0];
              }
              return Map.of("y", new Tensor(made, x.shape()));
            });
    assertEquals(List.of(2, 2, 1), groups);
    assertArrayEquals(new long[] {5, 2}, outputs.get("y").shape());
    assertArrayEquals(
        new float[] {0, 10, 20, 30, 40, 50, 60, 70, 80, 90}, outputs.get("y").values());
  }
}
