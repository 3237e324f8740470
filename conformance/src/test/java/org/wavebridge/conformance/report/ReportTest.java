package org.wavebridge.conformance.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.wavebridge.conformance.measure.Check;
import org.wavebridge.conformance.suite.CaseResult;
import org.wavebridge.conformance.suite.Conformance;
import org.wavebridge.conformance.suite.TargetResult;
import org.wavebridge.conformance.targets.ReferenceTarget;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The reports of a run of two targets, one of them with a failure of a hostile name. */
final class ReportTest {
  /** The colour of the first curve. */
  private static final int CURVE = 0x0b6e6e;

  @TempDir static Path folder;

  private static List<TargetResult> results = List.of();

  @BeforeAll
  static void write() {
    Conformance plan = Conformance.of(List.of(), true).only("score/growth");
    TargetResult passed = plan.run(ReferenceTarget.canonical(), done -> {});
    TargetResult other = plan.run(ReferenceTarget.inDouble(), done -> {});
    List<CaseResult> cases = new ArrayList<>(other.cases());
    cases.add(
        new CaseResult(
            "made/up",
            "<script>nothing</script>",
            "f32",
            CaseResult.Status.FAILED,
            "",
            1,
            List.of(new Check("a & b", "\u0001 <i>error</i>", Double.NaN, 1e-3)),
            Map.of(),
            Map.of("curve", new double[] {0, 1e-7, Double.NaN})));
    results = List.of(passed, new TargetResult("reference", cases));
    ReportFolder.write(folder.resolve("report"), "voice <b>", "test", results);
    ReportFolder.write(folder.resolve("report"), "voice <b>", "test", results);
  }

  @Test
  void threeFilesAndNothingElse() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("report"))) {
      assertEquals(
          List.of("junit.xml", "report.html", "report.json"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void jsonHoldsEveryCheck() throws IOException {
    JsonNode json = JsonMapper.shared().readTree(read(ReportFolder.JSON));
    assertFalse(json.get("passed").asBoolean());
    JsonNode target = json.get("targets").get(1);
    assertEquals(results.get(1).cases().size(), target.get("cases").size());
    JsonNode last = target.get("cases").get(target.get("cases").size() - 1);
    assertEquals("NaN", last.get("checks").get(0).get("value").asString());
    assertEquals(3, last.get("curves").get("curve").size());
  }

  @Test
  void junitCountsAsTheResults() throws Exception {
    Document xml =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(folder.resolve("report").resolve(ReportFolder.JUNIT).toFile());
    Element suite = (Element) xml.getElementsByTagName("testsuite").item(1);
    assertEquals("1", suite.getAttribute("failures"));
    assertEquals(
        String.valueOf(results.get(1).count(CaseResult.Status.SKIPPED)),
        suite.getAttribute("skipped"));
    assertEquals(results.get(1).cases().size(), suite.getElementsByTagName("testcase").getLength());
  }

  @Test
  void pageNeedsNoNetworkAndIsEscaped() throws IOException {
    String html = read(ReportFolder.HTML);
    assertFalse(html.contains("http"), "an address");
    assertFalse(html.contains("<script"), "a script");
    assertTrue(html.contains("voice &lt;b&gt;"));
    assertTrue(html.contains("score/growth/dual-softmax/f32"));
  }

  @Test
  void chromiumShowsThePlotsWithoutErrors() throws Exception {
    Optional<String> browser = browser();
    assumeTrue(browser.isPresent(), "no Chromium on this machine: the page was not looked at");
    Path shot = folder.resolve("page.png");
    String page = folder.resolve("report").resolve(ReportFolder.HTML).toUri().toString();
    Path log = folder.resolve("chromium.log");
    Process process =
        new ProcessBuilder(
                browser.get(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--user-data-dir=" + folder.resolve("profile"),
                "--enable-logging=stderr",
                "--window-size=1300,1800",
                "--screenshot=" + shot,
                page)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertTrue(process.waitFor(120, TimeUnit.SECONDS), "Chromium did not end");
    } finally {
      process.destroyForcibly();
    }
    String said = Files.readString(log);
    assertFalse(said.contains("CONSOLE"), said);
    assertTrue(Files.exists(shot), said);
    BufferedImage image = ImageIO.read(shot.toFile());
    int curve = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        curve += near(image.getRGB(x, y)) ? 1 : 0;
      }
    }
    assertTrue(curve > 500, "only " + curve + " pixels of a curve");
  }

  private static boolean near(int pixel) {
    int distance = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
      distance += Math.abs((pixel >> shift & 255) - (CURVE >> shift & 255));
    }
    return distance < 60;
  }

  private static Optional<String> browser() {
    return Stream.of("chromium", "chromium-browser", "google-chrome")
        .flatMap(
            name ->
                Stream.of(System.getenv("PATH").split(":"))
                    .map(place -> Path.of(place, name))
                    .filter(Files::isExecutable)
                    .map(Path::toString))
        .findFirst();
  }

  private static String read(String name) throws IOException {
    return Files.readString(folder.resolve("report").resolve(name));
  }
}
