package org.wavebridge.conformance.mutation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.wavebridge.conformance.cases.OpenGraphs;
import org.wavebridge.conformance.measure.Tolerances;
import org.wavebridge.conformance.suite.CaseResult;
import org.wavebridge.conformance.suite.Conformance;
import org.wavebridge.conformance.targets.ReferenceTarget;

/**
 * Known bugs are planted in the reference; the quick set must catch every one. The table of bugs in
 * {@code docs/conformance.md} is the one that this test makes.
 */
final class MutationTest {
  private static final Path DOCS = Path.of("../docs/conformance.md");

  @Test
  void theRightReferencePasses() {
    for (ReferenceTarget target :
        List.of(ReferenceTarget.inDouble(), ReferenceTarget.canonical())) {
      List<CaseResult> failed =
          Conformance.of(List.of(), true).run(target, done -> {}).cases().stream()
              .filter(CaseResult::failed)
              .toList();
      assertTrue(failed.isEmpty(), () -> failed.get(0).name() + ": " + failed.get(0).failure());
    }
  }

  @Test
  void everyBugIsCaught() throws IOException {
    List<Mutant> mutants = Mutants.all();
    assertTrue(mutants.size() >= 25, "only " + mutants.size() + " bugs");
    List<String> table = new ArrayList<>(List.of("| bug | caught by |", "|---|---|"));
    for (Mutant mutant : mutants) {
      String caught = firstToFail(mutant);
      assertFalse(caught.isEmpty(), () -> "no case catches: " + mutant.bug());
      table.add("| %s | `%s` |".formatted(mutant.bug(), caught));
    }
    assertInDocs("bugs", table);
  }

  @Test
  void theTableOfTolerancesIsInTheDocs() throws IOException {
    assertInDocs("tolerances", Tolerances.markdown());
  }

  private static String firstToFail(Mutant mutant) {
    Conformance plan = Conformance.of(List.of(), true);
    try (OpenGraphs graphs = new OpenGraphs(mutant)) {
      for (Conformance.Planned each : plan.planned()) {
        if (plan.run(each, graphs).failed()) {
          return each.name();
        }
      }
    }
    return "";
  }

  /** A table stands in the docs between comments with its name. */
  private static void assertInDocs(String name, List<String> table) throws IOException {
    String docs = Files.readString(DOCS);
    String begin = "<!-- " + name + " -->\n";
    String end = "<!-- end of " + name + " -->";
    assertTrue(docs.contains(begin) && docs.contains(end), "no place for " + name + " in " + DOCS);
    String found = docs.substring(docs.indexOf(begin) + begin.length(), docs.indexOf(end));
    assertEquals(
        String.join("\n", table) + "\n",
        found,
        DOCS + ": copy the expected table between the comments");
  }
}
