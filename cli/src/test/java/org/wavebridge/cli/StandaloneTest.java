package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.cli.OnnxGraph.Array;
import org.wavebridge.graphs.bundle.Bundle;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.BundleManifest.StreamPart;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.CosineModulatedBank;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.runtime.Uniforms;
import org.wavebridge.runtime.WaveformDecoder;

/**
 * The graphs of {@code export --standalone} make the samples of {@code vocode} in calls of ONNX
 * Runtime alone, for several rows at once and in pieces of any length.
 */
final class StandaloneTest {
  private static final int FRAMES = 11;
  private static final long[] SEEDS = {7, -3_000_000_000L};
  private static final float[] TEMPERATURES = {0.8f, 1};

  /** Frames of each call. */
  private static final int[] PIECES = {1, 3, 2, 100};

  @TempDir static Path folder;

  @ParameterizedTest
  @CsvSource({
    "demo, '', 80, int8",
    "corentinj/checkpoint_zip.pt, '', 80, f32",
    "fatchord_raw/checkpoint_zip.pyt, fatchord_raw/config.json, 80, f32",
    "fatchord_mol/checkpoint_zip.pyt, '', 80, int8",
    "gwang_mulaw/checkpoint_step000001000_zip.pth, gwang_mulaw/config.json, 80, f32",
    "torchaudio/checkpoint_zip.pth, '', 80, f32",
    "mkotha/checkpoint_zip.pyt, '', 80, f32",
    "coqui_interp_bits/checkpoint_zip.pth, coqui_interp_bits/config.json, 80, f32",
    "small/lpcnet/model.h5, '', 36, f32",
    "small/lpcnet/model.h5, '', 36, int8",
    "small/multiband/checkpoint.safetensors, '', 80, f32",
    "small/multiband/checkpoint.safetensors, '', 80, int8",
    "lyra, '', 160, f32"
  })
  void makesTheSamplesOfTheCommand(String checkpoint, String config, int mels, String precision)
      throws Exception {
    TestVoice voice = TestVoice.export(folder, checkpoint, config, precision, "--standalone");
    assertSamples(voice, mels, precision);
  }

  /**
   * Bands of mu-law levels are expanded before they are merged, and de-emphasised after that. The
   * last bank owes more samples than a frame has, and not whole steps of them.
   */
  static Stream<CosineModulatedBank> banks() {
    return Stream.of(
        CosineModulatedBank.kaiser(3, 4, 6),
        CosineModulatedBank.windowed(2, 10, 0.5, 6),
        CosineModulatedBank.windowed(3, 50, 0.3, 8));
  }

  @ParameterizedTest
  @MethodSource("banks")
  void makesTheSamplesOfBandsOfMuLaw(CosineModulatedBank bank) throws Exception {
    VocoderModel model =
        RandomModels.subBand(
            5,
            16,
            new RandomModels.ConditionerShape(8, 8, 1, List.of(2, 3), 2),
            new Head.Categorical(64),
            bank,
            0.5,
            new BlockShape(8, 1));
    AudioFormat audio = new AudioFormat(16000, 6, SampleEncoding.MU_LAW, 0.8f, 3);
    VocoderModel emphasised =
        new VocoderModel(
            model.family(),
            audio,
            model.features(),
            model.conditioner(),
            model.network(),
            Optional.empty(),
            model.utterance());
    TestVoice voice = new TestVoice(Files.createTempDirectory(folder, "bands").resolve("voice"));
    BundleManifest.Source source = new BundleManifest.Source("random", "0");
    try (StagedBundle staged =
        StagedBundle.write(emphasised, Optional.empty(), true, source, "test", voice.bundle())) {
      staged.publish();
    }
    assertSamples(voice, 8, BundleManifest.F32);
  }

  private static void assertSamples(TestVoice voice, int mels, String precision) throws Exception {
    Path mel = TestVoice.features(folder, mels, FRAMES);
    try (Bundle bundle = Bundle.open(voice.bundle())) {
      BundleManifest manifest = bundle.manifest();
      float[] frames = TestVoice.frames(mel);
      Map<String, float[]> conditioning = conditioned(voice.bundle(), manifest, frames);
      short[][] made = generated(voice.bundle(), manifest, precision, conditioning);
      for (int row = 0; row < SEEDS.length; row++) {
        short[] expected = voice.vocoded(mel, precision, SEEDS[row], TEMPERATURES[row]);
        assertTrue(expected.length > 0);
        assertArrayEquals(expected, made[row], "row " + row);
      }
    }
  }

  /** The conditioning of all frames, by tensor; in pieces where the bundle streams. */
  private static Map<String, float[]> conditioned(
      Path bundle, BundleManifest manifest, float[] frames) throws OrtException {
    int mels = manifest.features().mels();
    Map<String, float[]> made = new HashMap<>();
    if (manifest.stream().isEmpty()) {
      Array features = Array.of(TestVoice.byMel(frames, mels), 1, mels, FRAMES);
      try (OnnxGraph graph = new OnnxGraph(bundle.resolve("conditioner.onnx"), true)) {
        graph
            .run(Map.of("features", features))
            .forEach((name, all) -> made.put(name, all.floats()));
      }
      return made;
    }
    StreamPart stream = manifest.stream().get();
    float[] padded = padded(frames, mels, stream);
    int skip = stream.leadFrames() + stream.tailFrames();
    Array state = start(stream);
    int at = 0;
    try (OnnxGraph graph = new OnnxGraph(bundle.resolve("stream_conditioner.onnx"), true)) {
      for (int piece = 0; at < padded.length / mels; piece++) {
        int count = Math.min(PIECES[Math.min(piece, PIECES.length - 1)], padded.length / mels - at);
        float[] next = Arrays.copyOfRange(padded, at * mels, (at + count) * mels);
        Map<String, Array> outputs =
            graph.run(Map.of("features", Array.of(next, 1, count, mels), "state", state));
        state = outputs.getOrDefault("next_state", state);
        int dropped = Math.max(0, Math.min(count, skip - at));
        for (Conditioning tensor : manifest.conditioning()) {
          float[] all = outputs.get(tensor.name()).floats();
          int perFrame = all.length / count;
          made.merge(
              tensor.name(),
              Arrays.copyOfRange(all, dropped * perFrame, all.length),
              TestVoice::joined);
        }
        at += count;
      }
    }
    return made;
  }

  private static Array start(StreamPart stream) {
    float[] values = new float[stream.state().stream().mapToInt(StreamPart.Run::count).sum()];
    int at = 0;
    for (StreamPart.Run run : stream.state()) {
      Arrays.fill(values, at, at + run.count(), run.value());
      at += run.count();
    }
    return Array.of(values, 1, values.length);
  }

  private static float[] padded(float[] frames, int mels, StreamPart stream) {
    float[] first = Arrays.copyOf(frames, mels);
    float[] last = Arrays.copyOfRange(frames, frames.length - mels, frames.length);
    stream.padding().ifPresent(value -> Arrays.fill(first, value));
    stream.padding().ifPresent(value -> Arrays.fill(last, value));
    float[] padded = frames;
    for (int i = 0; i < stream.leadFrames(); i++) {
      padded = TestVoice.joined(first, padded);
    }
    for (int i = 0; i < stream.tailFrames(); i++) {
      padded = TestVoice.joined(padded, last);
    }
    return padded;
  }

  /** The 16-bit samples of both rows, in pieces. */
  private static short[][] generated(
      Path bundle, BundleManifest manifest, String precision, Map<String, float[]> conditioning)
      throws OrtException {
    int rows = SEEDS.length;
    String suffix = precision.equals("f32") ? "" : "-" + precision;
    int first = manifest.utterance().leadFrames();
    int end = FRAMES - manifest.utterance().tailFrames();
    long samples = (long) (end - first) * manifest.features().hop();
    short[][] made = new short[rows][0];
    Map<String, Array> carried = new HashMap<>();
    carried.put("seed", Array.of(SEEDS, rows, 1));
    carried.put("temperature", Array.of(TEMPERATURES, rows, 1));
    carried.put("samples", Array.of(new long[] {samples, samples}, rows, 1));
    carried.put("sample", Array.of(new long[rows], rows, 1));
    carried.put("state", zeros(rows, manifest.network().stateSize()));
    carried.put("previous", previous(manifest, rows));
    try (OnnxGraph generate =
            new OnnxGraph(bundle.resolve("seeded_generate" + suffix + ".onnx"), true);
        OnnxGraph decode = new OnnxGraph(bundle.resolve("decode.onnx"), true)) {
      manifest
          .bands()
          .ifPresent(bands -> carried.put("bands", zeros(rows, bands.synthesis().stateSize())));
      carried.put("last", zeros(rows, 3));
      for (int at = first, piece = 0; at < end; piece++) {
        int count = Math.min(PIECES[Math.min(piece, PIECES.length - 1)], end - at);
        Map<String, Array> inputs = new HashMap<>(carried);
        for (Conditioning tensor : manifest.conditioning()) {
          float[] all = conditioning.get(tensor.name());
          int perFrame = all.length / FRAMES;
          float[] part = Arrays.copyOfRange(all, at * perFrame, (at + count) * perFrame);
          long vectors =
              tensor.rate() == Conditioning.Rate.SAMPLE
                  ? (long) count * manifest.features().hop()
                  : count;
          inputs.put(
              tensor.name(), Array.of(TestVoice.joined(part, part), rows, vectors, tensor.size()));
        }
        Map<String, Array> outputs = generate.run(inputs);
        inputs.put("audio", outputs.get("audio"));
        outputs.putAll(decode.run(inputs));
        outputs.forEach((name, value) -> carried.put(name.replaceFirst("^next_", ""), value));
        short[] pcm = outputs.get("pcm").shorts();
        int perRow = pcm.length / rows;
        for (int row = 0; row < rows; row++) {
          made[row] =
              TestVoice.joined(
                  made[row], Arrays.copyOfRange(pcm, row * perRow, (row + 1) * perRow));
        }
        at += count;
      }
      int late = manifest.bands().map(bands -> bands.synthesis().cut()).orElse(0);
      if (late > 0) {
        int bands = manifest.bands().get().synthesis().bands();
        Map<String, Array> inputs = new HashMap<>(carried);
        inputs.put("audio", zeros(rows, (late + bands - 1) / bands * bands));
        short[] pcm = decode.run(inputs).get("pcm").shorts();
        int perRow = pcm.length / rows;
        for (int row = 0; row < rows; row++) {
          short[] all =
              TestVoice.joined(
                  made[row], Arrays.copyOfRange(pcm, row * perRow, (row + 1) * perRow));
          made[row] = Arrays.copyOfRange(all, late, late + (int) samples);
        }
      }
    }
    return made;
  }

  private static Array zeros(int rows, int size) {
    return Array.of(new float[rows * size], rows, size);
  }

  private static Array previous(BundleManifest manifest, int rows) {
    List<Float> start = manifest.network().initialPrevious();
    float[] values = new float[rows * start.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = start.get(i % start.size());
    }
    return Array.of(values, rows, start.size());
  }

  /** Function bodies draw the uniforms of the runtime, too, and decode as it does. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void bodiesAndKernelsDrawAndDecodeAlike(boolean operators) throws Exception {
    TestVoice voice =
        TestVoice.export(folder, "corentinj/checkpoint_zip.pt", "", "f32", "--standalone");
    try (Bundle bundle = Bundle.open(voice.bundle());
        OnnxGraph seeded =
            new OnnxGraph(voice.bundle().resolve("seeded_generate.onnx"), operators);
        OnnxGraph given = new OnnxGraph(voice.bundle().resolve("generate.onnx"), operators);
        OnnxGraph decode = new OnnxGraph(voice.bundle().resolve("decode.onnx"), operators)) {
      BundleManifest manifest = bundle.manifest();
      int samples = 40;
      long first = (1L << 32) - 20;
      Map<String, Array> inputs = new HashMap<>();
      for (Conditioning tensor : manifest.conditioning()) {
        long vectors = tensor.rate() == Conditioning.Rate.SAMPLE ? samples : 1;
        inputs.put(
            tensor.name(),
            Array.of(new float[(int) (2 * vectors * tensor.size())], 2, vectors, tensor.size()));
      }
      inputs.put("seed", Array.of(SEEDS, 2, 1));
      inputs.put("sample", Array.of(new long[] {first, 5}, 2, 1));
      inputs.put("previous", previous(manifest, 2));
      inputs.put("state", zeros(2, manifest.network().stateSize()));
      inputs.put("temperature", Array.of(new float[] {1, 1}, 2, 1));
      float[] drawn = seeded.run(inputs).get("audio").floats();
      int draws = manifest.network().draws();
      float[] uniforms = new float[2 * samples * draws];
      new Uniforms(SEEDS[0]).fill(uniforms, 0, 0, first, samples, draws);
      new Uniforms(SEEDS[1]).fill(uniforms, samples * draws, 0, 5, samples, draws);
      inputs.put("uniforms", Array.of(uniforms, 2, samples, draws));
      inputs.put("temperature", Array.of(new float[] {1, 1}, 2));
      float[] audio = given.run(inputs).get("audio").floats();
      assertArrayEquals(audio, drawn);
      assertTrue(
          IntStream.range(0, drawn.length).mapToDouble(i -> drawn[i]).distinct().count() > 10,
          "values differ");
      inputs.put("audio", Array.of(drawn, 2, samples));
      inputs.put("last", zeros(2, 3));
      // An utterance whose length is not known does not fade.
      inputs.put("samples", Array.of(new long[2], 2, 1));
      Map<String, Array> decoded = decode.run(inputs);
      WaveformDecoder decoder = new WaveformDecoder(manifest.audio());
      float[] expected = decoder.decode(Arrays.copyOf(drawn, samples));
      assertArrayEquals(expected, Arrays.copyOf(decoded.get("waveform").floats(), samples));
    }
  }

  @Test
  void aSubscaleBundleHasNone() {
    refused(
        "graphs that stand alone: expected a network that makes one sample after the other, found subscale generation",
        GoldenFile.of("papercup_subscale/checkpoint_zip.pth"),
        "--config",
        GoldenFile.of("papercup_subscale/config.json"));
  }

  private static void refused(String message, Object... checkpoint) {
    List<Object> export = new ArrayList<>(List.of("export"));
    export.addAll(List.of(checkpoint));
    export.addAll(List.of("-o", folder.resolve("none"), "--standalone", "--no-verify"));
    Ran refused = Ran.of(export.toArray());
    assertEquals(3, refused.code(), refused.err());
    assertTrue(refused.err().contains(message), refused.err());
  }

  @Test
  void inspectShowsThem() throws Exception {
    TestVoice voice = new TestVoice(folder.resolve("checked"));
    Ran exported =
        Ran.of("export", TestVoice.checkpoint("demo"), "-o", voice.bundle(), "--standalone");
    assertEquals(0, exported.code(), exported.err());
    assertTrue(exported.out().contains("verified"), exported.out());
    Ran inspected = Ran.of("inspect", voice.bundle());
    assertEquals(0, inspected.code(), inspected.err());
    for (String expected :
        List.of("seeded_generate", "decode", "stream_conditioner", "frames of padding")) {
      assertTrue(inspected.out().contains(expected), inspected.out());
    }
    List<String> names = new ArrayList<>();
    try (Bundle bundle = Bundle.open(voice.bundle())) {
      bundle.manifest().graphs().forEach(graph -> names.add(graph.kind().label()));
    }
    assertTrue(
        names.containsAll(List.of("generate", "seeded_generate", "decode")), names::toString);
  }
}
