package org.wavebridge.conformance.mutation;

import java.util.List;
import java.util.stream.Stream;

/** Known bugs, each planted in its own copy of the reference. */
final class Mutants {
  private Mutants() {}

  static List<Mutant> all() {
    return Stream.of(
            UnitBugs.all(),
            FunctionBugs.all(),
            DrawBugs.all(),
            WeightBugs.all(),
            CallBugs.all(),
            ConditionerBugs.all(),
            SubscaleBugs.all(),
            ExactBugs.all())
        .flatMap(List::stream)
        .toList();
  }
}
