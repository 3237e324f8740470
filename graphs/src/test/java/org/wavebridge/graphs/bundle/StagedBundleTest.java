package org.wavebridge.graphs.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.bundle.BundleManifest.BandPart;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.CosineModulatedBank;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.random.RandomModels;

/** Bundles appear whole or not at all, as folder or zip, and are read back as they were written. */
final class StagedBundleTest {
  private static final VocoderModel MODEL =
      RandomModels.dualSoftmax(1, 16, 4, 3, 0.5, new BlockShape(8, 1));
  private static final VocoderModel SUBSCALE =
      RandomModels.subscale(
          2, MODEL, 4, 3, 2, false, List.of(new RandomModels.ContextShape(5, 3, 2, true)));
  private static final BundleManifest.Source SOURCE = new BundleManifest.Source("voice.pt", "00ff");

  @TempDir Path folder;

  @Test
  void folderAndZipHoldTheSame() throws IOException {
    Path plain = publish(folder.resolve("voice"));
    Path zip = publish(folder.resolve("voice.zip"));
    assertTrue(Bundle.isBundle(plain) && Bundle.isBundle(zip));
    Bundle one = Bundle.open(plain);
    Bundle two = Bundle.open(zip);
    assertEquals(one.manifest(), two.manifest());
    assertEquals(
        List.of(GraphKind.CONDITIONER, GraphKind.STEP, GraphKind.GENERATE, GraphKind.SCORE),
        one.manifest().graphs().stream().map(BundleManifest.GraphFile::kind).toList());
    assertArrayEquals(one.graph(GraphKind.GENERATE, "f32"), two.graph(GraphKind.GENERATE, "f32"));
    assertEquals(2, list().size(), "nothing else is left: " + list());
  }

  @Test
  void graphsThatStandAloneAreReadAndChecked() throws IOException {
    Path target = folder.resolve("voice");
    try (StagedBundle staged =
        StagedBundle.write(MODEL, Optional.empty(), true, SOURCE, "test", target)) {
      staged.publish();
    }
    Path description = target.resolve(BundleManifest.FILE);
    String json = Files.readString(description);
    List<GraphKind> kinds =
        List.of(GraphKind.SEEDED_GENERATE, GraphKind.DECODE, GraphKind.STREAM_CONDITIONER);
    try (Bundle bundle = Bundle.open(target)) {
      for (GraphKind kind : kinds) {
        assertTrue(bundle.graph(kind, "f32").length > 0);
      }
      BundleManifest.StreamPart stream = bundle.manifest().stream().orElseThrow();
      assertEquals(bundle.manifest().contextFrames(), stream.leadFrames());
    }
    Files.writeString(description, json.replace("\"tailFrames\" : ", "\"tailFrames\" : 1"));
    try (Bundle bundle = Bundle.open(target)) {
      BundleException refused =
          assertThrows(BundleException.class, () -> bundle.graph(GraphKind.DECODE, "f32"));
      assertTrue(
          refused.getMessage().contains("stream of bundle.json: the graphs have"),
          refused.getMessage());
    }
    for (String other :
        List.of(
            json.replace("\"leadFrames\" : ", "\"leadFrames\" : -"),
            json.replace("\"state\" : [ ", "\"state\" : [ null, "),
            json.replace("\"state\" : [ ", "\"state\" : [ {\"count\":0,\"value\":1}, "),
            json.replace("\"state\" : [ ", "\"state\" : [ {\"count\":4194304,\"value\":1}, "))) {
      assertFalse(other.equals(json));
      Files.writeString(description, other);
      BundleException refused = assertThrows(BundleException.class, () -> Bundle.open(target));
      assertTrue(refused.getMessage().contains("stream."), refused.getMessage());
    }
  }

  @Test
  void anUtteranceThatIsNotPlainNeedsTheNewerFormat() throws IOException {
    Utterance utterance =
        Utterance.PLAIN
            .withFrames(2, 0)
            .with(Utterance.Crossfade.RELEASE)
            .joiningValues()
            .withoutShortFade();
    VocoderModel other =
        new VocoderModel(
            MODEL.family(),
            MODEL.audio(),
            MODEL.features(),
            MODEL.conditioner(),
            MODEL.network(),
            MODEL.subscale(),
            utterance);
    for (VocoderModel model : List.of(MODEL, other)) {
      Path target = folder.resolve("voice");
      try (StagedBundle staged = StagedBundle.write(model, SOURCE, "test", target)) {
        staged.publish();
      }
      BundleManifest manifest = Bundle.open(target).manifest();
      assertEquals(model.utterance(), manifest.utterance());
      assertEquals(BundleManifest.FORMAT_VERSION, manifest.formatVersion());
      String json = Files.readString(target.resolve(BundleManifest.FILE));
      assertEquals(!model.equals(MODEL), json.contains("leadFrames"));
    }
  }

  @Test
  void nothingIsThereUntilPublished() throws IOException {
    Path target = folder.resolve("voice");
    try (StagedBundle staged = StagedBundle.write(MODEL, SOURCE, "test", target)) {
      assertFalse(Files.exists(target));
      assertEquals("00ff", Bundle.open(staged.directory()).manifest().source().sha256());
    }
    assertEquals(List.of(), list());
  }

  @Test
  void damagedDescriptionsAreOneClearError() throws IOException {
    Path target = publish(folder.resolve("voice"));
    Path manifest = target.resolve(BundleManifest.FILE);
    String json = Files.readString(manifest);
    for (int length = 0; length < json.length() - 2; length += 7) {
      Files.writeString(manifest, json.substring(0, length));
      BundleException refused = assertThrows(BundleException.class, () -> Bundle.open(target));
      assertTrue(refused.getMessage().contains(BundleManifest.FILE), refused.getMessage());
    }
    Files.writeString(folder.resolve("noise.zip"), "this is no zip");
    assertThrows(BundleException.class, () -> Bundle.open(folder.resolve("noise.zip")));
  }

  @Test
  void subscaleGenerationIsDescribed() throws IOException {
    Path target = publish(folder.resolve("voice"), SUBSCALE);
    BundleManifest manifest = Bundle.open(target).manifest();
    assertEquals(
        Optional.of(new BundleManifest.SubscalePart(4, 3, 2, false, 4, 4, 5)), manifest.subscale());
    assertEquals(
        List.of("conditioner", "subscale", "context", "subscale_generate", "score"),
        manifest.graphs().stream().map(graph -> graph.kind().label()).toList());
    VocoderModel independent = MODEL.with(new Subscale(2, 1, 1, Optional.empty()));
    assertEquals(
        Optional.of(new BundleManifest.SubscalePart(2, 1, 1, false, 64, 0, 0)),
        Bundle.open(publish(folder.resolve("other"), independent)).manifest().subscale());
  }

  @Test
  void modelsWithoutSubscaleDescribeNone() throws IOException {
    Path target = publish(folder.resolve("voice"));
    assertFalse(Files.readString(target.resolve(BundleManifest.FILE)).contains("subscale"));
    assertEquals(Optional.empty(), Bundle.open(target).manifest().subscale());
  }

  /** How bands are merged, and a conditioner that needs no frames after its own. */
  @Test
  void severalBands() throws IOException {
    VocoderModel model =
        RandomModels.multiBand(3, 32, 6, RandomModels.tree(2), 5, 3, 0.5, new BlockShape(4, 4));
    Path target = publish(folder.resolve("bands"), model);
    BundleManifest manifest = Bundle.open(target).manifest();
    assertEquals(4, manifest.bands().orElseThrow().count());
    assertEquals(5, manifest.contextFrames());
    assertEquals(0, manifest.futureFrames());
    assertEquals(List.of(0f, 0f, 0f, 0f), manifest.network().initialPrevious());
    Path file = target.resolve(BundleManifest.FILE);
    String json = Files.readString(file);
    String[][] damages = {
      {"\"count\" : 4", "\"count\" : 128", "bands.count: expected 2 to 64, found 128"},
      {"\"count\" : 4", "\"count\" : 6", "bands.count beyond a power of two: expected 0, found 2"},
      {"\"count\" : 4", "\"count\" : 2", "values in network.initialPrevious: expected 2, found 4"},
      {
        "\"hop\" : 40", "\"hop\" : 41", "samples of a frame beyond whole steps: expected 0, found 1"
      },
      {"\"band-mixtures\"", "\"categorical\"", "network.draws: expected 1, found 2"},
    };
    for (String[] damage : damages) {
      assertTrue(json.contains(damage[0]), json);
      assertRefused(target, json.replace(damage[0], damage[1]), damage[2]);
    }
    String without = json.replaceAll("(?s)\"bands\" : \\{.*?\\},", "");
    assertRefused(target, without, "bands: expected how bands are merged, found none");
  }

  @Test
  void aFilterBankOfSeveralBands() throws IOException {
    CosineModulatedBank bank = new CosineModulatedBank(3, new float[] {0.1f, 0.4f, 0.4f, 0.1f});
    VocoderModel model = RandomModels.multiBand(4, 16, 6, bank, 2, 3, 1, new BlockShape(1, 1));
    Path target = publish(folder.resolve("bank"), model);
    BandPart bands = Bundle.open(target).manifest().bands().orElseThrow();
    assertEquals(List.of(0.1f, 0.4f, 0.4f, 0.1f), bands.prototype());
    assertEquals(3, bands.synthesis().bands());
    String json = Files.readString(target.resolve(BundleManifest.FILE));
    String taps = "[ 0.1, 0.4, 0.4, 0.1 ]";
    assertTrue(json.contains(taps), json);
    assertRefused(
        target,
        json.replace(taps, "[ 0.1, 0.4 ]"),
        "values in bands.prototype: expected 4 to 8192, found 2");
    assertRefused(
        target,
        json.replace(taps, "[ 0.1, 0.4, 1e99, 0.1 ]"),
        "bands.prototype: expected a finite number, found Infinity");
    assertRefused(
        target,
        json.replace(taps, "[ ]"),
        "bands.count beyond a power of two: expected 0, found 1");
  }

  private static void assertRefused(Path bundle, String json, String message) throws IOException {
    Files.writeString(bundle.resolve(BundleManifest.FILE), json);
    BundleException refused = assertThrows(BundleException.class, () -> Bundle.open(bundle));
    assertTrue(String.valueOf(refused.getMessage()).contains(message), refused.getMessage());
  }

  @Test
  void newerVersionsAreNamed() throws IOException {
    Path target = publish(folder.resolve("voice"), SUBSCALE);
    Path manifest = target.resolve(BundleManifest.FILE);
    String json = Files.readString(manifest);
    Files.writeString(manifest, json.replace("\"formatVersion\" : 1", "\"formatVersion\" : 4"));
    BundleException refused = assertThrows(BundleException.class, () -> Bundle.open(target));
    assertEquals(
        manifest
            + ": format version 4 is newer than this reader (reads up to 1); upgrade wavebridge, or export the checkpoint again with this version",
        refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"factor\" : 4 | \"factor\" : 5 | subscale.factor: expected 1 to 4, found 5",
        "\"horizon\" : 3 | \"horizon\" : -1 | subscale.horizon: expected 0 to 1048576, found -1",
        "\"chunk\" : 2 | \"chunk\" : 0 | subscale.chunk: expected 1 to 1048576, found 0",
        "\"ownPast\" : false | \"ownPast\" : true | subscale.chunk: expected 1, found 2",
        "\"trainedFactor\" : 4 | \"trainedFactor\" : 0 | subscale.trainedFactor: expected 1 to",
        "\"reach\" : 4 | \"reach\" : -4 | subscale.reach: expected 0 to 1048576, found -4",
        "\"contextSize\" : 5 | \"contextSize\" : -5 | subscale.contextSize: expected 0 to",
      })
  void foldingsOutOfBoundsAreNamed(String sound, String other, String message) throws IOException {
    valuesOutOfBoundsAreNamed(publish(folder.resolve("voice"), SUBSCALE), sound, other, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"hop\" : 3 | \"hop\" : 0 | features.hop: expected 1 to 65536, found 0",
        "\"mels\" : 4 | \"mels\" : -4 | features.mels: expected 1 to 1048576, found -4",
        "\"draws\" : 2 | \"draws\" : 1 | network.draws: expected 2, found 1",
        "\"sampleRate\" : 24000 | \"sampleRate\" : 0 | audio.sampleRate: expected 1 to",
        "\"fadeOutFrames\" : 0 | \"fadeOutFrames\" : -1 | audio.fadeOutFrames: expected 0 to",
        "\"stateSize\" : 16 | \"stateSize\" : 2147483647 | network.stateSize: expected 1 to",
        "-1.0 ] | null ] | network.initialPrevious: expected a finite number, found NaN",
        "generate.onnx | ../generate.onnx | graphs: expected a plain name, found '../generate.onnx'",
        "\"name\" : \"conditioning\" | \"name\" : \"\" | conditioning: expected a plain name",
        "\"size\" : 4 | \"size\" : -1 | conditioning.size: expected 0 to 1048576, found -1",
      })
  void valuesOutOfBoundsAreNamed(String sound, String other, String message) throws IOException {
    valuesOutOfBoundsAreNamed(publish(folder.resolve("voice")), sound, other, message);
  }

  private static void valuesOutOfBoundsAreNamed(
      Path target, String sound, String other, String message) throws IOException {
    Path manifest = target.resolve(BundleManifest.FILE);
    String json = Files.readString(manifest);
    assertTrue(json.contains(sound), json);
    Files.writeString(manifest, json.replace(sound, other));
    BundleException refused = assertThrows(BundleException.class, () -> Bundle.open(target));
    assertTrue(refused.getMessage().startsWith(manifest + ": " + message), refused.getMessage());
  }

  private Path publish(Path target) {
    return publish(target, MODEL);
  }

  private static Path publish(Path target, VocoderModel model) {
    try (StagedBundle staged = StagedBundle.write(model, SOURCE, "test", target)) {
      return staged.publish();
    }
  }

  private List<Path> list() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    }
  }
}
