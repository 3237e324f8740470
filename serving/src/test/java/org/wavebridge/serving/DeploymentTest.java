package org.wavebridge.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code deploy/} says about the server is so. */
final class DeploymentTest {
  private static final Path DEPLOY = Path.of("..", "deploy");
  private static final Pattern PROBE = Pattern.compile("path: (/v2/[a-z/]+)");
  private static final Pattern METRIC = Pattern.compile("\\b(wavebridge_\\w+|process_\\w+)");

  @TempDir static Path folder;
  private static VocoderServer server;

  @BeforeAll
  static void start() {
    Path bundle = TestServer.bundle(folder.resolve("voice"), 1);
    server = VocoderServer.start(List.of(bundle), TestServer.options(folder));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"kubernetes/wavebridge.yaml", "kserve/runtime.yaml"})
  void probesAreAnswered(String file) throws Exception {
    Matcher probes = PROBE.matcher(Files.readString(DEPLOY.resolve(file)));
    int count = 0;
    while (probes.find()) {
      assertEquals(200, TestServer.get(server, probes.group(1)).statusCode(), probes.group(1));
      count++;
    }
    assertTrue(count >= 2);
  }

  @Test
  void theDashboardShowsMetricsThatThereAre() throws Exception {
    String metrics = TestServer.get(server, "/metrics").body();
    JsonNode dashboard =
        new JsonMapper().readTree(Files.readString(DEPLOY.resolve("grafana/dashboard.json")));
    Set<String> names = new TreeSet<>();
    for (JsonNode panel : dashboard.path("panels")) {
      Matcher found = METRIC.matcher(panel.path("targets").get(0).path("expr").stringValue());
      while (found.find()) {
        names.add(found.group(1));
      }
    }
    assertTrue(names.size() >= 10, names.toString());
    for (String name : names) {
      assertTrue(
          metrics
              .lines()
              .anyMatch(line -> line.startsWith(name + "{") || line.startsWith(name + " ")),
          name);
    }
  }
}
