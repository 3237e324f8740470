package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.runtime.io.WavFile;
import org.wavebridge.serving.Npm;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The package for Node and the browser makes the samples that the command makes. */
final class NodeTest {
  private static final Path PACKAGE = Path.of("..", "npm");
  private static final Path MODULE = Path.of("..", "runtime", "target", "wasm", "wavebridge.wasm");
  private static final Path PAGE = Path.of("..", "docs", "stacks", "node.md");

  @TempDir static Path folder;

  private static Path app = Path.of("");

  @BeforeAll
  static void install() throws IOException, InterruptedException {
    assumeTrue(
        Npm.program("node").isPresent() && Npm.program("npm").isPresent(),
        "no Node and npm: not tried");
    assumeTrue(Files.exists(MODULE), "no " + MODULE + ", which Maven builds with Emscripten");
    Path build = PACKAGE.resolve("build-package").toAbsolutePath();
    assertEquals(2, run(folder, build).code());
    Ran other = run(folder, build, PACKAGE.resolve("package.json").toAbsolutePath(), folder);
    assertEquals(3, other.code(), other.err());
    Ran built = run(folder, build, MODULE.toAbsolutePath(), folder.resolve("dist"));
    assertEquals(0, built.code(), built.err());
    app = Files.createDirectory(folder.resolve("app"));
    Files.writeString(app.resolve("package.json"), "{\"private\":true,\"type\":\"module\"}");
    assertTrue(installed(built.out().strip()), "the package cannot be installed");
  }

  private static boolean installed(String... packages) throws IOException, InterruptedException {
    List<Object> line =
        new ArrayList<>(List.of("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"));
    line.addAll(List.of(packages));
    return run(app, line.toArray()).code() == 0;
  }

  @ParameterizedTest
  @CsvSource({
    "demo, '', 80, f32",
    "demo, '', 80, int8",
    "corentinj/checkpoint_zip.pt, '', 80, f32",
    "fatchord_raw/checkpoint_zip.pyt, fatchord_raw/config.json, 80, f32",
    "fatchord_mol/checkpoint_zip.pyt, '', 80, int8",
    "gwang_mulaw/checkpoint_step000001000_zip.pth, gwang_mulaw/config.json, 80, f32",
    "torchaudio/checkpoint_zip.pth, '', 80, f32",
    "mkotha/checkpoint_zip.pyt, '', 80, f32",
    "coqui_interp_bits/checkpoint_zip.pth, coqui_interp_bits/config.json, 80, f32",
    "small/multiband/checkpoint.safetensors, '', 80, f32",
    "lyra, '', 160, f32"
  })
  void makesTheSamplesOfTheCommand(String checkpoint, String config, int mels, String precision)
      throws IOException, InterruptedException {
    TestVoice voice = TestVoice.export(folder, checkpoint, config, precision, "--standalone");
    Path mel = TestVoice.features(folder, mels, 11);
    short[] expected = voice.vocoded(mel, precision, -3_000_000_000L, 0.8f);
    Path raw = folder.resolve("node.raw");
    node("speak.mjs", voice.bundle(), mel, precision, -3_000_000_000L, 0.8f, raw);
    assertTrue(expected.length > 0);
    assertArrayEquals(expected, samples(Files.readAllBytes(raw)));
  }

  @Test
  void theProgramsOfThePageRun() throws IOException, InterruptedException {
    TestVoice voice = voiceOfThePage();
    assertEquals(0, run(app, "node", program(0, "first.mjs")).code());
    assertArrayEquals(voice.vocoded(mel(), "int8", 7, 1), wav("hello.wav"));
    assertEquals(0, run(app, "node", program(1, "second.mjs")).code());
    byte[] raw = Files.readAllBytes(app.resolve("hello.raw"));
    assertArrayEquals(voice.vocoded(mel(), "int8", 7, 1), samples(raw));
  }

  @Test
  void stockOnnxRuntimeRunsTheBodies() throws IOException, InterruptedException {
    assumeTrue(installed("onnxruntime-web@1.27.0"), "npm cannot install onnxruntime-web");
    TestVoice voice = voiceOfThePage();
    Ran ran = run(app, "node", program(3, "stock.mjs"));
    assertEquals(0, ran.code(), ran.err());
    assertArrayEquals(voice.vocoded(mel(), "f32", 7, 1), wav("stock.wav"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBrowserPlaysWhatTheCommandMakes(boolean shared) throws Exception {
    Optional<Path> browser = Npm.program("chromium");
    assumeTrue(browser.isPresent(), "no Chromium on this machine: the page was not tried");
    assumeTrue(installed("playwright-core@1"), "npm cannot install playwright-core");
    assertTrue(
        Files.readString(PAGE).contains("node node_modules/wavebridge/page/serve.mjs voice"));
    TestVoice voice = voiceOfThePage();
    Path mel = TestVoice.features(folder, 80, 90);
    List<Object> arguments =
        new ArrayList<>(List.of(browser.get(), "voice", mel, program(2, "player.mjs")));
    if (!shared) {
      arguments.add("plain");
    }
    JsonNode page = JsonMapper.shared().readTree(node("page.mjs", arguments.toArray()));
    JsonNode made = page.path("made");
    assertEquals(
        sha256(voice.vocoded(mel, "int8", 7, 1)), made.path("sha256").asString(), page::toString);
    assertTrue(made.path("heardAll").booleanValue(), page::toString);
    assertEquals(shared, made.path("shared").booleanValue());
    assertTrue(page.path("stopped").booleanValue(), page::toString);
    assertTrue(
        page.path("refused")
            .asString()
            .endsWith("nothing/: expected a bundle with bundle.json, found status 404"),
        page::toString);
    assertEquals("[]", page.path("problems").toString());
  }

  @Test
  void messagesSayWhatWasExpected() throws IOException, InterruptedException {
    TestVoice voice = TestVoice.export(folder, "demo", "", "f32", "--standalone");
    TestVoice plain = TestVoice.export(folder, "demo", "", "f32");
    String said =
        node("refused.mjs", voice.bundle(), plain.bundle(), TestVoice.features(folder, 80, 9));
    assertFalse(said.contains("not refused"), said);
    for (String expected :
        List.of(
            "none: expected a bundle (a folder) with bundle.json, found ",
            "expected a graph 'seeded_generate', found none; export the bundle with --standalone",
            "expected a graph 'seeded_generate' in int8, found one in f32",
            "version: BundleError: files: bundle.json: expected format version 1, found 2; ",
            "damaged: BundleError: files: decode.onnx: expected SHA-256 ",
            "shape: TypeError: features: expected {data, dims: [80, frames]}, found dims [7,5] and 35 numbers",
            "few: RangeError: features: expected at least 2 frames, found 1",
            "notFinite: TypeError: features: expected finite numbers, found others",
            "temperature: RangeError: expected a temperature above 0, found 0",
            "speaker: TypeError: speaker: this bundle takes none, found one",
            "npy: TypeError: expected a .npy file, found another")) {
      assertTrue(said.contains(expected), said);
    }
  }

  @Test
  void itsOwnTestsPass() throws IOException, InterruptedException {
    Ran ran = run(PACKAGE, "npm", "test");
    assertEquals(0, ran.code(), ran.out());
    assertTrue(ran.out().contains("pass 10"), ran.out());
  }

  @Test
  void declarationsFitTheirUse() throws IOException, InterruptedException {
    assumeTrue(installed("typescript@5"), "npm cannot install typescript");
    script("typed.mts");
    Ran ran =
        run(
            app,
            "npx",
            "tsc",
            "--noEmit",
            "--strict",
            "--target",
            "es2022",
            "--module",
            "nodenext",
            "typed.mts");
    assertEquals(0, ran.code(), ran.out());
  }

  /** The bundle and the features that the programs of the page name, where they look for them. */
  private static TestVoice voiceOfThePage() throws IOException {
    TestVoice voice = new TestVoice(app.resolve("voice"));
    if (!Files.exists(voice.bundle())) {
      String command = "wavebridge export voice.pt -o voice --standalone --precision f32,int8";
      assertTrue(Files.readString(PAGE).contains("    " + command + "\n"));
      TestVoice made = TestVoice.export(folder, "demo", "", "int8", "--standalone");
      Files.move(made.bundle(), voice.bundle());
      Files.copy(TestVoice.features(folder, 80, 9), mel());
    }
    return voice;
  }

  private static Path mel() {
    return app.resolve("mel.npy");
  }

  private static short[] wav(String name) throws IOException {
    float[] values = WavFile.read(app.resolve(name)).samples();
    short[] pcm = new short[values.length];
    for (int i = 0; i < pcm.length; i++) {
      pcm[i] = WavFile.toPcm16(values[i]);
    }
    return pcm;
  }

  private static short[] samples(byte[] raw) {
    short[] found = new short[raw.length / 2];
    ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(found);
    return found;
  }

  private static String sha256(short[] samples) throws Exception {
    ByteBuffer bytes = ByteBuffer.allocate(2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asShortBuffer().put(samples);
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
  }

  /** A program of the page as it stands there, in a file of the app. */
  private static Path program(int index, String name) throws IOException {
    Matcher blocks =
        Pattern.compile("```js\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
    String block = blocks.results().skip(index).findFirst().orElseThrow().group(1);
    return Files.writeString(app.resolve(name), block);
  }

  /** Runs a script of the package's tests in the app; what it printed. */
  private static String node(String name, Object... arguments)
      throws IOException, InterruptedException {
    List<Object> line = new ArrayList<>(List.of("node", script(name)));
    line.addAll(Arrays.asList(arguments));
    Ran ran = run(app, line.toArray());
    assertEquals(0, ran.code(), ran.err());
    return ran.out();
  }

  private static Path script(String name) throws IOException {
    Path script = PACKAGE.resolve("test").resolve(name);
    return Files.copy(script, app.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  private static Ran run(Path where, Object... line) throws IOException, InterruptedException {
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    Process process =
        new ProcessBuilder(Stream.of(line).map(String::valueOf).toList())
            .directory(where.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertTrue(
          process.waitFor(4, TimeUnit.MINUTES), () -> "four minutes: " + Arrays.toString(line));
    } finally {
      process.destroyForcibly();
    }
    return new Ran(process.exitValue(), Files.readString(out), Files.readString(err));
  }
}
