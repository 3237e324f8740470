package org.wavebridge.runtime.bulk;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.PlainText;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.Sha256;
import org.wavebridge.runtime.FeatureScale;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.io.SpeakerEmbedding;

/**
 * All that decides the bytes of outputs, as a file beside them: who goes on where a run ended must
 * ask for the same.
 *
 * @param text a line each, {@code NAME: VALUE}
 */
public record BulkSettings(String text) {
  /** The name of the file. Readers of tables pass over names that begin so. */
  public static final String FILE = "_bulk.txt";

  /** The file of bad rows: key, tabulator, reason. */
  public static final String BAD_ROWS = "_bad.tsv";

  /**
   * Settings of a run.
   *
   * @param opening with the backend by its own name
   * @param options the seed is that of the whole
   * @param scale of the features, where it is not the bundle's
   */
  public static BulkSettings of(
      BundleManifest manifest,
      VocoderOptions opening,
      GenerateOptions options,
      Optional<FeatureScale> scale) {
    StringBuilder graphs = new StringBuilder();
    manifest.graphs().forEach(graph -> graphs.append(graph.sha256()).append('\n'));
    return new BulkSettings(
        String.join(
            "\n",
            "graphs: " + digest(graphs.toString().getBytes(StandardCharsets.UTF_8)),
            "backend: " + opening.backend(),
            "precision: " + opening.precision(),
            "factor: "
                + (opening.factor().isEmpty() ? "the bundle's" : opening.factor().getAsInt()),
            "seed: " + options.seed(),
            "temperature: " + options.temperature(),
            "scale: " + scale.map(FeatureScale::toString).orElse("the bundle's"),
            "speaker: " + options.speaker().map(BulkSettings::digest).orElse("none"),
            ""));
  }

  private static String digest(SpeakerEmbedding speaker) {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * speaker.values().length);
    bytes.asFloatBuffer().put(speaker.values());
    return digest(bytes.array());
  }

  private static String digest(byte[] bytes) {
    return Sha256.of(bytes).substring(0, 16);
  }

  /**
   * Refuses outputs that a run with other settings has begun.
   *
   * @param begun what its file says
   * @throws InputException naming the first setting that differs
   */
  public void requireSame(String begun, String folder) {
    List<String> now = text.lines().toList();
    List<String> then = begun.lines().toList();
    for (int i = 0; i < Math.max(now.size(), then.size()); i++) {
      String expected = i < now.size() ? now.get(i) : "";
      String found = i < then.size() ? then.get(i) : "";
      if (!found.equals(expected)) {
        throw new InputException(
            "%s: expected a folder begun with '%s', found '%s' in its %s; choose another folder, or ask for the same"
                .formatted(folder, expected, PlainText.line(found), FILE));
      }
    }
  }

  /** A line of the file of bad rows. */
  public static String badRow(String key, String reason) {
    return PlainText.line(key).replace('\t', ' ') + "\t" + PlainText.line(reason) + "\n";
  }
}
