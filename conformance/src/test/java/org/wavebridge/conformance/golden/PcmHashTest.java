package org.wavebridge.conformance.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.conformance.ChildJvm;
import org.wavebridge.conformance.reference.Arithmetic;
import org.wavebridge.conformance.reference.Conditioning;
import org.wavebridge.conformance.reference.Golden;
import org.wavebridge.conformance.reference.Reference;
import org.wavebridge.conformance.verify.ReferenceInputs;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.exporter.quantize.Quantizer;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.graphs.build.GraphKind;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.runtime.Uniforms;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.spi.Tensor;

/**
 * The demo voice says the same 16-bit samples on every machine and at every level of the kernels.
 * Conditioning comes from the double-precision reference, whose sums are the same everywhere; those
 * of ONNX Runtime's convolutions are not.
 */
final class PcmHashTest {
  private static final Map<String, String> EXPECTED =
      Map.of(
          "f32", "e0733ea7094e085b5e5b7068c07380f1e7c94fc35d9662f0154e1df89007981e",
          "int8", "65107fefcf9218d894f125f267493e64f91c44e9075e9fa442cbeaf5c48c4974");

  private static final int FRAMES = 20;
  private static final long SEED = 16;

  @TempDir Path folder;

  /** Prints the hashes of a bundle in both precisions, or why there is none. */
  public static final class Program {
    private Program() {}

    public static void main(String[] arguments) throws IOException, NoSuchAlgorithmException {
      float[] conditioning = floats(Files.readAllBytes(Path.of(arguments[1])));
      for (String precision : List.of("f32", "int8")) {
        VocoderOptions options = new VocoderOptions("cpu", precision, 1);
        try (Vocoder vocoder = Vocoder.open(Path.of(arguments[0]), options)) {
          System.out.println(precision + " " + hash(generate(vocoder, conditioning)));
        } catch (BackendException e) {
          System.out.println(e.getMessage());
        }
      }
    }
  }

  @Test
  void theReferenceGivesTheRecordedSamples() throws NoSuchAlgorithmException {
    VocoderModel model = model();
    Conditioning conditioning =
        ReferenceInputs.of(model, Map.of("conditioning", tensor(conditioning(model))));
    for (String precision : EXPECTED.keySet()) {
      VocoderModel used = precision.equals("int8") ? Quantizer.quantise(model) : model;
      Reference reference = new Reference(used, Arithmetic.CANONICAL_F32);
      double[] made =
          reference.generate(
              reference.network().initialState(), conditioning, 0, uniforms(conditioning.hop()), 1);
      float[] audio = new float[made.length];
      for (int t = 0; t < audio.length; t++) {
        audio[t] = (float) made[t];
      }
      assertEquals(EXPECTED.get(precision), hash(audio), precision);
    }
  }

  @Test
  void everyLevelGivesTheRecordedSamples() throws IOException, InterruptedException {
    VocoderModel model = model();
    Path bundle = bundle(model);
    Path conditioning = Files.write(folder.resolve("conditioning"), bytes(conditioning(model)));
    String refusal = run("none", bundle, conditioning);
    assertTrue(refusal.contains("this CPU offers "), refusal);
    String offered = refusal.replaceAll("(?s).*this CPU offers ([^;]*);.*", "$1");
    List<String> levels = List.of(offered.split(", "));
    assertTrue(levels.contains("scalar"), offered);
    for (String level : levels) {
      String found = run(level, bundle, conditioning);
      EXPECTED.forEach(
          (precision, hash) ->
              assertEquals(
                  precision + " " + hash,
                  found
                      .lines()
                      .filter(line -> line.startsWith(precision))
                      .findFirst()
                      .orElse(found),
                  level));
    }
  }

  private static String run(String level, Path bundle, Path conditioning)
      throws IOException, InterruptedException {
    ChildJvm child =
        ChildJvm.run(Map.of("WAVEBRIDGE_CPU_LEVEL", level), Program.class, bundle, conditioning);
    assertEquals(0, child.exitCode(), child.output());
    return child.output();
  }

  private Path bundle(VocoderModel model) {
    try (StagedBundle staged =
        StagedBundle.write(
            model,
            Optional.of(Quantizer.quantise(model)),
            new BundleManifest.Source("golden", "0"),
            "test",
            folder.resolve("voice"))) {
      return staged.publish();
    }
  }

  private static VocoderModel model() {
    return Exporter.read(Golden.path("en-us-16k/checkpoint.pt"), "auto", Optional.empty()).model();
  }

  /** The conditioning {@code [FRAMES, E]} of the beginning of an utterance. */
  private static float[] conditioning(VocoderModel model) {
    Features mel = Features.read(Golden.path("en-us-16k/agent-pass.npy"), model.features().mels());
    double[][] all = new Reference(model, Arithmetic.DOUBLE).conditioning(mel).frames();
    int size = all[0].length;
    float[] values = new float[FRAMES * size];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) all[i / size][i % size];
    }
    return values;
  }

  private static Tensor tensor(float[] conditioning) {
    return new Tensor(conditioning, 1, FRAMES, conditioning.length / FRAMES);
  }

  private static byte[] bytes(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private static float[] floats(byte[] bytes) {
    float[] values = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  private static float[] uniforms(int hop) {
    float[] uniforms = new float[2 * FRAMES * hop];
    new Uniforms(SEED).fill(uniforms, 0, 0, 0, FRAMES * hop, 2);
    return uniforms;
  }

  private static float[] generate(Vocoder vocoder, float[] conditioning) {
    BundleManifest manifest = vocoder.manifest();
    float[] uniforms = uniforms(manifest.features().hop());
    List<Float> start = manifest.network().initialPrevious();
    int size = manifest.network().stateSize();
    Map<String, Tensor> outputs =
        vocoder
            .graph(GraphKind.GENERATE)
            .run(
                Map.of(
                    "conditioning",
                    tensor(conditioning),
                    "uniforms",
                    new Tensor(uniforms, 1, uniforms.length / 2, 2),
                    "previous",
                    new Tensor(new float[] {start.get(0), start.get(1)}, 1, 2),
                    "state",
                    new Tensor(new float[size], 1, size),
                    "temperature",
                    new Tensor(new float[] {1}, 1)));
    return outputs.get("audio").values();
  }

  /** SHA-256 of the samples as 16-bit little-endian PCM. */
  private static String hash(float[] audio) throws NoSuchAlgorithmException {
    ByteBuffer pcm = ByteBuffer.allocate(2 * audio.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : audio) {
      pcm.putShort((short) Math.round(value * 32768));
    }
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(pcm.array()));
  }
}
