package org.wavebridge.graphs.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wavebridge.graphs.random.RandomModels;

/** The records of subscale generation: their refusals, and the sizes that they derive. */
class SubscaleTest {
  @Test
  void derivesSizes() {
    ContextNetwork context = context(true);
    assertEquals(4, context.factor());
    assertEquals(5, context.size());
    assertEquals(2 + 2 * 3, context.reach());
    assertEquals(9, new Subscale(4, 8, 1, Optional.of(context)).lag());
    assertEquals(2, new Subscale(4, 8, 1, Optional.of(context)).with(2, 1).factor());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 1, expected 1 to 64",
    "65, 1, 1, expected 1 to 64",
    "2, -1, 1, expected 0 or more",
    "2, 1, 0, subscale chunk",
    "2, 2147483647, 1, subscale chunk"
  })
  void refusesValuesOutOfRange(int factor, int horizon, int chunk, String message) {
    refuses(() -> new Subscale(factor, horizon, chunk, Optional.empty()), message);
  }

  @Test
  void refusesMoreSubTensorsThanTheContextWasTrainedFor() {
    refuses(() -> new Subscale(5, 1, 1, Optional.of(context(false))), "at most 4, found 5");
  }

  @Test
  void refusesChunksOfAContextWithItsOwnPast() {
    assertDoesNotThrow(() -> new Subscale(4, 1, 3, Optional.of(context(false))));
    refuses(() -> new Subscale(4, 1, 3, Optional.of(context(true))), "own past, found 3");
  }

  @Test
  void refusesLayersThatDoNotFitTogether() {
    ContextLayer first = layer("first", 6, 4, 3, 1);
    refuses(
        () -> new ContextNetwork(false, List.of(first, layer("second", 5, 7, 2, 1)), input(9, 5)),
        "'second': expected 6 channels, which 'first' gives, found 7");
    refuses(() -> new ContextNetwork(false, List.of(first), input(9, 5)), "expected 6 channels");
    refuses(() -> new ContextNetwork(false, List.of(), input(9, 5)), "at least one layer");
  }

  @Test
  void refusesALayerWhoseSizesDoNotAgree() {
    WeightMatrix weight = input(2, 6);
    refuses(() -> new ContextLayer(weight, new float[2], 4, 1, true), "6 columns");
    refuses(() -> new ContextLayer(weight, new float[2], 7, 1, true), "6 columns");
    refuses(() -> new ContextLayer(weight, new float[3], 3, 1, true), "a bias of 3");
    refuses(() -> new ContextLayer(weight, new float[2], 3, 0, true), "found 3 and 0");
    refuses(() -> new ContextLayer(weight, new float[2], 0, 1, true), "found 0 and 1");
  }

  @Test
  void refusesAContextThatDoesNotFitTheNetwork() {
    VocoderModel dual = RandomModels.dualSoftmax(1, 4, 3, 2, 1, new BlockShape(1, 1));
    VocoderModel residual =
        RandomModels.residualGru(1, 12, 4, List.of(2), new Head.Categorical(16));
    Subscale twelve = new Subscale(4, 1, 1, Optional.of(context(false)));
    assertEquals(Optional.of(twelve), dual.with(twelve).subscale());
    assertEquals(Optional.of(twelve), residual.with(twelve).subscale());
    VocoderModel other = RandomModels.dualSoftmax(1, 6, 3, 2, 1, new BlockShape(1, 1));
    refuses(() -> other.with(twelve), "'context_input': expected 18 rows");
  }

  @Test
  void randomModelsHaveTheSizesAskedFor() {
    List<RandomModels.ContextShape> shapes =
        List.of(
            new RandomModels.ContextShape(7, 3, 2, true),
            new RandomModels.ContextShape(5, 2, 4, false));
    VocoderModel dual = RandomModels.dualSoftmax(1, 4, 3, 2, 1, new BlockShape(1, 1));
    VocoderModel model = RandomModels.subscale(2, dual, 4, 6, 3, false, shapes);
    Subscale subscale = model.subscale().orElseThrow();
    assertEquals(
        List.of(4, 6, 3), List.of(subscale.factor(), subscale.horizon(), subscale.chunk()));
    ContextNetwork context = subscale.context().orElseThrow();
    assertEquals(4, context.factor());
    assertEquals(2 * 2 + 4, context.reach());
    assertEquals(List.of(12, 5), List.of(context.input().rows(), context.input().columns()));
    ContextNetwork again =
        RandomModels.subscale(2, dual, 4, 6, 3, false, shapes)
            .subscale()
            .flatMap(Subscale::context)
            .orElseThrow();
    assertArrayEquals(context.input().values(), again.input().values());
  }

  /** Two layers, 4 channels to 6 to 5; 12 rows of input. */
  private static ContextNetwork context(boolean ownPast) {
    return new ContextNetwork(
        ownPast, List.of(layer("first", 6, 4, 3, 1), layer("second", 5, 6, 3, 3)), input(12, 5));
  }

  private static ContextLayer layer(String name, int out, int in, int kernel, int dilation) {
    WeightMatrix weight = WeightMatrix.dense(name, out, kernel * in, new float[out * kernel * in]);
    return new ContextLayer(weight, new float[out], kernel, dilation, true);
  }

  private static WeightMatrix input(int rows, int columns) {
    return WeightMatrix.dense("context_input", rows, columns, new float[rows * columns]);
  }

  private static void refuses(Executable made, String message) {
    String found = assertThrows(IllegalArgumentException.class, made).getMessage();
    assertTrue(found.contains(message), found);
  }
}
