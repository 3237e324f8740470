package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import com.google.protobuf.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wavebridge.cli.OnnxGraph.Array;

/**
 * The repository of {@code export --triton} makes the samples of {@code vocode}, run as Triton's
 * ensembles, batchers and ONNX Runtime backend run it by its configurations.
 */
final class TritonTest {
  private static final String ROOT = "/srv/triton";
  private static final long[] SEEDS = {3, -9, 1L << 40};
  private static final float TEMPERATURE = 0.9f;

  @TempDir static Path folder;

  @ParameterizedTest
  @CsvSource({
    "demo, '', 80, int8, true",
    "corentinj/checkpoint_zip.pt, '', 80, f32, true",
    "fatchord_raw/checkpoint_zip.pyt, fatchord_raw/config.json, 80, f32, true",
    "gwang_mulaw/checkpoint_step000001000_zip.pth, gwang_mulaw/config.json, 80, f32, true",
    "mkotha/checkpoint_zip.pyt, '', 80, f32, false",
    "coqui_interp_bits/checkpoint_zip.pth, coqui_interp_bits/config.json, 80, f32, false",
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
    whole(repository, model, TestVoice.frames(mel), mels, expected);
    assertEquals(streams, Files.exists(repository.resolve(model + "_stream")));
    if (streams) {
      streams(repository, model + "_stream", TestVoice.frames(mel), mels, expected);
    }
  }

  /** Whole utterances: three requests that share the calls of each model of the ensemble. */
  private static void whole(
      Path repository, String name, float[] frames, int mels, List<short[]> expected)
      throws IOException, OrtException {
    Message ensemble =
        TritonSchema.parse(Files.readString(repository.resolve(name).resolve("config.pbtxt")));
    assertEquals("ensemble", TritonModel.text(ensemble, "platform"));
    assertTrue(Files.isDirectory(repository.resolve(name).resolve("1")));
    List<Map<String, Array>> tensors = new ArrayList<>();
    for (long seed : SEEDS) {
      Map<String, Array> request = new HashMap<>();
      request.put(
          "features", Array.of(TestVoice.byMel(frames, mels), 1, mels, frames.length / mels));
      request.put("seed", Array.of(new long[] {seed}, 1, 1));
      request.put("temperature", Array.of(new float[] {TEMPERATURE}, 1, 1));
      assertEquals(request.keySet(), names(TritonModel.messages(ensemble, "input")));
      tensors.add(request);
    }
    Message scheduling = (Message) TritonModel.get(ensemble, "ensemble_scheduling");
    for (Message step : TritonModel.messages(scheduling, "step")) {
      String model = TritonModel.text(step, "model_name");
      try (TritonModel loaded = new TritonModel(repository, ROOT, model)) {
        List<Map<String, Array>> requests = new ArrayList<>();
        for (Map<String, Array> known : tensors) {
          Map<String, Array> request = new HashMap<>();
          for (Message entry : TritonModel.messages(step, "input_map")) {
            request.put(
                TritonModel.text(entry, "key"), known.get(TritonModel.text(entry, "value")));
          }
          requests.add(request);
        }
        List<Map<String, Array>> outputs = loaded.run(requests);
        for (int i = 0; i < outputs.size(); i++) {
          for (Message entry : TritonModel.messages(step, "output_map")) {
            Array made = outputs.get(i).get(TritonModel.text(entry, "key"));
            tensors.get(i).put(TritonModel.text(entry, "value"), made);
          }
        }
      }
    }
    for (int i = 0; i < SEEDS.length; i++) {
      assertTrue(expected.get(i).length > 0);
      assertArrayEquals(expected.get(i), tensors.get(i).get("pcm").shorts(), "utterance " + i);
    }
    for (Message output : TritonModel.messages(ensemble, "output")) {
      assertTrue(tensors.get(0).containsKey(TritonModel.text(output, "name")));
    }
  }

  private static Set<String> names(List<Message> tensors) {
    Set<String> names = new HashSet<>();
    tensors.forEach(tensor -> names.add(TritonModel.text(tensor, "name")));
    return names;
  }

  /** A client of one stream, which cuts its frames as the page says. */
  private static final class Client {
    private final long sequence;
    private final TritonModel model;
    private final float[] padded;
    private final int mels;
    private final int context;
    private final int end;
    private final int samples;
    private int at;
    private short[] heard = {};

    Client(long sequence, TritonModel model, float[] frames, int mels) {
      this.sequence = sequence;
      this.model = model;
      this.mels = mels;
      this.context = Integer.parseInt(model.parameter("context_frames"));
      this.at = Integer.parseInt(model.parameter("lead_frames"));
      this.end = frames.length / mels - Integer.parseInt(model.parameter("tail_frames"));
      this.samples = (end - at) * Integer.parseInt(model.parameter("samples_per_frame"));
      float[] first = Arrays.copyOf(frames, mels);
      float[] last = Arrays.copyOfRange(frames, frames.length - mels, frames.length);
      if (!model.parameter("padding").equals("edge")) {
        Arrays.fill(first, Float.parseFloat(model.parameter("padding")));
        Arrays.fill(last, Float.parseFloat(model.parameter("padding")));
      }
      float[] around = frames;
      for (int i = 0; i < context; i++) {
        around = TestVoice.joined(TestVoice.joined(first, around), last);
      }
      this.padded = around;
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
      Path repository, String name, float[] frames, int mels, List<short[]> expected)
      throws IOException, OrtException {
    try (TritonModel model = new TritonModel(repository, ROOT, name)) {
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
          client.heard = TestVoice.joined(client.heard, responses.get(i).get("pcm").shorts());
        }
      }
      for (int i = 0; i < SEEDS.length; i++) {
        assertArrayEquals(expected.get(i), clients.get(i).heard, "stream " + i);
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
