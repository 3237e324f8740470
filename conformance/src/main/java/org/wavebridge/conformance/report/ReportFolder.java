package org.wavebridge.conformance.report;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wavebridge.conformance.suite.TargetResult;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.files.OutputFile;

/** Writes the reports of a run to a folder. Each file appears complete, and the page last. */
public final class ReportFolder {
  /** The page for people. */
  public static final String HTML = "report.html";

  /** Everything, for programs. */
  public static final String JSON = "report.json";

  /** The cases as tests, for build servers. */
  public static final String JUNIT = "junit.xml";

  /** The names of all reports. */
  public static final List<String> FILES = List.of(JSON, JUNIT, HTML);

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
    OutputFile.createFolder(folder);
    files.forEach(
        (name, text) ->
            OutputFile.write(
                folder.resolve(name), out -> out.write(text.getBytes(StandardCharsets.UTF_8))));
  }
}
