package org.wavebridge.conformance.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wavebridge.conformance.suite.TargetResult;
import org.wavebridge.graphs.InputException;

/** Writes the reports of a run to a folder. Each file appears complete, and the page last. */
public final class ReportFolder {
  /** The page for people. */
  public static final String HTML = "report.html";

  /** Everything, for programs. */
  public static final String JSON = "report.json";

  /** The cases as tests, for build servers. */
  public static final String JUNIT = "junit.xml";

  private ReportFolder() {}

  /**
   * Writes all three files, replacing older ones.
   *
   * @param folder made if it is not there
   * @param bundle what was tested, in words
   * @param producer program and version
   * @param results of one target, or of two to be shown side by side
   * @throws InputException if the folder cannot be written
   */
  public static void write(
      Path folder, String bundle, String producer, List<TargetResult> results) {
    Map<String, String> files = new LinkedHashMap<>();
    files.put(JSON, JsonReport.of(bundle, producer, results));
    files.put(JUNIT, JUnitReport.of(results));
    files.put(HTML, HtmlReport.of(bundle, producer, results));
    try {
      Files.createDirectories(folder);
      Path staged = Files.createTempDirectory(folder, ".report-");
      try {
        for (Map.Entry<String, String> file : files.entrySet()) {
          Files.write(
              staged.resolve(file.getKey()), file.getValue().getBytes(StandardCharsets.UTF_8));
        }
        for (String name : files.keySet()) {
          Files.move(
              staged.resolve(name),
              folder.resolve(name),
              StandardCopyOption.ATOMIC_MOVE,
              StandardCopyOption.REPLACE_EXISTING);
        }
      } finally {
        for (String name : files.keySet()) {
          Files.deleteIfExists(staged.resolve(name));
        }
        Files.deleteIfExists(staged);
      }
    } catch (IOException e) {
      throw new InputException(folder + ": expected a folder to write reports to, found: " + e, e);
    }
  }
}
