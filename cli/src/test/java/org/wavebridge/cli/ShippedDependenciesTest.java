package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The distribution ships the dependencies in the table of {@code SECURITY.md}, and no others. */
final class ShippedDependenciesTest {
  private static final Pattern SHIPPED =
      Pattern.compile("\\s+([\\w.-]+:[\\w.-]+):jar:(?:[\\w-]+:)?([\\w.-]+):(?:compile|runtime)");
  private static final Pattern ROW =
      Pattern.compile(
          "\\| ([\\w.-]+:[\\w.-]+) \\| ([\\w.-]+) \\| ([^|]+) \\| (\\d{4}-\\d\\d-\\d\\d) \\| ([^|]+) \\|");

  @Test
  void everyDependencyWasLookedAtInItsVersion() throws IOException {
    Set<String> shipped = new TreeSet<>();
    for (String line : Files.readAllLines(Path.of("target", "shipped.txt"))) {
      // Colours, where Maven writes some, are not part of a name.
      Matcher found = SHIPPED.matcher(line.replaceAll("\u001b\\[[0-9;]*m", ""));
      if (found.lookingAt()) {
        shipped.add(found.group(1) + " " + found.group(2));
      }
    }
    assertTrue(shipped.stream().anyMatch(each -> each.contains("onnxruntime")), shipped.toString());
    Set<String> listed = new TreeSet<>();
    for (String line : Files.readAllLines(Path.of("..", "SECURITY.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        listed.add(row.group(1) + " " + row.group(2));
        LocalDate.parse(row.group(4));
        assertFalse(row.group(3).isBlank() || row.group(5).isBlank(), line);
      }
    }
    assertEquals(
        String.join("\n", shipped),
        String.join("\n", listed),
        "look at the advisories of what is new, then correct the table of SECURITY.md");
  }
}
