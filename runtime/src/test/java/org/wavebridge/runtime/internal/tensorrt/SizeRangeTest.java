package org.wavebridge.runtime.internal.tensorrt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.Port;

final class SizeRangeTest {
  private static final Port CONDITIONING =
      new Port("conditioning", ElementType.FLOAT, List.of(Dim.N, Dim.F, Dim.of(80)));
  private static final Port UNIFORMS =
      new Port("uniforms", ElementType.FLOAT, List.of(Dim.N, Dim.T, Dim.of(2)));
  private static final List<Port> INPUTS = List.of(CONDITIONING, UNIFORMS);

  private static CallShapes call(long rows, long frames, long samples) {
    return CallShapes.of(
        INPUTS,
        Map.of(
            "conditioning", new long[] {rows, frames, 80},
            "uniforms", new long[] {rows, samples, 2}),
        "generate");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, F=1..64..64 N=1..1..1 T=1..64..1024",
    "3, 65, 1025, F=1..64..128 N=1..4..4 T=1..64..2048",
    "64, 64, 8800, F=1..64..64 N=1..64..64 T=1..64..16384"
  })
  void growsByPowersOfTwo(long rows, long frames, long samples, String expected) {
    SizeRange range = SizeRange.covering(call(rows, frames, samples));
    assertEquals(expected, range.toString());
    assertTrue(range.covers(call(rows, frames, samples)));
  }

  @Test
  void coversShorterCallsOfAsManyRows() {
    SizeRange range = SizeRange.covering(call(3, 64, 1024));
    assertTrue(range.covers(call(4, 1, 1)));
    assertFalse(range.covers(call(2, 1, 1)));
    assertFalse(range.covers(call(5, 1, 1)));
    assertFalse(range.covers(call(3, 65, 1024)));
    assertFalse(range.covers(call(3, 64, 1025)));
    assertEquals(4, range.mostRows());
    assertArrayEquals(new long[] {1, 1, 80}, range.of(CONDITIONING, SizeRange.Which.LEAST));
    assertArrayEquals(new long[] {4, 64, 2}, range.of(UNIFORMS, SizeRange.Which.TIMED));
    assertArrayEquals(new long[] {4, 1024, 2}, range.of(UNIFORMS, SizeRange.Which.MOST));
  }

  @Test
  void theSmallestContextIsTheFirstOneAskedFor() {
    Port channels =
        new Port("channels", ElementType.FLOAT, List.of(Dim.N, Dim.T_AND_REACH, Dim.of(4)));
    CallShapes call =
        CallShapes.of(List.of(channels), Map.of("channels", new long[] {2, 37, 4}), "context");
    assertEquals("N=1..2..2 T_and_reach=37..37..64", SizeRange.covering(call).toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1 | 5 | 80 | 2 | input 'uniforms': expected [N1, T-1, 2], found [2, 40, 2]
          1 | 5 | 81 | 1 | input 'conditioning': expected [N1, F5, 80], found [1, 5, 81]
          0 | 5 | 80 | 0 | input 'conditioning': expected [N-1, F-1, 80], found [0, 5, 80]
          """)
  void refusesShapesThatDoNotFit(long rows, long frames, long size, long others, String expected) {
    Map<String, long[]> shapes =
        Map.of(
            "conditioning", new long[] {rows, frames, size},
            "uniforms", new long[] {others, 40, 2});
    GraphException refused =
        assertThrows(GraphException.class, () -> CallShapes.of(INPUTS, shapes, "generate"));
    assertEquals("generate: " + expected, refused.getMessage());
  }

  @Test
  void refusesMissingAndUnknownInputs() {
    Map<String, long[]> one = Map.of("conditioning", new long[] {1, 5, 80});
    assertEquals(
        "generate: no input 'uniforms' was given",
        assertThrows(GraphException.class, () -> CallShapes.of(INPUTS, one, "generate"))
            .getMessage());
    assertThrows(
        GraphException.class,
        () -> CallShapes.of(List.of(), Map.of("x", new long[] {1}), "generate"));
  }
}
