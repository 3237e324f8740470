package org.wavebridge.graphs.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.build.GraphKind;
import org.wavebridge.graphs.files.Limits;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.RandomModels;
import org.wavebridge.graphs.model.VocoderModel;

/**
 * A bundle that takes the place of another takes only that, and at no moment is there none; what is
 * no bundle's stays.
 */
final class BundleReplacementTest {
  private static final List<VocoderModel> MODELS =
      List.of(
          RandomModels.dualSoftmax(1, 16, 4, 3, 0.5, new BlockShape(8, 1)),
          RandomModels.dualSoftmax(2, 16, 4, 3, 0.5, new BlockShape(8, 1)));
  private static final BundleManifest.Source SOURCE = new BundleManifest.Source("voice.pt", "00ff");

  /** Signals end a program also where a shell that runs this in the background ignores them. */
  private static final String AS_USUAL = "--default-signal=INT,TERM";

  @TempDir Path folder;

  @Test
  void whatIsNoBundlesIsNamedAndStays() throws IOException {
    Path target = publish(folder.resolve("voice"), 0);
    Files.writeString(target.resolve("voice.pt"), "weights");
    Files.writeString(target.resolve("README.md"), "words");
    Files.createDirectory(target.resolve("generate.onnx.d"));
    List<String> before = names(target);
    refused(
        target,
        "expected a bundle and nothing else, found README.md, generate.onnx.d, voice.pt beside it;");
    assertEquals(before, names(target));
    assertEquals("weights", Files.readString(target.resolve("voice.pt")));

    Path photos = Files.createDirectory(folder.resolve("photos"));
    Files.writeString(photos.resolve("a.jpg"), "x");
    refused(photos, "exists and is no bundle");
    Files.move(photos.resolve("a.jpg"), photos.resolve("generate.onnx"));
    refused(photos, "exists and is no bundle");
    Files.writeString(photos.resolve("bundle.json"), "{\"name\": \"of another program\"}");
    refused(photos, "exists and is no bundle");
    assertEquals(List.of("bundle.json", "generate.onnx"), names(photos));
    assertEquals(List.of("photos", "voice"), names(folder));
  }

  /** A description is not believed that names what can be no graph. */
  @Test
  void aDescriptionCannotGiveFilesAway() throws IOException {
    Path target = publish(folder.resolve("voice"), 0);
    Path json = target.resolve(BundleManifest.FILE);
    Files.writeString(json, Files.readString(json).replace("\"step.onnx\"", "\"voice.pt\""));
    Files.writeString(target.resolve("voice.pt"), "weights");
    refused(target, "expected a bundle and nothing else, found voice.pt beside it");
    assertEquals("weights", Files.readString(target.resolve("voice.pt")));
  }

  @Test
  void strangersInAZipStay() throws IOException {
    Path zip = publish(folder.resolve("voice.zip"), 0);
    publish(zip, 1);
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (String name : List.of("bundle.json", "step.onnx", "voice.pt")) {
        out.putNextEntry(new ZipEntry(name));
        out.write("{}".getBytes(StandardCharsets.UTF_8));
      }
    }
    byte[] before = Files.readAllBytes(zip);
    refused(zip, "expected a bundle and nothing else, found voice.pt beside it");
    assertArrayEquals(before, Files.readAllBytes(zip));
    assertEquals(List.of("voice.zip"), names(folder));
  }

  @Test
  void linksStay() throws IOException {
    for (String suffix : List.of("", ".zip")) {
      Path first = publish(folder.resolve("v1" + suffix), 0);
      Path link = Files.createSymbolicLink(folder.resolve("current" + suffix), first);
      publish(link, 1);
      assertTrue(Files.isSymbolicLink(link));
      assertHolds(first, 1);
      Path dangling =
          Files.createSymbolicLink(folder.resolve("next" + suffix), Path.of("v2" + suffix));
      publish(dangling, 0);
      assertTrue(Files.isSymbolicLink(dangling));
      assertHolds(folder.resolve("v2" + suffix), 0);
    }
    assertEquals(8, names(folder).size(), names(folder).toString());
  }

  @Test
  void graphsThatDifferGetOtherNamesAndEqualOnesStay() throws IOException {
    Path target = publish(folder.resolve("voice"), 0);
    List<String> plain = names(target);
    assertTrue(plain.contains("generate.onnx"), plain.toString());
    publish(target, 0);
    assertEquals(plain, names(target));
    publish(target, 1);
    assertHolds(target, 1);
    assertTrue(
        names(target).stream().anyMatch(name -> name.matches("generate-[0-9a-f]{8}\\.onnx")),
        names(target).toString());
    assertEquals(plain.size(), names(target).size());
    publish(target, 0);
    assertEquals(plain, names(target));
  }

  @Test
  void anEmptyFolderIsFilled() throws IOException {
    Path target = Files.createDirectory(folder.resolve("voice"));
    publish(target, 0);
    assertHolds(target, 0);
    assertFalse(names(target).stream().anyMatch(name -> name.startsWith(".")));
  }

  @Test
  void whatAKilledWriterLeftIsCleared() throws IOException {
    Path target = publish(folder.resolve("voice"), 0);
    Files.writeString(target.resolve("generate-0123abcd.onnx"), "half");
    Files.writeString(target.resolve(".bundle.lock"), "");
    Path partial = Files.createDirectory(target.resolve(".voice.partial-" + UUID.randomUUID()));
    Files.writeString(partial.resolve(".lock"), "");
    Files.writeString(partial.resolve("step.onnx"), "half");
    Path old =
        Files.createDirectory(folder.resolve(".voice.partial-" + UUID.randomUUID() + "-old"));
    Files.writeString(old.resolve("bundle.json"), "{}");
    publish(target, 1);
    assertHolds(target, 1);
    assertEquals(List.of("voice"), names(folder));
    assertFalse(names(target).stream().anyMatch(name -> name.startsWith(".")));
    assertEquals(5, names(target).size(), names(target).toString());
    Files.writeString(target.resolve(BundleManifest.FILE), "");
    publish(target, 0);
    assertHolds(target, 0);
    assertEquals(5, names(target).size(), names(target).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"voice", "voice.zip"})
  @SuppressWarnings("try")
  void whatIsOpenStaysAsItWas(String name) throws IOException {
    Path target = publish(folder.resolve(name), 0);
    try (Bundle before = Bundle.open(target);
        Bundle plain = Bundle.open(publish(folder.resolve("other"), 0))) {
      publish(target, 1);
      for (GraphKind kind : List.of(GraphKind.STEP, GraphKind.GENERATE, GraphKind.SCORE)) {
        assertArrayEquals(plain.graph(kind, "f32"), before.graph(kind, "f32"));
      }
      Thread.currentThread().interrupt();
      before.graph(GraphKind.STEP, "f32");
      assertTrue(Thread.interrupted());
      before.graph(GraphKind.STEP, "f32");
      before.close();
      assertThrows(IllegalStateException.class, () -> before.graph(GraphKind.STEP, "f32"));
    }
    assertHolds(target, 1);
  }

  @Test
  void linksOutOfABundleAreRefused() throws IOException {
    Path target = publish(folder.resolve("voice"), 0);
    for (String name : List.of("step.onnx", BundleManifest.FILE)) {
      Path outside = Files.move(target.resolve(name), folder.resolve(name));
      Files.createSymbolicLink(target.resolve(name), outside);
      BundleException refused = assertThrows(BundleException.class, () -> Bundle.open(target));
      assertTrue(
          String.valueOf(refused.getMessage()).contains(name + " is a symbolic link"),
          refused.getMessage());
      Files.delete(target.resolve(name));
      Files.move(outside, target.resolve(name));
    }
    Path link = Files.createSymbolicLink(folder.resolve("link"), target);
    Bundle.open(link).close();
  }

  @Test
  void aZipCannotUnpackToMuchMoreThanItsSize() throws IOException {
    Path target = publish(folder.resolve("voice"), 0);
    Path zip = folder.resolve("bomb.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(new ZipEntry(BundleManifest.FILE));
      Files.copy(target.resolve(BundleManifest.FILE), out);
      byte[] zeros = new byte[1 << 20];
      out.putNextEntry(new ZipEntry("step.onnx"));
      for (int i = 0; i < 100; i++) {
        out.write(zeros);
      }
    }
    refusedToOpen(zip, "step.onnx claims 104857600 bytes, more than such a zip may unpack to");
  }

  @Test
  void theLimitOfAllGraphsTogether() throws IOException {
    Path target = publish(folder.resolve("voice"), 0);
    Path zip = publish(folder.resolve("voice.zip"), 0);
    System.setProperty(Limits.PROPERTY, "100000");
    try {
      refusedToOpen(target, "expected graphs of at most 100000 bytes together (-Dwavebridge");
      refusedToOpen(zip, "-Dwavebridge.maximum.bytes");
      System.setProperty(Limits.PROPERTY, "many");
      assertThrows(RuntimeException.class, () -> Bundle.open(target));
    } finally {
      System.clearProperty(Limits.PROPERTY);
    }
    Bundle.open(target).close();
  }

  @Test
  void noOpenFailsWhileTwoWrite() throws Exception {
    noOpenFails(300);
  }

  @Test
  @Tag("slow")
  void noOpenOfThousandsFailsWhileTwoWrite() throws Exception {
    noOpenFails(3000);
  }

  private void noOpenFails(int opens) throws Exception {
    Path target = publish(folder.resolve("voice"), 0);
    AtomicBoolean done = new AtomicBoolean();
    List<Process> writers = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    try {
      writers.add(fork(Writer.class, target));
      for (int i = 0; i < 2; i++) {
        Thread thread = new Thread(() -> write(target, done, failures));
        thread.start();
        threads.add(thread);
      }
      for (int i = 0; i < opens; i++) {
        try (Bundle bundle = Bundle.open(target)) {
          for (BundleManifest.GraphFile graph : bundle.manifest().graphs()) {
            bundle.graph(graph.kind(), graph.precision());
          }
        }
      }
      assertTrue(writers.get(0).isAlive());
    } finally {
      done.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
      writers.forEach(Process::destroyForcibly);
    }
    writers.get(0).waitFor();
    assertEquals(List.of(), failures);
    publish(target, 0);
    assertEquals(List.of("voice"), names(folder));
    assertEquals(5, names(target).size(), names(target).toString());
  }

  private static void write(Path target, AtomicBoolean done, List<Throwable> failures) {
    try {
      for (int i = 0; !done.get(); i++) {
        publish(target, i % 2);
      }
    } catch (RuntimeException e) {
      synchronized (failures) {
        failures.add(e);
      }
    }
  }

  /** Replaces a bundle again and again until it is killed. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) {
      for (int i = 0; ; i++) {
        publish(Path.of(arguments[0]), i % 2);
      }
    }
  }

  /** At whatever moment a writer is killed: the next reader finds a whole bundle. */
  @Test
  void aKilledWriterLeavesAWholeBundle() throws Exception {
    killed(6);
  }

  @Test
  @Tag("slow")
  void manyKilledWritersLeaveAWholeBundle() throws Exception {
    killed(200);
  }

  private void killed(int times) throws Exception {
    Path target = publish(folder.resolve("voice"), 0);
    for (int i = 0; i < times; i++) {
      Process writer = fork(Writer.class, target);
      writer.waitFor(900 + 37 * (i % 20), TimeUnit.MILLISECONDS);
      writer.destroyForcibly().waitFor();
      try (Bundle bundle = Bundle.open(target)) {
        for (BundleManifest.GraphFile graph : bundle.manifest().graphs()) {
          bundle.graph(graph.kind(), graph.precision());
        }
      }
    }
    publish(target, 1);
    assertHolds(target, 1);
    assertEquals(List.of("voice"), names(folder));
    assertEquals(5, names(target).size(), names(target).toString());
  }

  /** A signal ends a writer in the middle: nothing of what it had begun stays. */
  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void signalsLeaveNothing(String signal) throws Exception {
    signalled(signal, 3);
  }

  @ParameterizedTest
  @Tag("slow")
  @ValueSource(strings = {"TERM", "INT"})
  void manySignalsLeaveNothing(String signal) throws Exception {
    signalled(signal, 100);
  }

  private void signalled(String signal, int times) throws Exception {
    assumeTrue(
        new ProcessBuilder("env", AS_USUAL, "true").start().waitFor() == 0,
        "env cannot reset signals here");
    for (int i = 0; i < times; i++) {
      Path target = folder.resolve("voice" + i);
      Process writer = fork(Stager.class, target, "env", AS_USUAL);
      assertEquals('b', writer.getInputStream().read());
      Thread.sleep(13L * (i % 10));
      new ProcessBuilder("kill", "-" + signal, "" + writer.pid()).start().waitFor();
      boolean ended = writer.waitFor(60, TimeUnit.SECONDS);
      writer.destroyForcibly();
      assertTrue(ended, "the writer ends at SIG" + signal);
      assertEquals(List.of(), names(folder));
    }
  }

  /** Writes bundles beside their place, by two threads, until it is ended. */
  static final class Stager {
    private Stager() {}

    public static void main(String[] arguments) throws InterruptedException {
      VocoderModel large = RandomModels.dualSoftmax(3, 256, 64, 3, 1, new BlockShape(8, 1));
      List<Thread> threads = new ArrayList<>();
      for (String suffix : List.of("", ".zip")) {
        Path target = Path.of(arguments[0] + suffix);
        Thread thread =
            new Thread(
                () -> {
                  while (true) {
                    try (StagedBundle staged = StagedBundle.write(large, SOURCE, "test", target)) {
                      try (Stream<Path> files = Files.list(staged.directory())) {
                        assertTrue(files.findAny().isPresent());
                      }
                    } catch (IOException | BundleException e) {
                      return;
                    }
                  }
                });
        thread.start();
        threads.add(thread);
      }
      System.out.print('b');
      System.out.flush();
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  /** A program in a process of its own, started by another command if there is one. */
  private static Process fork(Class<?> program, Path target, String... by) throws IOException {
    List<String> command = new ArrayList<>(List.of(by));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", program.getName(), target.toString()));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static void assertHolds(Path target, int model) throws IOException {
    try (Bundle found = Bundle.open(target);
        StagedBundle staged =
            StagedBundle.write(
                MODELS.get(model), SOURCE, "test", target.resolveSibling("expected"));
        Bundle expected = Bundle.open(staged.directory())) {
      assertArrayEquals(
          expected.graph(GraphKind.GENERATE, "f32"), found.graph(GraphKind.GENERATE, "f32"));
    }
  }

  private void refused(Path target, String message) {
    BundleException refused = assertThrows(BundleException.class, () -> publish(target, 1));
    assertTrue(
        String.valueOf(refused.getMessage()).startsWith(target + ": " + message),
        refused.getMessage());
  }

  private static void refusedToOpen(Path target, String message) {
    BundleException refused = assertThrows(BundleException.class, () -> Bundle.open(target));
    assertTrue(String.valueOf(refused.getMessage()).contains(message), refused.getMessage());
  }

  private static Path publish(Path target, int model) {
    try (StagedBundle staged = StagedBundle.write(MODELS.get(model), SOURCE, "test", target)) {
      return staged.publish();
    }
  }

  private static List<String> names(Path place) throws IOException {
    try (Stream<Path> entries = Files.list(place)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
