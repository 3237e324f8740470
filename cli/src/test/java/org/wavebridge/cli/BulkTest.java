package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.runtime.io.NpyArray;
import org.wavebridge.runtime.io.NpyFile;

/** {@code bulk} makes each file once, with the bytes that {@code vocode} writes. */
final class BulkTest {
  private static final int MELS = 80;
  private static final List<String> KEYS = List.of("a", "b", "deep/er/a", "deep/c");

  @TempDir static Path shared;
  private static Path bundle = Path.of("");

  @TempDir Path folder;
  private Path in = Path.of("");
  private Path out = Path.of("");

  @BeforeAll
  static void export() throws IOException {
    bundle = TestVoice.export(shared, "demo", "", "f32").bundle();
  }

  @BeforeEach
  void features() throws IOException {
    in = folder.resolve("mels");
    out = folder.resolve("spoken");
    for (int i = 0; i < KEYS.size(); i++) {
      features(KEYS.get(i), 3 + 2 * i);
    }
  }

  private void features(String key, int frames) throws IOException {
    Random random = new Random(frames);
    float[] values = new float[MELS * frames];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    Path file = in.resolve(key + ".npy");
    Files.createDirectories(file.getParent());
    NpyFile.write(file, NpyArray.of(values, MELS, frames));
  }

  /** Written from the help text. */
  private static long seed(long seed, String key) throws Exception {
    byte[] digest =
        MessageDigest.getInstance("SHA-256")
            .digest((seed + ":" + key).getBytes(StandardCharsets.UTF_8));
    return Long.parseUnsignedLong(HexFormat.of().formatHex(digest, 0, 8), 16) & ~(1L << 63);
  }

  private byte[] vocoded(String key, long seed, Object... options) throws Exception {
    Path wav = folder.resolve("vocoded.wav");
    Ran ran =
        Ran.of(
            Stream.concat(
                    Stream.of(
                        "vocode",
                        bundle,
                        "--mel",
                        in.resolve(key + ".npy"),
                        "-o",
                        wav,
                        "--seed",
                        seed(seed, key)),
                    Stream.of(options))
                .toArray());
    assertEquals(0, ran.code(), ran.err());
    return Files.readAllBytes(wav);
  }

  private Ran bulk(Object... options) {
    return Ran.of(Stream.concat(Stream.of("bulk", in, out, bundle), Stream.of(options)).toArray());
  }

  private Set<String> there() throws IOException {
    try (Stream<Path> files = Files.walk(out)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> out.relativize(file).toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void everyFileHasTheBytesOfVocode() throws Exception {
    Ran ran = bulk("--seed", 7, "--temperature", 0.8, "--workers", 2, "--rows", 3);
    assertEquals(0, ran.code(), ran.err());
    assertTrue(ran.err().contains("4 made, 0 were there, 0 bad"), ran.err());
    for (String key : KEYS) {
      assertArrayEquals(
          vocoded(key, 7, "--temperature", 0.8),
          Files.readAllBytes(out.resolve(key + ".wav")),
          key);
    }
    assertEquals(
        Set.of("_bad.tsv", "_bulk.txt", "a.wav", "b.wav", "deep/er/a.wav", "deep/c.wav"), there());
    assertEquals("", Files.readString(out.resolve("_bad.tsv")));
  }

  @Test
  void aRunThatWasEndedIsFinishedAndOtherSettingsAreRefused() throws Exception {
    assertEquals(0, bulk().code());
    byte[] first = Files.readAllBytes(out.resolve("b.wav"));
    Files.delete(out.resolve("b.wav"));
    Files.writeString(out.resolve("a.wav"), "not made again");
    Ran again = bulk();
    assertEquals(0, again.code(), again.err());
    assertTrue(again.err().contains("1 made, 3 were there, 0 bad"), again.err());
    assertArrayEquals(first, Files.readAllBytes(out.resolve("b.wav")));
    assertEquals("not made again", Files.readString(out.resolve("a.wav")));
    Ran other = bulk("--seed", 1);
    assertEquals(3, other.code(), other.err());
    assertEquals(
        "wavebridge: %s: expected a folder begun with 'seed: 1', found 'seed: 0' in its _bulk.txt; choose another folder, or ask for the same"
            .formatted(out),
        other.message());
  }

  @Test
  void badFilesStopNoOther() throws Exception {
    Files.writeString(in.resolve("text.npy"), "no array");
    NpyFile.write(in.resolve("short.npy"), NpyArray.of(new float[MELS], MELS, 1));
    NpyFile.write(in.resolve("deep/other.npy"), NpyArray.of(new float[79 * 5], 79, 5));
    Path bad = folder.resolve("bad.tsv");
    Ran ran = bulk("--bad", bad);
    assertEquals(3, ran.code(), ran.err());
    assertTrue(ran.err().contains("4 made, 0 were there, 3 bad"), ran.err());
    assertTrue(ran.err().contains("3 of 7 files could not be made, see " + bad), ran.err());
    List<String> lines = Files.readAllLines(bad);
    assertEquals(3, lines.size(), lines.toString());
    assertTrue(
        lines.get(0).startsWith("deep/other\t" + in.resolve("deep/other.npy") + ": "),
        lines.toString());
    assertTrue(lines.get(0).endsWith("found [79, 5]"), lines.toString());
    assertTrue(lines.get(1).matches("short\t.*/short.npy: .* at least 2 frames.*"), lines.get(1));
    assertTrue(lines.get(2).startsWith("text\t"), lines.toString());
    assertEquals(5, there().size(), there().toString());
    assertArrayEquals(vocoded("a", 0), Files.readAllBytes(out.resolve("a.wav")));
  }

  @Test
  void whatIsNotItsOwnIsLeftAlone() throws Exception {
    Files.createDirectories(out);
    Path own = Files.writeString(out.resolve("a.wav"), "mine");
    Ran ran = bulk();
    assertEquals(3, ran.code(), ran.err());
    assertTrue(ran.message().contains("expected an empty folder"), ran.err());
    assertEquals("mine", Files.readString(own));
    assertEquals(Set.of("a.wav"), there());
    Ran bad = Ran.of("bulk", in, folder.resolve("new"), bundle, "--bad", in.resolve("a.npy"));
    assertEquals(3, bad.code(), bad.err());
    assertTrue(bad.message().contains("which would be lost"), bad.err());
    assertFalse(Files.exists(folder.resolve("new")));
  }

  @Test
  void aKeyIsOneFile() throws IOException {
    Files.copy(in.resolve("a.npy"), in.resolve("a.npz"));
    Ran ran = bulk();
    assertEquals(3, ran.code(), ran.err());
    assertTrue(ran.message().contains("expected one file for a key"), ran.err());
    assertFalse(Files.exists(out));
  }

  @Test
  void misuse() {
    assertEquals(2, bulk("--rows", 0).code());
    assertEquals(2, bulk("--workers", 0).code());
    assertEquals(2, bulk("--temperature", 0).code());
    assertEquals(2, Ran.of("bulk", in, out).code());
    Ran none = Ran.of("bulk", folder.resolve("nowhere"), out, bundle);
    assertEquals(3, none.code(), none.err());
    assertTrue(none.message().contains("expected a folder of features, found none"), none.err());
  }
}
