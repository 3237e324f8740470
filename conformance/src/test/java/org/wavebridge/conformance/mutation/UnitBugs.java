package org.wavebridge.conformance.mutation;

import java.util.List;

/** Bugs of the recurrent unit. */
final class UnitBugs {
  private UnitBugs() {}

  static List<Mutant> all() {
    return List.of(
        Mutant.of("reset and update gate exchanged").cell(new FaultyCells.GatesExchanged()),
        Mutant.of("reset applied before the product").cell(new FaultyCells.ResetBeforeProduct()),
        Mutant.of("reset applied outside the recurrent bias")
            .cell(new FaultyCells.ResetWithoutBias()),
        Mutant.of("update gate the wrong way round").cell(new FaultyCells.UpdateInverted()),
        Mutant.of("reset gate left out").cell(new FaultyCells.NoReset()));
  }
}
