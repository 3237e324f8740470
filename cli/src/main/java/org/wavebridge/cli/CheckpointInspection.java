package org.wavebridge.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.exporter.family.Families;
import org.wavebridge.exporter.family.FamilyMatch;
import org.wavebridge.exporter.family.ImportedModel;
import org.wavebridge.graphs.CheckpointException;
import org.wavebridge.graphs.bundle.BundleManifest.SubscalePart;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.CausalConvolutions;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.op.PackedWeight;

/**
 * Inspects a checkpoint: as a vocoder if a family fits, else as tensors and what each family
 * misses.
 */
final class CheckpointInspection {
  private static final String FAMILIES = "families considered";

  private CheckpointInspection() {}

  static Inspection of(Checkpoint checkpoint, FamilyOptions family) {
    Map<String, Object> object = new LinkedHashMap<>();
    Optional<ImportedModel> imported = imported(checkpoint, family, object);
    object.put("checkpoint", checkpoint.file().toString());
    object.put("container", checkpoint.container());
    object.put("sha256", checkpoint.sha256());
    if (!checkpoint.location().isEmpty()) {
      object.put("tensors under", checkpoint.location());
    }
    if (!checkpoint.prefix().isEmpty()) {
      object.put("prefix left out", checkpoint.prefix());
    }
    imported.ifPresent(model -> describe(model, object));
    object.put(FAMILIES, families(checkpoint));
    object.put("tensors", tensors(checkpoint));
    List<WeightMatrix> matrices = imported.map(model -> matrices(model.model())).orElse(List.of());
    return new Inspection(object, Set.of(FAMILIES), matrices, List.of());
  }

  private static Optional<ImportedModel> imported(
      Checkpoint checkpoint, FamilyOptions family, Map<String, Object> object) {
    try {
      ImportedModel imported = family.read(checkpoint);
      object.put("summary", summary(imported.model()));
      return Optional.of(imported);
    } catch (CheckpointException e) {
      object.put("not understood", String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /** The answer for whoever asks whether this can be exported. */
  private static String summary(VocoderModel model) {
    long weights = 0;
    long zeros = 0;
    for (WeightMatrix matrix : model.network().matrices()) {
      weights += matrix.values().length;
      zeros += matrix.values().length - matrix.nonZeros();
    }
    return String.format(
        Locale.ROOT,
        "a vocoder of family %s: %d Hz, %d mels, %s weights a step, %d%% of them zero; it can be exported",
        model.family(),
        model.audio().sampleRate(),
        model.features().mels(),
        Descriptions.count(weights),
        weights == 0 ? 0 : 100 * zeros / weights);
  }

  private static void describe(ImportedModel imported, Map<String, Object> object) {
    VocoderModel model = imported.model();
    object.put("family", model.family());
    object.put("audio", Descriptions.audio(model.audio()));
    object.put("features", Descriptions.features(model.features()));
    if (model.conditioner().speakerSize() > 0) {
      object.put(Descriptions.SPEAKER, model.conditioner().speakerSize());
    }
    object.put("utterance", Descriptions.utterance(model.utterance()));
    model
        .subscale()
        .map(SubscalePart::of)
        .ifPresent(
            subscale ->
                object.put(
                    "subscale", Descriptions.subscale(subscale, model.audio().sampleRate())));
    List<Map<String, Object>> settings = new ArrayList<>();
    imported
        .settings()
        .forEach(
            setting -> {
              Map<String, Object> row = new LinkedHashMap<>();
              row.put("setting", setting.name());
              row.put("value", setting.value());
              row.put("source", setting.source().name().toLowerCase(Locale.ROOT).replace('_', ' '));
              settings.add(row);
            });
    object.put("settings", settings);
    object.put("matrices", matrices(model).stream().map(CheckpointInspection::matrix).toList());
  }

  /** The matrices that may be sparse. */
  static List<WeightMatrix> matrices(VocoderModel model) {
    List<WeightMatrix> matrices = new ArrayList<>();
    if (model.conditioner() instanceof CausalConvolutions causal) {
      matrices.addAll(causal.matrices());
    }
    matrices.addAll(model.network().matrices());
    return matrices;
  }

  /** The families that fit, then the others, the nearest first. */
  private static List<Map<String, Object>> families(Checkpoint checkpoint) {
    List<Map<String, Object>> rows = new ArrayList<>();
    List<FamilyMatch> matches = new ArrayList<>(Families.detect(checkpoint));
    matches.sort(
        Comparator.comparing(FamilyMatch::fits).reversed().thenComparing(FamilyMatch::off));
    for (FamilyMatch match : matches) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("family", match.family());
      row.put("fits", match.fits());
      row.put("why", match.explanation());
      rows.add(row);
    }
    return rows;
  }

  private static Map<String, Object> matrix(WeightMatrix matrix) {
    PackedWeight packed = PackedWeight.of(matrix);
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("matrix", matrix.name());
    row.put("shape", matrix.rows() + "x" + matrix.columns());
    row.put("density", share(matrix.nonZeros(), matrix.values().length));
    row.put("blocks", matrix.blocks().map(BlockShape::toString).orElse("dense"));
    row.put("fill", share(matrix.nonZeros(), packed.blocks().length));
    row.put("bytes", packed.bytes());
    return row;
  }

  /** Rounded to four places, for people and for stable output. */
  private static double share(int part, int whole) {
    return whole == 0 ? 0 : Math.rint(1e4 * part / whole) / 1e4;
  }

  private static List<Map<String, Object>> tensors(Checkpoint checkpoint) {
    List<Map<String, Object>> rows = new ArrayList<>();
    checkpoint
        .tensors()
        .forEach(
            (name, tensor) -> {
              Map<String, Object> row = new LinkedHashMap<>();
              row.put("tensor", name);
              row.put("shape", Arrays.toString(tensor.shape()));
              row.put("type", tensor.type().name().toLowerCase(Locale.ROOT));
              row.put("zeros", share(tensor.zeros(), tensor.size()));
              rows.add(row);
            });
    return rows;
  }
}
