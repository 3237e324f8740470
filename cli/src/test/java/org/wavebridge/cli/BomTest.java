package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The list of versions has every module, in the version of this build. */
final class BomTest {
  private static final Pattern DEPENDENCY =
      Pattern.compile(
          "<groupId>([^<]+)</groupId>\\s*<artifactId>([^<]+)</artifactId>\\s*<version>([^<]+)</version>");

  @Test
  void hasEveryModuleInTheVersionOfTheBuild() throws IOException {
    String parent = Files.readString(Path.of("../pom.xml"));
    String version = find("<revision>([^<]+)</revision>", parent).get(0);
    List<String> modules = find("<module>([^<]+)</module>", parent);
    Map<String, String> expected = new TreeMap<>();
    modules.stream()
        .filter(module -> !List.of("bom", "benchmarks", "release").contains(module))
        .forEach(module -> expected.put("org.wavebridge:" + module, version));
    assertFalse(expected.isEmpty());
    expected.put(
        "com.microsoft.onnxruntime:onnxruntime",
        find("<onnxruntime.version>([^<]+)</onnxruntime.version>", parent).get(0));
    String bom = Files.readString(Path.of("../bom/pom.xml"));
    Map<String, String> found = new TreeMap<>();
    DEPENDENCY
        .matcher(bom)
        .results()
        .forEach(each -> found.put(each.group(1) + ":" + each.group(2), each.group(3)));
    assertEquals(version, found.remove("org.wavebridge:bom"));
    assertEquals(expected, found);
  }

  private static List<String> find(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult each) -> each.group(1))
        .toList();
  }
}
