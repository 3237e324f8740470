package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands on the demo voice, with good and with bad input. */
final class CommandsTest {
  @TempDir static Path shared;

  private static Path bundle = Path.of("");

  @TempDir Path folder;

  @BeforeAll
  static void export() throws URISyntaxException {
    bundle = shared.resolve("voice");
    Ran ran = Ran.of("export", demo("checkpoint.pt"), "-o", bundle, "--precision", "F32");
    assertEquals(0, ran.code(), ran.err());
    List<String> lines = ran.out().lines().toList();
    assertEquals(2, lines.size(), ran.out());
    assertEquals(
        "f32 graphs: features, conditioner, step, generate, score", lines.get(0), ran.out());
    assertTrue(
        lines
            .get(1)
            .matches(
                "verified on (cpu, )?stock: \\d+ checks passed; closest to its bound: .* \\(allowed .*\\)"),
        ran.out());
  }

  @Test
  void exportNamesTheDefaultsItTook() throws IOException, URISyntaxException {
    Path checkpoint = GoldenFile.of("fatchord_raw/checkpoint_zip.pyt");
    Path config = Files.writeString(folder.resolve("hparams.json"), "{\"mu_law\": false}");
    Path out = folder.resolve("fatchord");
    Ran ran = Ran.of("export", checkpoint, "-o", out, "--no-verify");
    assertEquals(0, ran.code(), ran.err());
    assertTrue(ran.err().contains("published settings: sample_rate 22050, mu_law true"), ran.err());
    ran = Ran.of("export", checkpoint, "-o", out, "--no-verify", "--config", config);
    assertTrue(
        ran.err().contains("published settings: sample_rate 22050, min_level_db"), ran.err());
    ran = Ran.of("export", demo("checkpoint.pt"), "-o", out, "--no-verify");
    assertFalse(ran.err().contains("published settings"), ran.err());
  }

  @Test
  void demoSpeaks() {
    Path wav = folder.resolve("demo.wav");
    Ran ran = Ran.of("demo", "-o", wav);
    assertEquals(0, ran.code(), ran.err());
    assertEquals(52400, WavFile.read(wav).samples().length);
    assertTrue(ran.out().contains("3.28 s of speech"), ran.out());
    assertTrue(
        ran.out()
            .matches(
                "(?s).*\nmade on backend '\\w+' in \\S+ s: \\S+ s of speech each second, \\w+ than real time.*"),
        ran.out());
    assertTrue(ran.out().contains("bits per sample against the recording: 9.14"), ran.out());
  }

  @Test
  void demoNamesABusyMachine() {
    assertEquals(
        "2.00 s: 1.5 s of speech each second, faster than real time", DemoCommand.speed(3, 2, 1.9));
    assertEquals(
        "6.00 s: 0.5 s of speech each second, slower than real time (this machine was busy:"
            + " 50% of the time went to other programs; alone it would make about 1.0 s)",
        DemoCommand.speed(3, 6, 3));
    assertEquals(
        "6.00 s: 0.5 s of speech each second, slower than real time", DemoCommand.speed(3, 6, 0));
  }

  @Test
  void sameSeedSameBytes() throws IOException {
    Path mel = shortMel(60);
    byte[] expected = vocode(mel, "--seed", 3);
    assertArrayEquals(expected, vocode(mel, "--seed", 3));
    for (int chunk : new int[] {1, 37, 1000}) {
      assertArrayEquals(expected, vocode(mel, "--seed", 3, "--chunk", chunk), "chunk " + chunk);
    }
    assertArrayEquals(expected, vocode(mel, "--seed", 3, "--threads", 2));
    assertFalse(Arrays.equals(expected, vocode(mel, "--seed", 4)));
    assertFalse(Arrays.equals(expected, vocode(mel, "--seed", 3, "--temperature", 0.5)));
  }

  @Test
  void severalFilesComeOutAsEachAlone() throws IOException {
    Path first = Files.copy(shortMel(20), folder.resolve("first.npy"));
    Path second = Files.copy(shortMel(9), folder.resolve("second.npy"));
    Path spoken = folder.resolve("spoken");
    Ran ran = Ran.of("vocode", bundle, "--mel", first, second, "-o", spoken, "--seed", 5);
    assertEquals(0, ran.code(), ran.err());
    assertArrayEquals(vocode(first, "--seed", 5), Files.readAllBytes(spoken.resolve("first.wav")));
    assertArrayEquals(
        vocode(second, "--seed", 5), Files.readAllBytes(spoken.resolve("second.wav")));
    assertEquals(2, Ran.of("vocode", bundle, "--mel", first, first, "-o", spoken).code());
  }

  @Test
  void foldsCoverTheUtterance() throws IOException {
    Path mel = shortMel(40);
    byte[] whole = vocode(mel);
    byte[] folded = vocode(mel, "--fold", "2000,200", "--crossfade", "release");
    assertEquals(whole.length, folded.length);
    assertFalse(Arrays.equals(whole, folded));
    Ran ran = Ran.of("vocode", bundle, "--mel", mel, "-o", "x.wav", "--fold", "0,5");
    assertEquals(2, ran.code());
  }

  @Test
  void vocodesARecording() throws URISyntaxException {
    Path wav = folder.resolve("copy.wav");
    Ran ran = Ran.of("vocode", bundle, "--wav", demo("agent-pass.wav"), "-o", wav);
    assertEquals(0, ran.code(), ran.err());
    assertEquals(52400, WavFile.read(wav).samples().length);
    assertTrue(ran.err().contains("on cpu"), ran.err());
  }

  @Test
  void scoresAndWritesLogits() throws URISyntaxException {
    Path logits = folder.resolve("logits.npy");
    Ran ran =
        Ran.of(
            "score",
            bundle,
            "--mel",
            demo("agent-pass.npy"),
            "--audio",
            demo("agent-pass.wav"),
            "--logits",
            logits,
            "--json");
    assertEquals(0, ran.code(), ran.err());
    JsonNode json = JsonMapper.shared().readTree(ran.out());
    assertEquals(9.1456, json.get("bits_per_sample").asDouble(), 1e-3);
    assertEquals(52400, json.get("samples").asInt());
    assertArrayEquals(new int[] {52400, 2, 256}, NpyFile.read(logits).shape());
  }

  @Test
  void inspectsCheckpointAndBundle() throws URISyntaxException {
    Ran text = Ran.of("inspect", demo("checkpoint.pt"));
    assertEquals(0, text.code(), text.err());
    assertTrue(text.out().matches("(?s).*recurrent +768x256 +0\\.2002 +16x1.*"), text.out());
    assertTrue(text.out().matches("(?s).*hidden +256 +tensors.*"), text.out());
    assertTrue(text.out().matches("(?s).*sample_rate +16000 +checkpoint.*"), text.out());
    JsonNode checkpoint =
        JsonMapper.shared().readTree(Ran.of("inspect", demo("checkpoint.pt"), "--json").out());
    assertEquals("wavernn-dual-softmax", checkpoint.get("family").asString());
    JsonNode described = JsonMapper.shared().readTree(Ran.of("inspect", bundle, "--json").out());
    assertEquals(16000, described.get("audio").get("sample rate").asInt());
    assertEquals(5, described.get("graphs").size());
    JsonNode latency = described.get("latency of a stream");
    assertEquals(2, latency.get("conditioner frames").asInt());
    assertEquals(3, latency.get("frames until the first sample").asInt());
    assertEquals(
        latency.get("conditioner milliseconds").asDouble(),
        latency.get("total milliseconds").asDouble());
  }

  /** As {@code inspect} says. */
  @Test
  void soundOfTheDemoVoiceBeginsAfterThreeFrames() {
    Ran ran = Ran.of("bench", bundle, "--stream", "--utterance", 0.1, "--seconds", 0.01, "--json");
    assertEquals(0, ran.code(), ran.err());
    JsonNode json = JsonMapper.shared().readTree(ran.out());
    assertEquals(3, json.get("first_sample_frames").asInt());
  }

  @Test
  void badFeaturesAreRefusedAndNothingIsWritten() throws IOException {
    float[] nan = new float[80 * 5];
    nan[81] = Float.NaN;
    refused("found [79, 5]", features(NpyArray.of(new float[79 * 5], 79, 5)));
    refused("found NaN at [16, 1]", features(NpyArray.of(nan, 80, 5)));
    refused("at least one frame", features(NpyArray.of(new float[0], 80, 0)));
    refused("at least 2 frames", features(NpyArray.of(new float[80], 80, 1)));
    refused("expected", Files.writeString(folder.resolve("text.npy"), "no array"));
    refused("nowhere.npy", folder.resolve("nowhere.npy"));
  }

  @Test
  void badCheckpointsAreRefusedAndNothingIsWritten() throws IOException, URISyntaxException {
    byte[] good = Files.readAllBytes(demo("checkpoint.pt"));
    exportRefused("truncated", Arrays.copyOf(good, good.length / 2), "damaged or truncated");
    exportRefused("empty", new byte[0], "found an empty file");
    exportRefused("system", pickled("cposix\nsystem\n(X\u0002\0\0\0idtR."), "posix.system");
    Ran family =
        Ran.of("export", demo("checkpoint.pt"), "-o", folder.resolve("v"), "--family", "fatchord");
    assertEquals(3, family.code());
    assertTrue(
        family
            .message()
            .contains("--family says family 'fatchord', the checkpoint says family 'wavernn-"),
        family.err());
    assertEquals(List.of(), left("v"));
  }

  @Test
  void damagedAndNewerBundlesAreRefused() throws IOException {
    Path copy = copyOfBundle();
    Path manifest = copy.resolve("bundle.json");
    String json = Files.readString(manifest);
    Files.writeString(manifest, json.replace("\"formatVersion\" : 1", "\"formatVersion\" : 9"));
    bundleRefused(copy, "format version 9 is newer than this reader");
    Files.writeString(manifest, json);
    Path graph = copy.resolve("generate.onnx");
    byte[] bytes = Files.readAllBytes(graph);
    bytes[1000] ^= 4;
    Files.write(graph, bytes);
    bundleRefused(copy, "SHA-256 of generate.onnx");
    bundleRefused(folder.resolve("no-bundle"), "no such bundle");
  }

  @Test
  void recordingsThatDoNotFitAreRefused() throws URISyntaxException {
    Path shortWav = folder.resolve("short.wav");
    WavFile.write(shortWav, new Waveform(new float[9000], 16000));
    Ran score = Ran.of("score", bundle, "--mel", demo("agent-pass.npy"), "--audio", shortWav);
    assertEquals(3, score.code());
    assertTrue(score.message().contains("9000 samples do not belong to 263 frames"), score.err());
  }

  private void bundleRefused(Path path, String reason) throws IOException {
    Path wav = folder.resolve("out.wav");
    Ran ran = Ran.of("vocode", path, "--mel", shortMel(4), "-o", wav);
    assertEquals(3, ran.code(), ran.err());
    assertTrue(ran.message().contains(reason), ran.err());
    assertFalse(Files.exists(wav));
  }

  private void refused(String reason, Path mel) {
    Path wav = folder.resolve("out.wav");
    Ran ran = Ran.of("vocode", bundle, "--mel", mel, "-o", wav);
    assertEquals(3, ran.code(), ran.err());
    assertTrue(ran.message().startsWith("wavebridge: " + mel), ran.err());
    assertTrue(ran.message().contains(reason), ran.err());
    assertFalse(Files.exists(wav));
  }

  private void exportRefused(String name, byte[] bytes, String reason) throws IOException {
    Path file = folder.resolve(name + ".pt");
    Files.write(file, bytes);
    Ran ran = Ran.of("export", file, "-o", folder.resolve(name + "-bundle"));
    assertEquals(3, ran.code(), ran.err());
    assertTrue(ran.message().startsWith("wavebridge: " + file), ran.err());
    assertTrue(ran.message().contains(reason), ran.err());
    assertEquals(List.of(), left(name + "-bundle"));
  }

  /** A zip checkpoint around a pickle given as text. */
  private static byte[] pickled(String program) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("archive/data.pkl"));
      zip.write(new byte[] {(byte) 0x80, 2});
      zip.write(program.getBytes(StandardCharsets.ISO_8859_1));
    }
    return bytes.toByteArray();
  }

  /** The files of a bundle, and those in which it was staged. */
  private List<Path> left(String name) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> entry.getFileName().toString().matches("\\.?" + name + "(\\..*)?"))
          .toList();
    }
  }

  private byte[] vocode(Path mel, Object... options) throws IOException {
    Path wav = folder.resolve("vocoded.wav");
    Object[] arguments =
        Stream.concat(Stream.of("vocode", bundle, "--mel", mel, "-o", wav), Arrays.stream(options))
            .toArray();
    Ran ran = Ran.of(arguments);
    assertEquals(0, ran.code(), ran.err());
    return Files.readAllBytes(wav);
  }

  private Path shortMel(int frames) {
    try {
      Features mel = Features.read(demo("agent-pass.npy"), 80);
      float[] values = new float[80 * frames];
      for (int m = 0; m < 80; m++) {
        System.arraycopy(mel.values(), m * mel.frames(), values, m * frames, frames);
      }
      return features(NpyArray.of(values, 80, frames));
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private Path features(NpyArray array) {
    Path file = folder.resolve("features.npy");
    NpyFile.write(file, array);
    return file;
  }

  private Path copyOfBundle() throws IOException {
    Path copy = Files.createDirectory(folder.resolve("copy"));
    try (Stream<Path> files = Files.list(bundle)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  private static Path demo(String name) throws URISyntaxException {
    return Path.of(DemoCommand.class.getResource("demo/" + name).toURI());
  }
}
