package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Python package makes the samples that the command makes, on Python's own ONNX Runtime. */
final class PythonTest {
  private static final Path PACKAGE = Path.of("..", "python");

  @TempDir static Path folder;

  private static Path python = Path.of("");

  @BeforeAll
  static void find() throws IOException, InterruptedException {
    Optional<Path> found = python();
    assumeTrue(found.isPresent(), "no Python with onnxruntime and numpy; see .ci/python-system");
    python = found.orElseThrow();
  }

  /** That of {@code .ci/python-system}, or the machine's, where it has what the package needs. */
  private static Optional<Path> python() throws IOException, InterruptedException {
    String set = System.getenv("WAVEBRIDGE_PYTHON_SYSTEM");
    Path system =
        set == null
            ? Path.of(System.getProperty("user.home"), ".cache", "wavebridge", "python-system")
            : Path.of(set);
    for (Path each : List.of(system.resolve("python"), Path.of("/usr/bin/python3"))) {
      if (Files.isExecutable(each) && run(each, "-c", "import numpy, onnxruntime").code() == 0) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  @ParameterizedTest
  @CsvSource({
    "demo, '', 80, f32",
    "demo, '', 80, int8",
    "gwang_mulaw/checkpoint_step000001000_zip.pth, gwang_mulaw/config.json, 80, f32",
    "fatchord_raw/checkpoint_zip.pyt, fatchord_raw/config.json, 80, f32",
    "papercup_subscale/checkpoint_zip.pth, papercup_subscale/config.json, 80, int8",
    "small/multiband/checkpoint.safetensors, '', 80, int8",
    "lyra, '', 160, f32"
  })
  void makesTheSamplesOfTheCommand(String checkpoint, String config, int mels, String precision)
      throws IOException, InterruptedException {
    TestVoice voice = TestVoice.export(folder, checkpoint, config, precision);
    Path mel = TestVoice.features(folder, mels, 9);
    short[] expected = voice.vocoded(mel, precision, -3, 0.8f);
    Path raw = folder.resolve("python.raw");
    Ran made =
        run(
            python,
            "-c",
            """
            import sys, numpy, wavebridge
            bundle, mel, precision, out = sys.argv[1:]
            vocoder = wavebridge.Vocoder(bundle, precision=precision, threads=2)
            waveform = vocoder.generate(numpy.load(mel), seed=-3, temperature=0.8)
            assert waveform.dtype == numpy.float32
            wavebridge.pcm16(waveform).astype("<i2").tofile(out)
            """,
            voice.bundle(),
            mel,
            precision,
            raw);
    assertEquals(0, made.code(), made.err());
    short[] found = new short[(int) Files.size(raw) / 2];
    ByteBuffer.wrap(Files.readAllBytes(raw))
        .order(ByteOrder.LITTLE_ENDIAN)
        .asShortBuffer()
        .get(found);
    assertTrue(expected.length > 0);
    assertArrayEquals(expected, found);
  }

  @Test
  void messagesSayWhatWasExpected() throws IOException, InterruptedException {
    Path none = folder.resolve("none");
    Ran missing = run(python, "-c", "import wavebridge; wavebridge.Vocoder(" + quoted(none) + ")");
    assertTrue(
        missing.err().contains("expected a bundle (a folder, or a zip of one) with bundle.json"),
        missing.err());
    Path bundle = folder.resolve("voice");
    Ran exported = Ran.of("export", TestVoice.checkpoint("demo"), "-o", bundle, "--no-verify");
    assertEquals(0, exported.code(), exported.err());
    String open = "import numpy, wavebridge; v = wavebridge.Vocoder(" + quoted(bundle) + "); ";
    Ran shape = run(python, "-c", open + "v.generate(numpy.zeros((7, 5)))");
    assertTrue(shape.err().contains("features: expected [80, frames], found [7, 5]"), shape.err());
    Path graph = bundle.resolve("generate.onnx");
    Files.write(graph, new byte[] {1});
    Ran changed = run(python, "-c", open);
    assertTrue(changed.err().contains("generate.onnx: expected SHA-256 "), changed.err());
  }

  /** The wheel has all that it needs, and is refused what is no library. */
  @Test
  void theWheelHasTheLibrary() throws IOException, InterruptedException {
    Path build = PACKAGE.resolve("build-wheel");
    assertEquals(2, run(build).code());
    Ran other = run(build, PACKAGE.resolve("pyproject.toml"), folder);
    assertEquals(3, other.code(), other.err());
    assumeTrue(
        run(Path.of("python3"), "-c", "import setuptools, wheel").code() == 0,
        "no setuptools and wheel");
    Ran built = run(build, OnnxGraph.library(), folder.resolve("wheels"));
    assertEquals(0, built.code(), built.err());
    Ran found =
        run(
            python,
            "-c",
            """
            import os, sys, zipfile
            del os.environ["WAVEBRIDGE_LIBRARY"]
            zipfile.ZipFile(sys.argv[2]).extractall(sys.argv[1])
            sys.path.insert(0, sys.argv[1])
            import onnxruntime, wavebridge
            assert wavebridge.library_path().startswith(sys.argv[1])
            onnxruntime.SessionOptions().register_custom_ops_library(wavebridge.library_path())
            """,
            folder.resolve("unpacked"),
            built.out().strip());
    assertEquals(0, found.code(), found.err());
  }

  private static String quoted(Path path) {
    return "'" + path + "'";
  }

  private static Ran run(Path program, Object... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    Arrays.stream(arguments).map(String::valueOf).forEach(command::add);
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("PYTHONPATH", PACKAGE.toAbsolutePath().toString());
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    builder.environment().put("WAVEBRIDGE_LIBRARY", OnnxGraph.library().toString());
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    assertTrue(process.waitFor(2, TimeUnit.MINUTES), "Python took more than two minutes");
    return new Ran(process.exitValue(), Files.readString(out), Files.readString(err));
  }
}
