package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.conformance.report.DensityPage;
import org.wavebridge.graphs.bundle.Sha256;
import org.wavebridge.graphs.onnx.ParsedModel;
import org.wavebridge.serving.Npm;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The pages of the commands: what they say, where they are refused, and how they look. */
final class PagesTest {
  private static final int WAV_HEADER = 44;

  @TempDir static Path shared;

  private static Path bundle = Path.of("");
  private static Path mel = Path.of("");

  @TempDir Path folder;

  @BeforeAll
  static void export() throws IOException {
    bundle = TestVoice.export(shared, "demo", "", "int8").bundle();
    mel = TestVoice.features(shared, 80, 70);
  }

  private static void done(Ran ran) {
    assertEquals(0, ran.code(), ran.err());
  }

  private static byte[] pcm(Path wav) throws IOException {
    byte[] bytes = Files.readAllBytes(wav);
    return Arrays.copyOfRange(bytes, WAV_HEADER, bytes.length);
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }

  /** The values of a table of two columns, by name. */
  private static Optional<String> fact(String html, String name) {
    Matcher row =
        Pattern.compile("<tr><th>" + Pattern.quote(name) + "</th><td>(.*?)</td></tr>")
            .matcher(html);
    return row.find() ? Optional.of(row.group(1)) : Optional.empty();
  }

  @Test
  void vocodeSaysWhatItMade() throws IOException {
    Path wav = folder.resolve("made.wav");
    Path page = folder.resolve("made.html");
    Ran ran =
        Ran.of(
            "vocode",
            bundle,
            "--mel",
            mel,
            "-o",
            wav,
            "--report",
            page,
            "--seed=7",
            "--temperature=0.9",
            "--precision=int8",
            "--backend=cpu",
            "--chunk=16");
    done(ran);
    assertTrue(ran.err().contains(page + ": written"), ran.err());
    byte[] pcm = pcm(wav);
    short[] alone = new TestVoice(bundle).vocoded(mel, "int8", 7, 0.9f);
    ByteBuffer expected = ByteBuffer.allocate(2 * alone.length).order(ByteOrder.LITTLE_ENDIAN);
    expected.asShortBuffer().put(alone);
    assertArrayEquals(expected.array(), pcm, "the page changes no sample");
    String html = Files.readString(page);
    assertEquals(Optional.of(Sha256.of(pcm)), fact(html, "SHA-256 of the PCM"));
    assertEquals(Optional.of("7"), fact(html, "seed"));
    assertEquals(Optional.of("0.9"), fact(html, "temperature"));
    assertEquals(Optional.of("int8"), fact(html, "precision"));
    assertEquals(Optional.of("cpu"), fact(html, "backend"));
    assertEquals(Optional.of("wavernn-dual-softmax"), fact(html, "family"));
    double seconds = pcm.length / 2.0 / 16000;
    assertEquals(seconds, Double.parseDouble(fact(html, "audio seconds").orElseThrow()), 1e-3);
    assertTrue(fact(html, "wall seconds").isPresent() && fact(html, "x real time").isPresent());
    assertFalse(html.contains("http"), "an address");
    assertFalse(html.contains("<script"), "a script");
    assertEquals(4, count(html, "class=\"chart\""), "three pictures and the time");
    // 69 frames with samples: four chunks of 16, what is ready before the end, and the rest.
    Matcher line = Pattern.compile("class=\"curve1\" d=\"M([^\"]*)\"").matcher(html);
    assertTrue(line.find());
    assertEquals(6 * 4, line.group(1).split(" ").length);
  }

  /** Each utterance of a folded run has chunks of its own. */
  @Test
  void foldedUtterancesAreTimedOneByOne() throws IOException {
    Path page = folder.resolve("folded.html");
    Path same = Files.copy(mel, folder.resolve("same.npy"));
    done(
        Ran.of(
            "vocode",
            bundle,
            "--mel",
            mel,
            same,
            "-o",
            folder.resolve("out"),
            "--fold=2000,200",
            "--chunk=32767",
            "--report",
            page));
    String html = Files.readString(page);
    Matcher line = Pattern.compile("class=\"curve1\" d=\"M([^\"]*)\"").matcher(html);
    assertTrue(line.find());
    assertEquals(2 * 4, line.group(1).split(" ").length, "a call for all folds of each");
    assertEquals(2, count(html, "<section>"));
  }

  @Test
  void severalInputsAreDrawnUpToALimitThatIsSaid() throws IOException {
    Path many = Files.createDirectory(folder.resolve("many"));
    Path little = TestVoice.features(shared, 80, 5);
    for (int i = 0; i < 18; i++) {
      Files.copy(little, many.resolve("u%02d.npy".formatted(i)));
    }
    Files.writeString(many.resolve("u18.npy"), "no features");
    Path page = folder.resolve("many.html");
    Ran ran =
        Ran.of("vocode", bundle, "--mel", many, "-o", folder.resolve("out"), "--report", page);
    assertEquals(3, ran.code(), ran.err());
    String html = Files.readString(page);
    assertEquals(16, count(html, "<section>"));
    assertTrue(html.contains("18 utterances were made; the first 16 are drawn."), "the limit");
    assertTrue(html.contains("1 inputs could not be made"), "the failure");
  }

  @Test
  void aPageIsNotWrittenOverAnythingOrLeftHalf() throws IOException {
    Path wav = folder.resolve("made.wav");
    Path bad = Files.writeString(folder.resolve("bad.npy"), "no features");
    Path page = Files.writeString(folder.resolve("page.html"), "old");
    Ran ran = Ran.of("vocode", bundle, "--mel", bad, "-o", wav, "--report", page);
    assertEquals(3, ran.code(), ran.err());
    assertEquals("old", Files.readString(page), "a failed run leaves the page of before");
    for (Object[] refused :
        new Object[][] {
          {3, "is the input", mel},
          {3, "lies inside the input", bundle.resolve("page.html")},
          {3, "expected an existing folder to write to", folder.resolve("none/page.html")},
          {3, "expected a file to write, found a folder", folder},
          {2, "is what -o writes", wav},
          {2, "expected a file, found -, standard output", "-"}
        }) {
      ran = Ran.of("vocode", bundle, "--mel", mel, "-o", wav, "--report", refused[2]);
      assertEquals(refused[0], ran.code(), ran.err());
      assertTrue(ran.message().contains((String) refused[1]), ran.err());
      assertFalse(Files.exists(wav), "refused before work is done");
    }
    Path checkpoint = TestVoice.checkpoint("demo");
    Ran inspected = Ran.of("inspect", checkpoint, "--report", checkpoint);
    assertEquals(3, inspected.code(), inspected.err());
    assertTrue(inspected.message().contains("is the input"), inspected.err());
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(2, left.count(), "nothing else is left");
    }
  }

  @Test
  void standardOutputIsTheSoundAlsoWithAPage() throws Exception {
    Path page = folder.resolve("page.html");
    Path wav = folder.resolve("made.wav");
    Process process =
        new ProcessBuilder(
                Forked.java().toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "vocode",
                bundle.toString(),
                "--mel",
                mel.toString(),
                "-o",
                "-",
                "--report",
                page.toString())
            .redirectError(folder.resolve("said.txt").toFile())
            .redirectOutput(wav.toFile())
            .start();
    assertEquals(0, process.waitFor(), Files.readString(folder.resolve("said.txt")));
    String html = Files.readString(page);
    assertEquals(Optional.of(Sha256.of(pcm(wav))), fact(html, "SHA-256 of the PCM"));
    assertEquals(Optional.of("standard output"), fact(html, "output"));
  }

  @Test
  void inspectDrawsEveryOperatorOfTheStep() throws IOException {
    Path page = folder.resolve("voice.html");
    Ran ran = Ran.of("inspect", bundle, "--report", page);
    done(ran);
    assertEquals(Ran.of("inspect", bundle).out(), ran.out(), "the page changes no word");
    String html = Files.readString(page);
    String step = html.substring(html.indexOf("step in f32"));
    step = step.substring(0, step.indexOf("</svg>"));
    ParsedModel model = ParsedModel.of(Files.readAllBytes(bundle.resolve("step.onnx")));
    for (String type : List.of("BlockSparseGemm", "Sigmoid", "Tanh", "MatMul", "Gemm", "Concat")) {
      long expected = model.nodes().stream().filter(node -> node.type().equals(type)).count();
      assertEquals(expected, count(step, ">" + type + "</text>"), type);
    }
    assertTrue(step.contains(">next_state</text>"), "an output");
    assertTrue(step.contains(">N x 256</text>"), "the shape of a state");
    assertTrue(html.contains("alt=\"density of recurrent\""), "a map");
    assertEquals(Optional.of("linear"), fact(html, "encoding"));
    assertTrue(fact(html, "total milliseconds").isPresent(), "latency");
    Path ofCheckpoint = folder.resolve("checkpoint.html");
    done(Ran.of("inspect", TestVoice.checkpoint("demo"), "--report", ofCheckpoint));
    String checkpoint = Files.readString(ofCheckpoint);
    assertTrue(checkpoint.contains("<th>setting</th><th>value</th><th>source</th>"), "settings");
    assertTrue(checkpoint.contains("alt=\"density of recurrent\""), "a map");
    assertFalse(checkpoint.contains("http") || html.contains("http"), "an address");
  }

  @Test
  void chromiumShowsEachPageLightAndDarkNarrowAndWide() throws Exception {
    Optional<Path> browser = Npm.program("chromium");
    assumeTrue(browser.isPresent(), "no Chromium on this machine: the pages were not looked at");
    List<String> pages = new ArrayList<>();
    Path page = folder.resolve("vocode.html");
    Path mels = TestVoice.checkpoint("demo").resolveSibling("agent-pass.npy");
    done(Ran.of("vocode", bundle, "--mel", mels, "-o", folder.resolve("x.wav"), "--report", page));
    pages.add(page.toString());
    page = folder.resolve("bundle.html");
    done(Ran.of("inspect", bundle, "--report", page));
    pages.add(page.toString());
    page = folder.resolve("checkpoint.html");
    done(Ran.of("inspect", TestVoice.checkpoint("demo"), "--report", page));
    pages.add(page.toString());
    Path report = folder.resolve("report");
    done(
        Ran.of(
            "conform", bundle, "--quick", "--vs", "stock", "--case", "score", "--report", report));
    pages.add(report.resolve("report.html").toString());
    page = folder.resolve("density.html");
    List<DensityPage.Point> points =
        List.of(
            new DensityPage.Point(1, "", 9.13, 31_000, 3_000_000),
            new DensityPage.Point(0.5, "fc1 0.40, fc2 0.60", 9.16, 38_000, 2_000_000),
            new DensityPage.Point(0.25, "fc1 0.20, fc2 0.30", 9.34, 43_000, 1_500_000));
    Files.writeString(page, DensityPage.of("a network, on its audio", "test", points));
    pages.add(page.toString());
    Path shots =
        Files.createDirectories(
            Path.of(System.getProperty("wavebridge.shots", folder.resolve("shots").toString())));
    List<String> arguments = new ArrayList<>(List.of(browser.get().toString(), shots.toString()));
    arguments.addAll(pages);
    String said =
        Npm.run(
            PagesTest.class,
            folder.resolve("npm"),
            List.of("playwright-core@1"),
            "look.mjs",
            arguments.toArray(String[]::new));
    JsonNode looks = JsonMapper.shared().readTree(said);
    assertEquals(pages.size() * 4, looks.size(), said);
    for (JsonNode look : looks) {
      assertTrue(look.get("overflow").asInt() <= 0, "wider than the window: " + look);
      assertEquals("[]", look.get("problems").toString(), look.toString());
      assertEquals("[]", look.get("cut").toString(), look.toString());
      assertEquals(0, look.get("broken").asInt(), look.toString());
      assertTrue(look.get("pictures").asInt() > 5, look.toString());
    }
    assertNotEquals(
        looks.get(0).get("ground").asString(), looks.get(2).get("ground").asString(), "dark");
  }
}
