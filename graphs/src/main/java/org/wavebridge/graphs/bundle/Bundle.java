package org.wavebridge.graphs.bundle;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.CosineModulatedBank;
import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.type.LogicalType;

/**
 * A bundle opened for reading: a folder, or a zip of one. Graphs are read on demand and checked
 * against their hash. They are those of the moment when it was opened, also after another bundle
 * has taken its place. One that is dropped unclosed keeps its files open until it is collected.
 */
public final class Bundle implements AutoCloseable {
  private static final int LARGEST_DESCRIPTION = 1 << 22;

  static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(16)
                          .maxNameLength(256)
                          .maxStringLength(1 << 14)
                          .maxNumberLength(64)
                          .build())
                  .build())
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .withCoercionConfig(
              LogicalType.Textual,
              textual ->
                  textual
                      .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  private static final String UTTERANCE = "utterance";
  private static final String SUBSCALE = "subscale";
  private static final String INT8_PART = "int8";
  private static final String BANDS = "bands";
  private static final String STREAM = "stream";
  private static final String CONTEXT_FRAMES = "contextFrames";
  private static final String FUTURE_FRAMES = "futureFrames";
  private static final String SPEAKER_SIZE = "speakerSize";

  /** The values of a mel analysis that a description leaves out. */
  private static final Map<String, Object> USUAL_ANALYSIS =
      Map.of(
          "framing",
          MelAnalysis.Framing.CENTRED,
          "filterShape",
          MelAnalysis.FilterShape.UNIT_AREA,
          "fullScale",
          1.0,
          "preEmphasis",
          0.0);

  /** The values of an utterance that a description leaves out. */
  private static final Map<String, Object> USUAL_UTTERANCE =
      Map.of("beyond", 0f, "fadeSamples", 0, "fadesEmphasised", false);

  /** The values of bands that a description leaves out. */
  private static final Map<String, Object> USUAL_BANDS =
      Map.of("form", CosineModulatedBank.Form.CAUSAL);

  private final Path path;
  private final BundleFiles files;
  private final BundleManifest manifest;
  private final GraphChecks checks = new GraphChecks(this);

  private Bundle(Path path, BundleFiles files) {
    this.path = path;
    this.files = files;
    this.manifest = files.manifest();
  }

  /** Adds the parts that a description leaves out. */
  private static void addAbsent(ObjectNode description) {
    if (!description.has(UTTERANCE)) {
      description.set(UTTERANCE, JSON.valueToTree(Utterance.PLAIN));
    }
    addUsual(description.path(UTTERANCE), USUAL_UTTERANCE);
    for (String part : List.of(SUBSCALE, INT8_PART, BANDS, STREAM)) {
      if (!description.has(part)) {
        description.putNull(part);
      }
    }
    if (!description.has(SPEAKER_SIZE)) {
      description.put(SPEAKER_SIZE, 0);
    }
    if (!description.has(FUTURE_FRAMES) && description.has(CONTEXT_FRAMES)) {
      description.set(FUTURE_FRAMES, description.get(CONTEXT_FRAMES));
    }
    addUsual(description.path("features").path("analysis"), USUAL_ANALYSIS);
    addUsual(description.path(BANDS), USUAL_BANDS);
  }

  private static void addUsual(JsonNode part, Map<String, Object> usual) {
    if (part instanceof ObjectNode object) {
      usual.forEach(
          (name, value) -> {
            if (!object.has(name)) {
              object.set(name, JSON.valueToTree(value));
            }
          });
    }
  }

  private static void removeUsual(JsonNode part, Map<String, Object> usual) {
    if (part instanceof ObjectNode object) {
      usual.forEach(
          (name, value) -> {
            if (JSON.valueToTree(value).equals(object.get(name))) {
              object.remove(name);
            }
          });
    }
  }

  /** The text of {@code bundle.json}; what older versions do not have is left out where it can. */
  static String description(BundleManifest manifest) {
    ObjectNode tree = JSON.valueToTree(manifest);
    if (manifest.utterance().equals(Utterance.PLAIN)) {
      tree.remove(UTTERANCE);
    }
    if (manifest.speakerSize() == 0) {
      tree.remove(SPEAKER_SIZE);
    }
    if (manifest.futureFrames() == manifest.contextFrames()) {
      tree.remove(FUTURE_FRAMES);
    }
    removeUsual(tree.path(UTTERANCE), USUAL_UTTERANCE);
    removeUsual(tree.path("features").path("analysis"), USUAL_ANALYSIS);
    removeUsual(tree.path(BANDS), USUAL_BANDS);
    return JSON.writeValueAsString(tree);
  }

  /**
   * Whether a path looks like a bundle: a folder with {@code bundle.json}, or a file named {@code
   * *.zip} that holds one.
   */
  public static boolean isBundle(Path path) {
    return BundleFiles.isBundle(path);
  }

  /**
   * Opens a bundle.
   *
   * @throws BundleException if there is none, its description cannot be read, its format is newer
   *     than this program, a file of it is a symbolic link, or its graphs are together larger than
   *     {@link org.wavebridge.graphs.files.Limits#bytes}, those of a zip also than 32 times the zip
   */
  public static Bundle open(Path path) {
    if (!Files.exists(path)) {
      throw new BundleException(path + ": no such bundle");
    }
    return new Bundle(path, BundleFiles.open(path, json -> parse(path, json)));
  }

  /** Where the bundle lies. */
  public Path path() {
    return path;
  }

  /** The description. */
  public BundleManifest manifest() {
    return manifest;
  }

  /** Whether the bundle has a graph. */
  public boolean has(GraphKind kind, String precision) {
    return find(kind, precision) != null;
  }

  /**
   * The bytes of a graph, checked: it is the graph that this program writes for the model in it, so
   * that it asks no more of a machine than that model does, and nothing of any other file.
   *
   * @throws IllegalStateException if the bundle is closed
   * @throws BundleException if the bundle has no such graph, the file does not match its hash, or
   *     the graph is refused
   */
  public byte[] graph(GraphKind kind, String precision) {
    return checks.graph(kind, precision);
  }

  /** The model that the graphs of a precision hold; see {@link BundledModel}. */
  VocoderModel model(String precision) {
    return checks.model(precision);
  }

  /** The bytes of a file that match its hash, nothing else checked. */
  byte[] bytes(GraphKind kind, String precision) {
    return bytes(require(kind, precision));
  }

  private byte[] bytes(BundleManifest.GraphFile graph) {
    byte[] bytes = files.read(graph.file());
    String found = Sha256.of(bytes);
    if (!found.equals(graph.sha256())) {
      throw new BundleException(
          "%s: SHA-256 of %s is %s, but %s says %s; the file was changed or damaged, export the checkpoint again"
              .formatted(path, graph.file(), found, BundleManifest.FILE, graph.sha256()));
    }
    return bytes;
  }

  private BundleManifest.GraphFile require(GraphKind kind, String precision) {
    BundleManifest.GraphFile graph = find(kind, precision);
    if (graph == null) {
      throw new BundleException(
          "%s: no %s graph in precision %s; it has %s"
              .formatted(path, kind.label(), precision, available()));
    }
    return graph;
  }

  /** The name of a graph's file. */
  String file(GraphKind kind, String precision) {
    return require(kind, precision).file();
  }

  /** Closes the files; graphs cannot be read afterwards. */
  @Override
  public void close() {
    files.close();
  }

  private BundleManifest.@Nullable GraphFile find(GraphKind kind, String precision) {
    return manifest.graphs().stream()
        .filter(graph -> graph.kind() == kind && graph.precision().equals(precision))
        .findFirst()
        .orElse(null);
  }

  private List<String> available() {
    List<String> names = new ArrayList<>();
    manifest.graphs().forEach(graph -> names.add(graph.kind().label() + " " + graph.precision()));
    return names;
  }

  private static BundleManifest parse(Path path, byte[] json) {
    Path file = path.resolve(BundleManifest.FILE);
    if (json.length > LARGEST_DESCRIPTION) {
      throw new BundleException(
          "%s: expected a bundle description of at most %,d bytes, found %,d"
              .formatted(file, LARGEST_DESCRIPTION, json.length));
    }
    try {
      JsonNode tree = JSON.readTree(json);
      int version = tree.path("formatVersion").asInt(0);
      if (version < 1) {
        throw new BundleException(
            file + ": expected a bundle description with a 'formatVersion', found none");
      }
      if (version > BundleManifest.FORMAT_VERSION) {
        throw new BundleException(
            "%s: format version %d is newer than this reader (reads up to %d); upgrade wavebridge, or export the checkpoint again with this version"
                .formatted(file, version, BundleManifest.FORMAT_VERSION));
      }
      if (tree instanceof ObjectNode description) {
        addAbsent(description);
      }
      BundleManifest manifest = JSON.treeToValue(tree, BundleManifest.class);
      ManifestChecks.check(file, manifest);
      return manifest;
    } catch (JacksonException e) {
      throw new BundleException(
          file + ": not a readable bundle description: " + e.getOriginalMessage(), e);
    }
  }
}
