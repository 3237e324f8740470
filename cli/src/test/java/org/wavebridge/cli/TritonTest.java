package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.cli.OnnxGraph.Array;
import org.wavebridge.exporter.checkpoint.CheckpointReader;
import org.wavebridge.exporter.triton.TritonRepository;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.quantize.Quantizer;

/**
 * The repository of {@code export --triton} makes the samples of {@code vocode}, run as Triton's
 * ensembles, batchers and ONNX Runtime backend run it by its configurations.
 */
final class TritonTest {
  private static final String ROOT = "/srv/triton";
  private static final long[] SEEDS = {3, -9, 1L << 40};
  private static final float TEMPERATURE = 0.9f;

  /** For models of which none is a plan. */
  private static final Path NOTHING = Path.of("none.onnx");

  @TempDir static Path folder;

  @ParameterizedTest
  @CsvSource({
    "demo, '', 80, int8, true",
    "corentinj/checkpoint_zip.pt, '', 80, f32, true",
    "fatchord_raw/checkpoint_zip.pyt, fatchord_raw/config.json, 80, f32, true",
    "gwang_mulaw/checkpoint_step000001000_zip.pth, gwang_mulaw/config.json, 80, f32, true",
    "mkotha/checkpoint_zip.pyt, '', 80, f32, false",
    "coqui_interp_bits/checkpoint_zip.pth, coqui_interp_bits/config.json, 80, f32, false",
    "small/multiband/checkpoint.safetensors, '', 80, f32, true",
    "small/multiband/checkpoint.safetensors, '', 80, int8, true",
    "lyra, '', 160, int8, true"
  })
  void makesTheSamplesOfTheCommand(
      String checkpoint, String config, int mels, String precision, boolean streams)
      throws Exception {
    Path repository = Files.createTempDirectory(folder, "triton").resolve("models");
    TestVoice voice =
        TestVoice.export(
            folder, checkpoint, config, precision, "--triton", repository, "--triton-root", ROOT);
    String model = precision.equals("f32") ? "voice" : "voice_int8";
    Path mel = TestVoice.features(folder, mels, 12);
    List<short[]> expected = new ArrayList<>();
    for (long seed : SEEDS) {
      expected.add(voice.vocoded(mel, precision, seed, TEMPERATURE));
    }
    whole(repository, model, NOTHING, TestVoice.frames(mel), mels, expected);
    assertEquals(streams, Files.exists(repository.resolve(model + "_stream")));
    if (streams) {
      streams(
          new TritonModel(repository, ROOT, model + "_stream", NOTHING),
          TestVoice.frames(mel),
          mels,
          expected);
    }
  }

  /**
   * A GPU's models: plans are stood in for by the graphs of the bundle, whose bits the plugins make
   * in the tests of module {@code runtime}.
   */
  @ParameterizedTest
  @ValueSource(strings = {"demo", "corentinj/checkpoint_zip.pt", "fatchord_mol/checkpoint_zip.pyt"})
  void aGpuMakesTheSamplesOfTheCommand(String checkpoint) throws Exception {
    VocoderModel model =
        new FamilyOptions().read(CheckpointReader.read(TestVoice.checkpoint(checkpoint))).model();
    VocoderModel quantised = Quantizer.quantise(model);
    TestVoice voice = new TestVoice(Files.createTempDirectory(folder, "gpu").resolve("voice"));
    BundleManifest.Source source = new BundleManifest.Source("checkpoint", "0");
    try (StagedBundle staged =
        StagedBundle.write(model, Optional.of(quantised), false, source, "test", voice.bundle())) {
      staged.publish();
    }
    Path repository = voice.bundle().resolveSibling("models");
    Path plugins = Files.writeString(voice.bundle().resolveSibling("plugins.so"), "plugins");
    List<String> models =
        TritonRepository.write(
            model,
            Optional.of(quantised),
            new TritonRepository.Place(
                "voice",
                OnnxGraph.library(),
                ROOT,
                Optional.of(new TritonRepository.Gpu(plugins, 4, 2.5))),
            repository);
    assertTrue(models.containsAll(List.of("voice_gpu", "voice_int8_gpu_generate")), "" + models);
    assertEquals(
        "plugins", Files.readString(repository.resolve("voice/libwavebridge_tensorrt.so")));
    Path mel = TestVoice.features(folder, model.features().mels(), 12);
    for (String precision : List.of("f32", "int8")) {
      String suffix = precision.equals("f32") ? "" : "-" + precision;
      List<short[]> expected = new ArrayList<>();
      for (long seed : SEEDS) {
        expected.add(voice.vocoded(mel, precision, seed, TEMPERATURE));
      }
      Path plan = voice.bundle().resolve("generate" + suffix + ".onnx");
      String name = precision.equals("f32") ? "voice_gpu" : "voice_int8_gpu";
      float[] frames = TestVoice.frames(mel);
      int mels = model.features().mels();
      whole(repository, name, plan, frames, mels, expected);
      streams(new TritonEnsemble(repository, ROOT, name + "_stream", plan), frames, mels, expected);
    }
  }

  /** The command for a GPU, where this build has the plugins; without them it says so. */
  @Test
  void theCommandWritesModelsForAGpu() throws Exception {
    Path repository = folder.resolve("for-gpu");
    List<Object> export = new ArrayList<>(List.of("export", TestVoice.checkpoint("demo")));
    export.addAll(List.of("-o", Files.createTempDirectory(folder, "bundle").resolve("voice")));
    export.addAll(List.of("--no-verify", "--triton", repository, "--triton-gpu"));
    export.addAll(List.of("--triton-gpu-rows", 2, "--triton-gpu-seconds", 1.5));
    Ran exported = Ran.of(export.toArray());
    if (exported.code() == 4) {
      assertTrue(exported.err().contains("no TensorRT plugins for"), exported.err());
      assertFalse(Files.exists(repository));
      return;
    }
    assertEquals(0, exported.code(), exported.err());
    assertTrue(exported.out().contains("voice_gpu_generate"), exported.out());
    assertTrue(Files.size(repository.resolve("voice/libwavebridge_tensorrt.so")) > 0);
    String script = Files.readString(repository.resolve("voice_gpu_generate/plan.sh"));
    assertTrue(script.contains("--dynamicPlugins=../voice/libwavebridge_tensorrt.so"), script);
    assertTrue(script.contains("up to 2 rows of"), script);
  }

  /** Plugins make no samples of several bands, and no plan is made without a repository. */
  @Test
  void whatNoGpuMakesIsRefused() throws Exception {
    VocoderModel bands =
        new FamilyOptions()
            .read(CheckpointReader.read(GoldenFile.of("small/multiband/checkpoint.safetensors")))
            .model();
    TritonRepository.Gpu gpu = new TritonRepository.Gpu(OnnxGraph.library(), 1, 1);
    TritonRepository.Place place =
        new TritonRepository.Place("voice", OnnxGraph.library(), ROOT, Optional.of(gpu));
    Path repository = folder.resolve("refused");
    String said =
        assertThrows(
                GraphException.class,
                () -> TritonRepository.write(bands, Optional.empty(), place, repository))
            .getMessage();
    assertTrue(said.contains("TensorRT does not know SubBandGruGenerate"), said);
    assertFalse(Files.exists(repository), "nothing is written");
    for (int rows : new int[] {0, 33}) {
      assertThrows(
          InputException.class, () -> new TritonRepository.Gpu(OnnxGraph.library(), rows, 1));
    }
    for (double seconds : new double[] {0, 601, Double.NaN}) {
      assertThrows(
          InputException.class, () -> new TritonRepository.Gpu(OnnxGraph.library(), 1, seconds));
    }
    Ran alone =
        Ran.of("export", TestVoice.checkpoint("demo"), "-o", folder.resolve("a"), "--triton-gpu");
    assertEquals(2, alone.code(), alone.err());
    assertTrue(alone.err().contains("expected --triton DIR too"), alone.err());
  }

  /**
   * Whole utterances: three requests that share the calls of each model of the ensemble.
   *
   * @param plan the graph that ONNX Runtime runs in place of a plan
   */
  private static void whole(
      Path repository, String name, Path plan, float[] frames, int mels, List<short[]> expected)
      throws IOException, OrtException {
    List<Map<String, Array>> requests = new ArrayList<>();
    for (long seed : SEEDS) {
      requests.add(
          Map.of(
              "features",
              Array.of(TestVoice.byMel(frames, mels), 1, mels, frames.length / mels),
              "seed",
              Array.of(new long[] {seed}, 1, 1),
              "temperature",
              Array.of(new float[] {TEMPERATURE}, 1, 1)));
    }
    try (TritonEnsemble ensemble = new TritonEnsemble(repository, ROOT, name, plan)) {
      List<Map<String, Array>> made = ensemble.run(requests);
      for (int i = 0; i < SEEDS.length; i++) {
        assertTrue(expected.get(i).length > 0);
        assertArrayEquals(expected.get(i), made.get(i).get("pcm").shorts(), "utterance " + i);
      }
    }
  }

  /** A client of one stream, which cuts its frames as the page says. */
  private static final class Client {
    private final long sequence;
    private final TritonStreams model;
    private final float[] padded;
    private final int mels;
    private final int context;
    private final int end;
    private final int samples;
    private final int late;
    private int at;
    private short[] all = {};

    Client(long sequence, TritonStreams model, float[] frames, int mels) {
      this.sequence = sequence;
      this.model = model;
      this.mels = mels;
      this.context = Integer.parseInt(model.parameter("context_frames"));
      this.at = Integer.parseInt(model.parameter("lead_frames"));
      int hop = Integer.parseInt(model.parameter("samples_per_frame"));
      int last = frames.length / mels - Integer.parseInt(model.parameter("tail_frames"));
      this.late = Integer.parseInt(model.parameter("late_samples"));
      this.samples = (last - at) * hop;
      int beyond = (late + hop - 1) / hop;
      this.end = last + beyond;
      float[] first = Arrays.copyOf(frames, mels);
      float[] after = Arrays.copyOfRange(frames, frames.length - mels, frames.length);
      if (!model.parameter("padding").equals("edge")) {
        Arrays.fill(first, Float.parseFloat(model.parameter("padding")));
        Arrays.fill(after, Float.parseFloat(model.parameter("padding")));
      }
      float[] around = frames;
      for (int i = 0; i < context; i++) {
        around = TestVoice.joined(first, around);
      }
      for (int i = 0; i < context + beyond; i++) {
        around = TestVoice.joined(around, after);
      }
      this.padded = around;
    }

    /** What a listener hears: without what comes before the utterance, and after it. */
    short[] heard() {
      return Arrays.copyOfRange(all, late, late + samples);
    }

    boolean done() {
      return at == end;
    }

    /** The request for some more frames. */
    TritonModel.Next next(int frames) {
      int count = Math.min(frames, end - at);
      Map<String, Array> inputs = new HashMap<>();
      float[] window = Arrays.copyOfRange(padded, at * mels, (at + count + 2 * context) * mels);
      inputs.put("features", Array.of(window, 1, count + 2 * context, mels));
      inputs.put("seed", Array.of(new long[] {SEEDS[(int) sequence]}, 1, 1));
      inputs.put("temperature", Array.of(new float[] {TEMPERATURE}, 1, 1));
      inputs.put("samples", Array.of(new long[] {samples}, 1, 1));
      boolean start = at == Integer.parseInt(model.parameter("lead_frames"));
      at += count;
      return new TritonModel.Next(sequence, start, done(), inputs);
    }
  }

  /** Three streams that begin one after the other and share calls. */
  private static void streams(
      TritonStreams opened, float[] frames, int mels, List<short[]> expected)
      throws IOException, OrtException {
    try (TritonStreams model = opened) {
      List<Client> clients = new ArrayList<>();
      for (int call = 0;
          call < SEEDS.length || clients.stream().anyMatch(each -> !each.done());
          call++) {
        if (call < SEEDS.length) {
          clients.add(new Client(call, model, frames, mels));
        }
        List<Client> active = clients.stream().filter(each -> !each.done()).toList();
        // The last frames of one stream may be fewer than the others ask for: a call of its own.
        int least = active.stream().mapToInt(each -> each.end - each.at).min().orElse(0);
        int count = Math.min(least, call % 2 + 1);
        List<TritonModel.Next> requests = active.stream().map(each -> each.next(count)).toList();
        List<Map<String, Array>> responses = model.runSequences(requests);
        for (int i = 0; i < active.size(); i++) {
          Client client = active.get(i);
          client.all = TestVoice.joined(client.all, responses.get(i).get("pcm").shorts());
        }
      }
      for (int i = 0; i < SEEDS.length; i++) {
        assertArrayEquals(expected.get(i), clients.get(i).heard(), "stream " + i);
      }
    }
  }

  /** The command of the page, and the files that it lists. */
  @Test
  void thePageTellsTheFiles() throws Exception {
    Path here = Files.createDirectory(folder.resolve("page"));
    Files.copy(TestVoice.checkpoint("demo"), here.resolve("voice.pt"));
    List<String> lines =
        Files.readAllLines(Path.of("..", "docs", "stacks", "triton.md")).stream()
            .filter(line -> line.startsWith("    "))
            .map(String::strip)
            .toList();
    String command =
        lines.stream()
            .filter(line -> line.startsWith("wavebridge export"))
            .findFirst()
            .orElseThrow();
    List<Object> arguments = new ArrayList<>();
    for (String word : command.replace("wavebridge ", "").split(" ")) {
      boolean file = List.of("voice.pt", "voice", "models").contains(word);
      arguments.add(file ? here.resolve(word) : word);
    }
    Ran exported = Ran.of(arguments.toArray());
    assertEquals(0, exported.code(), exported.err());
    List<String> listed =
        lines.stream()
            .filter(line -> line.startsWith("models/"))
            .map(line -> line.split(" ")[0])
            .sorted()
            .toList();
    try (Stream<Path> files = Files.walk(here.resolve("models"))) {
      List<String> found =
          files
              .filter(Files::isRegularFile)
              .map(file -> here.relativize(file).toString())
              .sorted()
              .toList();
      assertEquals(listed, found);
    }
    assertTrue(
        exported
            .out()
            .contains(
                "Triton models: voice, voice_conditioner, voice_decode, voice_generate, voice_stream"),
        exported.out());
  }

  /** An earlier repository is replaced; whatever else is in the folder is not. */
  @Test
  void replacesOnlyItsOwn() throws Exception {
    Path repository = folder.resolve("own");
    for (int i = 0; i < 2; i++) {
      TestVoice.export(folder, "demo", "", "f32", "--triton", repository);
      assertTrue(
          Files.readString(repository.resolve("voice_generate/config.pbtxt"))
              .contains("\"/models/voice/libwavebridge_ops.so\""));
    }
    Path stranger = Files.writeString(repository.resolve("notes.txt"), "mine");
    Path bundle = folder.resolve("voice");
    Ran refused =
        Ran.of(
            "export",
            TestVoice.checkpoint("demo"),
            "-o",
            bundle,
            "--no-verify",
            "--triton",
            repository);
    assertEquals(3, refused.code(), refused.err());
    assertTrue(
        refused
            .err()
            .contains(
                "expected an empty folder or an earlier repository of 'voice', found 'notes.txt' in it"),
        refused.err());
    assertTrue(Files.exists(stranger));
    assertFalse(Files.exists(bundle), "nothing is written");
  }

  @Test
  void aNameThatTritonDoesNotTakeIsRefused() {
    Ran refused =
        Ran.of(
            "export",
            TestVoice.checkpoint("demo"),
            "-o",
            folder.resolve("my voice"),
            "--no-verify",
            "--triton",
            folder.resolve("t"));
    assertEquals(3, refused.code(), refused.err());
    assertTrue(refused.err().contains("expected a plain name of letters"), refused.err());
    Ran root =
        Ran.of(
            "export",
            TestVoice.checkpoint("demo"),
            "-o",
            folder.resolve("v"),
            "--no-verify",
            "--triton",
            folder.resolve("t"),
            "--triton-root",
            "models");
    assertEquals(3, root.code(), root.err());
    assertTrue(root.err().contains("expected an absolute path of plain characters"), root.err());
  }
}
