package org.wavebridge.graphs.assemble;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.random.RandomModels;

/** The work of a step against sizes written out by hand. */
final class StepWorkTest {
  private static final int BLOCK = 16;

  @Test
  void countsEveryWeightOfADenseDualSoftmaxNetworkButTheConditioning() {
    int sample = 96 * 3;
    int recurrent = 96 * 32;
    int heads = 2 * (16 * 16 + 256 * 16);
    int biases = 96 + 2 * (16 + 256);
    int indicesOfFiveMatrices = 5 * (1 + 2);

    StepWork work = work(RandomModels.dualSoftmax(1, 32, 6, 7, 1, new BlockShape(1, 1)));

    int weights = sample + recurrent + heads;
    assertEquals(weights, work.multiplyAdds());
    assertEquals(4L * (weights + biases + indicesOfFiveMatrices), work.weightBytes());
  }

  @Test
  void countsOnlyTheBlocksOfASparseMatrix() {
    BlockShape shape = new BlockShape(BLOCK, 1);
    StepWork none = work(RandomModels.dualSoftmax(1, 32, 6, 7, 0, shape));
    StepWork half = work(RandomModels.dualSoftmax(1, 32, 6, 7, 0.5, shape));

    long blocks = (half.multiplyAdds() - none.multiplyAdds()) / BLOCK;
    assertEquals(blocks * BLOCK, half.multiplyAdds() - none.multiplyAdds());
    assertEquals(blocks * 4 * (BLOCK + 1), half.weightBytes() - none.weightBytes());
  }

  @Test
  void doesNotDependOnTheSizeOfConditioning() {
    Head head = new Head.Categorical(11);
    StepWork few = work(RandomModels.residualGru(1, 8, 3, List.of(2, 3), head));
    StepWork many = work(RandomModels.residualGru(1, 8, 5, List.of(2, 3), head));

    assertEquals(8 * 2, many.multiplyAdds() - few.multiplyAdds(), "mels enter every sample");
  }

  private static StepWork work(VocoderModel model) {
    return StepWork.of(VocoderGraphs.build(model).get(GraphKind.GENERATE).toBytes());
  }
}
