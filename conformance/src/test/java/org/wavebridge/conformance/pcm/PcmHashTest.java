package org.wavebridge.conformance.pcm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.conformance.ChildJvm;
import org.wavebridge.conformance.targets.FeatureFrames;
import org.wavebridge.graphs.machine.EmulatedMachine;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.quantize.Quantizer;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.Reference;
import org.wavebridge.runtime.Uniforms;
import org.wavebridge.runtime.WaveformDecoder;
import org.wavebridge.runtime.io.Features;

/**
 * From the features on, and from the recording on, a voice says the same 16-bit samples on every
 * machine, at every level of the kernels, with any number of threads, in any pieces and beside any
 * other rows. The hashes are those of {@code pcm/hashes.properties}; {@link PcmTableTest} writes
 * that table.
 */
final class PcmHashTest {
  private static final String SCALAR = "scalar";

  @TempDir static Path folder;

  @BeforeAll
  static void export() {
    for (PcmVoice voice : PcmVoice.values()) {
      voice.export(folder);
    }
  }

  @Test
  void everyLevelGivesTheRecordedSamples() throws IOException, InterruptedException {
    assertEveryLevel("once", "covering");
  }

  /** The scalar kernels would take an hour for what others do in minutes. */
  @Test
  @Tag("slow")
  void everyCombinationGivesTheRecordedSamples() throws IOException, InterruptedException {
    assertEveryLevel("covering", "all");
  }

  private static void assertEveryLevel(String scalar, String others)
      throws IOException, InterruptedException {
    List<String> levels = levels();
    assertTrue(levels.contains(SCALAR), levels.toString());
    List<String> wrong = new ArrayList<>();
    for (String level : levels) {
      String ways = level.equals(SCALAR) ? scalar : others;
      ChildJvm child =
          ChildJvm.run(Map.of("WAVEBRIDGE_CPU_LEVEL", level), PcmProgram.class, folder, ways);
      wrong.addAll(wrong(level, child, recorded().keySet()));
      if (!child.output().lines().toList().contains("level " + level)) {
        wrong.add(level + ": not the level that ran: " + child.output());
      }
    }
    assertTrue(wrong.isEmpty(), String.join("\n", wrong));
  }

  private static List<String> levels() throws IOException, InterruptedException {
    String refusal =
        ChildJvm.run(Map.of("WAVEBRIDGE_CPU_LEVEL", "none"), PcmProgram.class, folder, "once")
            .output();
    assertTrue(refusal.contains("this CPU offers "), refusal);
    return List.of(refusal.replaceAll("(?s).*this CPU offers ([^;]*);.*", "$1").split(", "));
  }

  @Test
  @Tag("slow")
  void anArmProcessorGivesTheRecordedSamples() throws IOException, InterruptedException {
    assertMachine(EmulatedMachine.arm64());
  }

  /** Processors without AVX-512, without AVX2 and without AVX. */
  @ParameterizedTest
  @ValueSource(strings = {"Haswell", "max,-avx2", "Nehalem"})
  @Tag("slow")
  void anOlderProcessorGivesTheRecordedSamples(String model)
      throws IOException, InterruptedException {
    assertMachine(EmulatedMachine.x86(model));
  }

  private static void assertMachine(EmulatedMachine machine)
      throws IOException, InterruptedException {
    ChildJvm child = ChildJvm.run(machine.command(), Map.of(), PcmProgram.class, folder, "once");
    List<String> wrong = wrong(machine.name(), child, recorded().keySet());
    assertTrue(wrong.isEmpty(), String.join("\n", wrong));
  }

  /** The lines of a run that differ from the table, each with what it should have been. */
  private static List<String> wrong(String where, ChildJvm child, Set<String> expected) {
    assertEquals(0, child.exitCode(), child.output());
    Map<String, String> recorded = recorded();
    List<String> wrong = new ArrayList<>();
    TreeSet<String> met = new TreeSet<>();
    for (String[] line : lines(child)) {
      met.add(line[0]);
      if (!line[1].equals(recorded.get(line[0]))) {
        wrong.add(where + ": " + String.join(" ", line) + ", not " + recorded.get(line[0]));
      }
    }
    for (String name : expected) {
      if (!met.contains(name)) {
        wrong.add(where + ": no " + name + " in " + child.output());
      }
    }
    return wrong;
  }

  /** Name, hash and way of each sample run; a log's lines are none. */
  static List<String[]> lines(ChildJvm child) {
    return child
        .output()
        .lines()
        .filter(line -> line.matches("[a-z_]+\\.(f32|int8)\\.\\w+ [0-9a-f]{64} .*"))
        .map(line -> line.split(" ", 3))
        .toList();
  }

  private static Map<String, String> recorded() {
    Properties table = new Properties();
    try (InputStream in = PcmHashTest.class.getResourceAsStream("/pcm/hashes.properties")) {
      table.load(in);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    Map<String, String> recorded = new TreeMap<>();
    table.stringPropertyNames().forEach(name -> recorded.put(name, table.getProperty(name)));
    assertFalse(recorded.isEmpty());
    return recorded;
  }

  @ParameterizedTest
  @ValueSource(strings = {"f32", "int8"})
  void theReferenceGivesTheRecordedSamples(String precision) {
    VocoderModel model = PcmVoice.DEMO.model();
    VocoderModel used = precision.equals("int8") ? Quantizer.quantise(model) : model;
    Features mel = PcmVoice.DEMO.features();
    Reference reference = new Reference(used, Arithmetic.CANONICAL_F32);
    int count = model.utterance().samples(mel.frames(), model.features().hop());
    int draws = model.network().draws();
    float[] uniforms = new float[draws * count];
    new Uniforms(PcmProgram.SEED).fill(uniforms, 0, 0, 0, count, draws);
    double[] made =
        reference.generate(
            reference.network().initialState(),
            reference.conditioning(FeatureFrames.of(mel)),
            0,
            uniforms,
            1);
    float[] values = new float[count];
    for (int t = 0; t < values.length; t++) {
      values[t] = (float) made[t];
    }
    float[] samples = new WaveformDecoder(model.audio()).decode(values);
    assertEquals(
        recorded().get("demo." + precision + ".features"), PcmProgram.hash(samples), precision);
  }
}
