package org.wavebridge.exporter.family;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wavebridge.exporter.checkpoint.CheckpointReader;
import org.wavebridge.exporter.files.Refusals;
import org.wavebridge.exporter.files.Rewritten;
import org.wavebridge.exporter.files.SameModel;
import org.wavebridge.graphs.model.VocoderModel;

/** Properties of every family: both containers, detection, and refusals. */
final class GoldenFamiliesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LYRA")
  void bothContainersGiveTheSameModel(GoldenFile given) {
    VocoderModel expected = given.read().model();
    assertEquals(given.family, expected.family());
    assertBothContainers(given, expected, new Rewritten(given.file));
  }

  /** One storage for all tensors, on a GPU, with strides. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LYRA")
  void viewsOfOneStorageGiveTheSameModel(GoldenFile given) {
    assertBothContainers(given, given.read().model(), new Rewritten(given.file).shared());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LYRA")
  void halvesGiveTheModelOfTheirValues(GoldenFile given) {
    VocoderModel expected = given.read(new Rewritten(given.file).cut("Float").zip(folder)).model();
    assertBothContainers(given, expected, new Rewritten(given.file).cut("Half"));
  }

  private void assertBothContainers(GoldenFile given, VocoderModel expected, Rewritten rewritten) {
    for (Path path : List.of(rewritten.legacy(folder), rewritten.zip(folder))) {
      SameModel.assertSame(path + ": model", expected, given.read(path).model());
    }
  }

  @ParameterizedTest
  @EnumSource
  void oneFamilyFitsAndSaysSo(GoldenFile given) {
    assertEquals(
        List.of(given.family),
        Families.detect(given.checkpoint()).stream()
            .filter(FamilyMatch::fits)
            .map(FamilyMatch::family)
            .toList());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LYRA")
  void missingAndUnexpectedTensorsAreNamed(GoldenFile given) {
    Rewritten rewritten =
        new Rewritten(given.file).without(given.layer).put("Float", "other.weight", 2);
    for (Path path : List.of(rewritten.zip(folder), rewritten.legacy(folder))) {
      Refusals.refused(
          path,
          "does not fit family '%s': missing tensors [%s], unexpected tensors [other.weight]; see 'wavebridge inspect' for what fits"
              .formatted(given.family, given.layer),
          () -> Families.read(CheckpointReader.read(path), given.family, given.config()));
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LYRA")
  void aWrongShapeIsNamed(GoldenFile given) {
    Rewritten rewritten = new Rewritten(given.file);
    long[] shape = rewritten.shape(given.layer);
    long[] wrong = {shape[0], shape[1] + 4};
    rewritten.put("Float", given.layer, wrong);
    for (Path path : List.of(rewritten.zip(folder), rewritten.legacy(folder))) {
      Refusals.refused(
          path,
          "tensor '%s': expected shape [any, %d], found %s"
              .formatted(given.layer, shape[1], Arrays.toString(wrong)),
          () -> given.read(path));
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LYRA")
  void aWrongElementTypeIsNamed(GoldenFile given) {
    Rewritten rewritten = new Rewritten(given.file);
    rewritten.put("Long", given.layer, rewritten.shape(given.layer));
    for (Path path : List.of(rewritten.zip(folder), rewritten.legacy(folder))) {
      Refusals.refused(
          path,
          "tensor '%s': expected floating-point elements, found I64; is this a quantised model?"
              .formatted(given.layer),
          () -> given.read(path));
    }
  }
}
