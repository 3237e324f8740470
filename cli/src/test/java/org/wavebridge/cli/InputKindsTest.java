package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.NpyArray;
import org.wavebridge.runtime.io.NpyFile;
import org.wavebridge.runtime.io.WavFile;
import org.wavebridge.runtime.io.Waveform;

/** Every kind of file with features or a recording, and every place for the sound. */
final class InputKindsTest {
  private static final int FRAMES = 12;

  @TempDir static Path shared;

  private static Path bundle = Path.of("");
  private static float[] values = new float[0];
  private static byte[] spoken = new byte[0];

  @TempDir Path folder;

  @BeforeAll
  static void export() throws IOException, URISyntaxException {
    bundle = shared.resolve("voice");
    Ran ran = Ran.of("export", demo("checkpoint.pt"), "-o", bundle, "--no-verify");
    assertEquals(0, ran.code(), ran.err());
    Features all = Features.read(demo("agent-pass.npy"), 80);
    values = new float[80 * FRAMES];
    for (int mel = 0; mel < 80; mel++) {
      for (int frame = 0; frame < FRAMES; frame++) {
        values[mel * FRAMES + frame] = all.at(mel, 40 + frame);
      }
    }
    Path mel = shared.resolve("mel.npy");
    NpyFile.write(mel, NpyArray.of(values, 80, FRAMES));
    Path wav = shared.resolve("expected.wav");
    ran = Ran.of("vocode", bundle, "--mel", mel, "-o", wav);
    assertEquals(0, ran.code(), ran.err());
    assertTrue(ran.message().contains("x real time"), ran.err());
    spoken = Files.readAllBytes(wav);
  }

  @Test
  void everyKindOfFileIsTheSameFeatures() throws IOException {
    double[] doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    Path npy = folder.resolve("f8.npy");
    NpyFile.write(npy, NpyArray.of(doubles, 1, 80, FRAMES));
    assertArrayEquals(spoken, vocode("--mel", npy));
    Path npz = Files.write(folder.resolve("a.npz"), npz(values));
    assertArrayEquals(spoken, vocode("--mel", npz));
    Path top = Files.write(folder.resolve("top.pt"), tensor(values, "", ""));
    assertArrayEquals(spoken, vocode("--mel", top));
    String key = "}X\u0003\0\0\0mel";
    Path dictionary = Files.write(folder.resolve("dict.pt"), tensor(values, key, "s"));
    assertArrayEquals(spoken, vocode("--mel", dictionary));
  }

  @Test
  void aFolderIsMadeByName() throws IOException {
    Path mels = Files.createDirectory(folder.resolve("mels"));
    NpyFile.write(mels.resolve("b.npy"), NpyArray.of(values, 80, FRAMES));
    Files.write(mels.resolve("a.NPZ"), npz(values));
    Files.write(mels.resolve("notes.txt"), new byte[3]);
    Path out = folder.resolve("spoken");
    Ran ran = Ran.of("vocode", bundle, "--mel", mels, "-o", out);
    assertEquals(0, ran.code(), ran.err());
    assertEquals(List.of("a.wav", "b.wav"), names(out));
    assertArrayEquals(spoken, Files.readAllBytes(out.resolve("a.wav")));
    assertArrayEquals(spoken, Files.readAllBytes(out.resolve("b.wav")));
    Path wavs = folder.resolve("again");
    ran = Ran.of("vocode", bundle, "--wav", out, "-o", wavs);
    assertEquals(0, ran.code(), ran.err());
    assertEquals(List.of("a.wav", "b.wav"), names(wavs));
    Path none = Files.createDirectory(folder.resolve("none"));
    ran = Ran.of("vocode", bundle, "--mel", none, "-o", out);
    assertEquals(3, ran.code());
    assertTrue(ran.message().contains("folder with .npy, .npz, .pt files, found none"), ran.err());
  }

  @Test
  void oneBadFileDoesNotStopTheOthers() throws IOException {
    Path mels = Files.createDirectory(folder.resolve("mels"));
    NpyFile.write(mels.resolve("a.npy"), NpyArray.of(values, 80, FRAMES));
    Path bad = Files.writeString(mels.resolve("b.npy"), "no array");
    Path torch = Files.writeString(mels.resolve("c.pt"), "no tensor");
    NpyFile.write(mels.resolve("d.npy"), NpyArray.of(values, 80, FRAMES));
    Path out = folder.resolve("spoken");
    Ran ran = Ran.of("vocode", bundle, "--mel", mels, "-o", out);
    assertEquals(3, ran.code(), ran.err());
    assertTrue(ran.err().contains("wavebridge: " + bad + ": expected a NumPy array"), ran.err());
    assertTrue(ran.err().contains("wavebridge: " + torch + ": "), ran.err());
    assertTrue(
        ran.err().endsWith("wavebridge: " + out + ": 2 of 4 files could not be made, see above\n"),
        ran.err());
    assertEquals(List.of("a.wav", "d.wav"), names(out));
    assertArrayEquals(spoken, Files.readAllBytes(out.resolve("d.wav")));
  }

  @Test
  void standardInputIsReadByItsContent() throws IOException {
    byte[] npy = Files.readAllBytes(shared.resolve("mel.npy"));
    for (byte[] input : List.of(npy, npz(values))) {
      Path wav = folder.resolve("piped.wav");
      Ran ran = withInput(input, "vocode", bundle, "--mel", "-", "-o", wav);
      assertEquals(0, ran.code(), ran.err());
      assertArrayEquals(spoken, Files.readAllBytes(wav));
    }
    Ran ran = withInput(new byte[9], "vocode", bundle, "--mel", "-", "-o", folder.resolve("x"));
    assertEquals(3, ran.code());
    assertTrue(ran.message().startsWith("wavebridge: standard input: expected a"), ran.err());
    ran = withInput(spoken, "score", bundle, "--mel", shared.resolve("mel.npy"), "--audio", "-");
    assertEquals(0, ran.code(), ran.err());
    assertTrue(ran.out().startsWith("bits per sample: "), ran.out());
    ran = withInput(spoken, "vocode", bundle, "--wav", "-", "-o", folder.resolve("copy.wav"));
    assertEquals(0, ran.code(), ran.err());
    for (Object[] twice :
        new Object[][] {
          {"vocode", bundle, "--mel", "-", "-", "-o", folder},
          {"score", bundle, "--mel", "-", "--audio", "-"}
        }) {
      ran = Ran.of(twice);
      assertEquals(2, ran.code(), ran.err());
      assertTrue(ran.message().contains("expected standard input (-) once"), ran.err());
    }
  }

  @Test
  void standardOutputIsTheFileAndNothingElse() throws Exception {
    Path mel = shared.resolve("mel.npy");
    Process process = process("exec \"$@\"", "vocode", bundle, "--mel", mel, "-o", "-");
    assertArrayEquals(spoken, process.getInputStream().readAllBytes());
    String words = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(words.contains("standard output: 0.14 s of audio"), words);
    assertEquals(0, process.waitFor());
  }

  @Test
  void aClosedPipeIsQuiet() throws Exception {
    Path mel = shared.resolve("mel.npy");
    String closed = "{ \"$@\"; echo \"code $?\" >&2; } | head -c 0";
    Process process = process(closed, "vocode", bundle, "--mel", mel, "-o", "-");
    assertEquals(0, process.getInputStream().readAllBytes().length);
    String words = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals("code 1\n", words);
  }

  @Test
  void featuresInAnotherScaleAreToldRefusedOrConverted() {
    float[] decibels = new float[values.length];
    for (int i = 0; i < decibels.length; i++) {
      double level = 20 * Math.log10(Math.exp(values[i]));
      decibels[i] = (float) level;
    }
    Path mel = folder.resolve("db.npy");
    NpyFile.write(mel, NpyArray.of(decibels, 80, FRAMES));
    Path wav = folder.resolve("x.wav");
    Ran strict = Ran.of("vocode", bundle, "--mel", mel, "-o", wav, "--strict");
    assertEquals(3, strict.code());
    assertTrue(
        strict.message().startsWith("wavebridge: " + mel + ": features from -"), strict.err());
    assertTrue(strict.message().endsWith("convert them with --mel-scale db"), strict.err());
    assertFalse(Files.exists(wav));
    Ran warned = Ran.of("vocode", bundle, "--mel", mel, "-o", wav);
    assertEquals(0, warned.code());
    assertTrue(warned.err().contains("look like decibels (db); this bundle's are"), warned.err());
    Ran converted =
        Ran.of("vocode", bundle, "--mel", mel, "-o", wav, "--mel-scale", "DB", "--strict");
    assertEquals(0, converted.code(), converted.err());
    assertTrue(converted.message().contains("x real time"), converted.err());
    Path speech = shared.resolve("expected.wav");
    double good = bits("--mel", shared.resolve("mel.npy"), "--audio", speech);
    assertEquals(good, bits("--mel", mel, "--audio", speech, "--mel-scale", "db"), 1e-3);
    Ran scored = Ran.of("score", bundle, "--mel", mel, "--audio", speech, "--strict");
    assertEquals(3, scored.code());
    Ran analysed = Ran.of("vocode", bundle, "--wav", speech, "-o", wav, "--mel-scale", "db");
    assertEquals(2, analysed.code());
    assertTrue(analysed.message().contains("--mel-scale: features of --wav"), analysed.err());
  }

  @Test
  void recordingsAreMixedAndResampledOrRefused() throws IOException {
    byte[] stereo = spoken.clone();
    ByteBuffer.wrap(stereo)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(22, (short) 2)
        .putInt(24, 22050)
        .putInt(28, 4 * 22050)
        .putShort(32, (short) 4);
    Path recording = Files.write(folder.resolve("stereo.wav"), stereo);
    Path wav = folder.resolve("x.wav");
    Ran ran = Ran.of("vocode", bundle, "--wav", recording, "-o", wav);
    assertEquals(0, ran.code(), ran.err());
    assertTrue(
        ran.err()
            .startsWith(recording + ": 2 channels mixed to one, 22050 Hz resampled to 16000 Hz\n"),
        ran.err());
    ran = Ran.of("vocode", bundle, "--wav", recording, "-o", wav, "--strict");
    assertEquals(3, ran.code());
    assertEquals(
        "wavebridge: "
            + recording
            + ": expected one channel at 16000 Hz, found 2 at 22050 Hz; convert it, or leave out --strict",
        ran.message());
    Path slow = folder.resolve("slow.wav");
    WavFile.write(slow, new Waveform(new float[FRAMES * 100], 8000));
    Path mel = shared.resolve("mel.npy");
    assertTrue(bits("--mel", mel, "--audio", slow) > 0);
    ran = Ran.of("score", bundle, "--mel", mel, "--audio", slow, "--strict");
    assertEquals(3, ran.code(), ran.err());
  }

  @Test
  void misuseIsSaidWithAHint() {
    Path mel = shared.resolve("mel.npy");
    Ran ran = Ran.of("vocode", bundle, "--mel", mel, "-o", folder.resolve("x.MP3"));
    assertEquals(2, ran.code());
    assertTrue(ran.message().contains("-o: WAV is written, not .mp3; pipe it: -o - |"), ran.err());
    Path wav = folder.resolve("x.wav");
    ran = Ran.of("vocode", bundle, "--mel", mel, "-o", wav, "--crossfade", "sustain");
    assertEquals(2, ran.code());
    assertTrue(ran.message().contains("--crossfade: says how folds are joined"), ran.err());
    ran = Ran.of("vocode", bundle, "--mel", mel, mel, "-o", "-");
    assertEquals(2, ran.code());
    assertTrue(ran.message().contains("expected a folder for several inputs"), ran.err());
    ran = Ran.of("vocode", bundle, "--mel", mel, "-o", wav, "--precision", "f16");
    assertEquals(3, ran.code());
    assertTrue(
        ran.message()
            .endsWith(bundle + ": expected a precision of the bundle's graphs, f32, found 'f16'"),
        ran.err());
    assertFalse(Files.exists(wav));
  }

  @Test
  void noInputIsWrittenOver() throws IOException {
    Path speech = Files.write(folder.resolve("speech.wav"), spoken);
    Ran ran = Ran.of("vocode", bundle, "--wav", speech, "-o", speech);
    assertTrue(ran.code() != 0, ran.err());
    ran = Ran.of("vocode", bundle, "--wav", folder, "-o", folder);
    assertTrue(ran.code() != 0, ran.err());
    Path mel = Files.copy(shared.resolve("mel.npy"), folder.resolve("mel.npy"));
    ran = Ran.of("score", bundle, "--mel", mel, "--audio", speech, "--logits", mel);
    assertTrue(ran.code() != 0, ran.err());
    assertArrayEquals(spoken, Files.readAllBytes(speech));
    assertArrayEquals(Files.readAllBytes(shared.resolve("mel.npy")), Files.readAllBytes(mel));
  }

  @Test
  void namesAreNotCaseSensitive() throws IOException {
    Path mel = shared.resolve("mel.npy");
    assertArrayEquals(spoken, vocode("--mel", mel, "--backend", "CPU", "--precision", "F32"));
    Ran ran =
        Ran.of("inspect", bundle.resolveSibling("mel.npy"), "--family", "WaveRNN-Dual-Softmax");
    assertEquals(3, ran.code(), ran.err());
  }

  /** A clip shorter than a fold would be one fold, which starts in silence. */
  @Test
  void aShortClipIsMadeWithoutFolds() throws IOException {
    Path mel = shared.resolve("mel.npy");
    assertArrayEquals(spoken, vocode("--mel", mel, "--fold", "11000,550"));
    assertFalse(Arrays.equals(spoken, vocode("--mel", mel, "--fold", "1000,100")));
  }

  private double bits(Object... options) {
    Ran ran = Ran.of(Stream.concat(Stream.of("score", bundle), Arrays.stream(options)).toArray());
    assertEquals(0, ran.code(), ran.err());
    return Double.parseDouble(ran.out().replaceAll("(?s)bits per sample: ([0-9.]+).*", "$1"));
  }

  private byte[] vocode(Object... options) throws IOException {
    Path wav = folder.resolve("vocoded.wav");
    Ran ran =
        Ran.of(
            Stream.concat(Stream.of("vocode", bundle, "-o", wav), Arrays.stream(options))
                .toArray());
    assertEquals(0, ran.code(), ran.err());
    return Files.readAllBytes(wav);
  }

  private static Ran withInput(byte[] input, Object... arguments) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(input));
    try {
      return Ran.of(arguments);
    } finally {
      System.setIn(before);
    }
  }

  /** The command in a process of its own, started by a shell that has it as its arguments. */
  private static Process process(String script, Object... arguments) throws IOException {
    List<String> command =
        Stream.concat(
                Stream.of(
                    "sh",
                    "-c",
                    script,
                    "sh",
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Main.class.getName()),
                Arrays.stream(arguments).map(String::valueOf))
            .toList();
    return new ProcessBuilder(command).start();
  }

  private static byte[] npz(float[] values) throws IOException {
    ByteArrayOutputStream array = new ByteArrayOutputStream();
    NpyFile.write(array, NpyArray.of(values, 80, FRAMES));
    return zip("arr_0.npy", array.toByteArray());
  }

  /** PyTorch's zip of a tensor [80, FRAMES], in the pickle between two pieces of program. */
  private static byte[] tensor(float[] values, String before, String after) throws IOException {
    String program =
        "\u0080\u0002"
            + before
            + "ctorch._utils\n_rebuild_tensor_v2\n(("
            + "X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\0"
            + "0X\u0003\0\0\0cpuM\u00c0\u0003tQK\0KPK\u000c\u0086K\u000cK\u0001\u0086\u0089}tR"
            + after
            + ".";
    ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(values);
    return zip(
        "archive/data.pkl",
        program.getBytes(StandardCharsets.ISO_8859_1),
        "archive/data/0",
        data.array());
  }

  private static byte[] zip(Object... members) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < members.length; i += 2) {
        zip.putNextEntry(new ZipEntry((String) members[i]));
        zip.write((byte[]) members[i + 1]);
      }
    }
    return bytes.toByteArray();
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static Path demo(String name) throws URISyntaxException {
    return Path.of(DemoCommand.class.getResource("demo/" + name).toURI());
  }
}
