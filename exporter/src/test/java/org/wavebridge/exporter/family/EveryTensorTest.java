package org.wavebridge.exporter.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.exporter.checkpoint.CheckpointTensor;
import org.wavebridge.exporter.checkpoint.ElementType;
import org.wavebridge.exporter.checkpoint.MadeUpTensor;
import org.wavebridge.graphs.CheckpointException;

/** Of every family's network, each tensor in turn is left out or is not as it should be. */
final class EveryTensorTest {
  private static final Pattern SHAPE =
      Pattern.compile(".*: tensor '(.*)': expected shape (\\[.*]), found (\\[.*])");

  @ParameterizedTest
  @EnumSource
  void aMissingTensorIsNamed(GoldenFile golden) {
    Checkpoint whole = whole(golden);
    for (String name : used(golden, whole)) {
      // Nothing but the width of I tells a checkpoint with a speaker.
      boolean other = golden == GoldenFile.SCWAVERNN && name.equals("I.weight");
      if (name.equals(last(whole)) || other) {
        continue;
      }
      Map<String, CheckpointTensor> tensors = new LinkedHashMap<>(whole.tensors());
      tensors.remove(name);
      Checkpoint altered = of(whole, tensors);
      assertEquals(misfit(golden, whole, "[" + name + "]", "[]"), refused(golden, altered));
      String detected = refused(altered, Families.AUTO, golden.config());
      String lack = nearest(golden) + ": missing [" + name + "], unexpected []";
      assertTrue(detected.contains(lack), detected);
    }
  }

  /**
   * The last layer of fatchord's upsampling: nothing but the samples of a frame tells that it is
   * missing. mkotha's layers have biases, which do.
   */
  private static String last(Checkpoint checkpoint) {
    return checkpoint.tensors().keySet().stream()
        .filter(name -> name.matches("upsample\\.(up_layers|upsample_layers)\\.\\d\\.weight"))
        .filter(name -> !checkpoint.tensors().containsKey(name.replace("weight", "bias")))
        .reduce("none", (one, two) -> two);
  }

  static Stream<GoldenFile> upsampling() {
    return Stream.of(GoldenFile.values())
        .filter(golden -> !last(golden.checkpoint()).equals("none"));
  }

  @ParameterizedTest
  @MethodSource("upsampling")
  void withoutTheLastUpsamplingLayerAFrameHasTooFewSamples(GoldenFile golden) {
    Checkpoint whole = whole(golden);
    Map<String, CheckpointTensor> tensors = new LinkedHashMap<>(whole.tensors());
    tensors.remove(last(whole));
    String hop = golden.family.matches("gwang|geneing") ? "hop_size" : "hop_length";
    Map<String, Object> config = new LinkedHashMap<>(golden.config());
    config.put(hop, golden.read().model().features().hop());
    String message = refused(of(whole, tensors), golden.family, config);
    assertTrue(
        message.matches(".*setting '(" + hop + "|upsample_factors)' is .*, but the tensors say .*"),
        message);
  }

  @ParameterizedTest
  @EnumSource
  void anUnexpectedTensorIsNamed(GoldenFile golden) {
    Checkpoint whole = whole(golden);
    for (String name : List.of("other.weight", golden.layer + "_extra")) {
      Checkpoint altered = with(whole, name, MadeUpTensor.of(ElementType.F32, 2, 3));
      assertEquals(misfit(golden, whole, "[]", "[" + name + "]"), refused(golden, altered));
      String detected = refused(altered, Families.AUTO, golden.config());
      String extra = nearest(golden) + ": missing [], unexpected [" + name + "]";
      assertTrue(detected.contains(extra), detected);
    }
  }

  /** Our own files say what they are, and some configurations. */
  private static String nearest(GoldenFile golden) {
    if (golden.config().containsKey("family")) {
      return "--config says family '%s', but the tensors do not".formatted(golden.family);
    }
    return golden == GoldenFile.VOICE
        ? "the checkpoint says family 'wavernn-dual-softmax', but the tensors do not"
        : "fits no known family, nearest is " + golden.family;
  }

  private static String misfit(
      GoldenFile golden, Checkpoint whole, String missing, String unexpected) {
    return "%s: does not fit family '%s': missing tensors %s, unexpected tensors %s; see 'wavebridge inspect' for what fits"
        .formatted(whole.file(), golden.family, missing, unexpected);
  }

  /** Named is the tensor, or one that should have as many rows as the wrong one seems to say. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LYRA")
  void oneRowMore(GoldenFile golden) {
    Checkpoint whole = whole(golden);
    for (String name : used(golden, whole)) {
      long[] shape = whole.tensors().get(name).shape();
      shape[0]++;
      Checkpoint altered = with(whole, name, MadeUpTensor.of(ElementType.F32, shape));
      String refused = refused(golden, altered);
      Matcher message = SHAPE.matcher(refused);
      assertTrue(message.matches(), name + ": " + refused);
      CheckpointTensor named = altered.tensors().get(message.group(1));
      assertEquals(Arrays.toString(named.shape()), message.group(3), name);
      if (!name.equals(message.group(1))) {
        assertTrue(message.group(2).matches("\\[(any, )?\\d+]"), name + ": " + message.group(2));
      }
    }
  }

  /** Rows and columns of a flat array follow from other arrays of its layer. */
  @Test
  void oneValueMore() {
    Checkpoint whole = whole(GoldenFile.LYRA);
    for (String name : whole.tensors().keySet()) {
      long values = whole.tensors().get(name).size() + 1L;
      Checkpoint altered = with(whole, name, MadeUpTensor.of(ElementType.F32, values));
      String refused = refused(GoldenFile.LYRA, altered);
      String layer = name.replaceFirst("_(weights|mask|bias)$", "_");
      Matcher shape = SHAPE.matcher(refused);
      assertTrue(
          shape.matches() || refused.matches(".*: tensor '" + layer + ".*': expected .*, found .*"),
          name + ": " + refused);
      if (shape.matches()) {
        CheckpointTensor named = altered.tensors().get(shape.group(1));
        assertEquals(Arrays.toString(named.shape()), shape.group(3), name);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void oneAxisFewer(GoldenFile golden) {
    Checkpoint whole = whole(golden);
    for (String name : used(golden, whole)) {
      long[] shape = whole.tensors().get(name).shape();
      long[] flat = Arrays.copyOfRange(shape, 1, shape.length);
      Checkpoint altered = with(whole, name, MadeUpTensor.of(ElementType.F32, flat));
      Matcher message = SHAPE.matcher(refused(golden, altered));
      assertTrue(message.matches(), golden + " " + name + ": " + message);
      assertEquals(name, message.group(1));
      assertEquals(shape.length, message.group(2).split(",").length, message.group());
      assertEquals(Arrays.toString(flat), message.group(3), name);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anotherElementType(GoldenFile golden) {
    Checkpoint whole = whole(golden);
    for (String name : used(golden, whole)) {
      long[] shape = whole.tensors().get(name).shape();
      for (ElementType type : List.of(ElementType.I64, ElementType.BOOL)) {
        assertEquals(
            "%s: tensor '%s': expected floating-point elements, found %s; is this a quantised model?"
                .formatted(whole.file(), name, type),
            refused(golden, with(whole, name, MadeUpTensor.of(type, shape))));
      }
    }
  }

  /** The checkpoint with zeros, which are read faster: values do not matter here. */
  private static Checkpoint whole(GoldenFile golden) {
    Checkpoint checkpoint = golden.checkpoint();
    Map<String, CheckpointTensor> zeros = new LinkedHashMap<>();
    checkpoint
        .tensors()
        .forEach((name, tensor) -> zeros.put(name, MadeUpTensor.of(tensor.type(), tensor.shape())));
    return of(checkpoint, zeros);
  }

  private static List<String> used(GoldenFile golden, Checkpoint whole) {
    return whole.tensors().keySet().stream().filter(golden::uses).toList();
  }

  private static Checkpoint with(Checkpoint whole, String name, CheckpointTensor tensor) {
    Map<String, CheckpointTensor> tensors = new LinkedHashMap<>(whole.tensors());
    tensors.put(name, tensor);
    return of(whole, tensors);
  }

  private static Checkpoint of(Checkpoint whole, Map<String, CheckpointTensor> tensors) {
    return new Checkpoint(
        whole.file(),
        whole.container(),
        whole.sha256(),
        whole.location(),
        tensors,
        whole.metadata());
  }

  private static String refused(GoldenFile golden, Checkpoint checkpoint) {
    return refused(checkpoint, golden.family, golden.config());
  }

  private static String refused(Checkpoint checkpoint, String family, Map<String, Object> config) {
    CheckpointException refused =
        assertThrows(CheckpointException.class, () -> Families.read(checkpoint, family, config));
    return String.valueOf(refused.getMessage());
  }
}
