package org.wavebridge.exporter.checkpoint;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.wavebridge.graphs.bundle.BundleManifest;

/**
 * The kind of a file that was given instead of a checkpoint, by its first bytes; for messages.
 *
 * @param what it is, with an article
 * @param advice what to do
 */
public record FileKind(String what, String advice) {
  /** As many bytes as the signatures need. */
  private static final int HEAD = 4096;

  private static final int TAR_AT = 257;
  private static final String UNPACK = "unpack it and give the checkpoint inside";
  private static final String OTHER = "give the checkpoint that training wrote with torch.save";
  private static final String CONVERT = "convert it to PyTorch's format or safetensors first";
  private static final Pattern C_SOURCE =
      Pattern.compile("^#[ \\t]*(include|ifn?def|define)\\b", Pattern.MULTILINE);
  private static final FileKind BUNDLE =
      new FileKind("a bundle, which is exported already", "use it with 'wavebridge vocode'");
  private static final FileKind SAVED_MODEL = new FileKind("a TensorFlow model", CONVERT);
  private static final FileKind TORCH_SCRIPT =
      new FileKind(
          "a TorchScript program", "save model.state_dict() with torch.save and give that file");

  /**
   * A kind by the beginning of its files.
   *
   * @param kind what it is
   * @param fits of the first bytes, as Latin-1
   */
  private record Signature(FileKind kind, Predicate<String> fits) {
    static Signature of(String what, String advice, String... starts) {
      return new Signature(
          new FileKind(what, advice), head -> Stream.of(starts).anyMatch(head::startsWith));
    }
  }

  private static final List<Signature> SIGNATURES =
      List.of(
          new Signature(
              new FileKind("an empty file", "download or copy it again"), String::isEmpty),
          Signature.of(
              "a git-lfs pointer, not the file it stands for",
              "run 'git lfs pull' where it was cloned",
              "version https://git-lfs"),
          new Signature(
              new FileKind(
                  "Google Drive's page about its virus scan",
                  "download the file in a browser, or with gdown"),
              head -> page(head) && head.contains("Google Drive")),
          new Signature(
              new FileKind(
                  "an HTML page, such as a server's error or login page",
                  "download the file itself"),
              FileKind::page),
          Signature.of("a gzip archive", UNPACK, "\u001f\u008b"),
          Signature.of("a bzip2 archive", UNPACK, "BZh"),
          Signature.of("an xz archive", UNPACK, "\u00fd7zXZ\0"),
          Signature.of("a zstd archive", UNPACK, "(\u00b5/\u00fd"),
          Signature.of("a 7-Zip archive", UNPACK, "7z\u00bc\u00af'\u001c"),
          Signature.of("a RAR archive", UNPACK, "Rar!\u001a\u0007"),
          new Signature(
              new FileKind("a tar archive", UNPACK), head -> head.startsWith("ustar", TAR_AT)),
          Signature.of("a NumPy array", OTHER, "\u0093NUMPY"),
          Signature.of("an audio recording", OTHER, "RIFF", "RF64", "fLaC", "OggS", "ID3"),
          Signature.of("a GGUF model", OTHER, "GGUF"),
          new Signature(
              new FileKind("a TensorFlow Lite model", CONVERT), head -> head.startsWith("TFL3", 4)),
          new Signature(new FileKind("an ONNX model", OTHER), FileKind::onnx),
          Signature.of(
              "a Python pickle that torch.save did not write",
              "save model.state_dict() with torch.save and give that file",
              "\u0080\2",
              "\u0080\3",
              "\u0080\4",
              "\u0080\5"),
          new Signature(
              new FileKind(
                  "JSON text", "give the weights, and this file with --config if it has settings"),
              head -> text(head) && (head.startsWith("{") || head.startsWith("["))),
          new Signature(
              new FileKind(
                  "C source that ends before the first array of weights",
                  "a header holds none: give the whole .c file that it belongs to"),
              head -> text(head) && C_SOURCE.matcher(head).find()),
          new Signature(new FileKind("a text file", OTHER), FileKind::text));

  /** The whole message about a file that is no checkpoint. */
  String message(Path file) {
    return "%s: expected a checkpoint, found %s; %s".formatted(file, what, advice);
  }

  /** The kind of a file that is no checkpoint, if it can be told. */
  static Optional<FileKind> of(Path file, byte[] bytes) {
    String name = String.valueOf(file.getFileName());
    if (name.equals("saved_model.pb") || name.matches(".*\\.(index|meta|data-\\d+-of-\\d+)")) {
      return Optional.of(SAVED_MODEL);
    }
    String head = new String(bytes, 0, Math.min(HEAD, bytes.length), ISO_8859_1);
    return SIGNATURES.stream()
        .filter(signature -> signature.fits().test(head))
        .map(Signature::kind)
        .findFirst();
  }

  /** The kind of a zip that is no checkpoint, by the names of its members. */
  static Optional<FileKind> ofZip(Collection<String> names) {
    if (names.stream().anyMatch(name -> name.matches("[^/]*/(constants\\.pkl|code/.*)"))) {
      return Optional.of(TORCH_SCRIPT);
    }
    if (names.stream().anyMatch(name -> name.endsWith("/data.pkl"))) {
      return Optional.empty();
    }
    if (names.stream().anyMatch(name -> name.matches("([^/]*/)?" + BundleManifest.FILE))) {
      return Optional.of(BUNDLE);
    }
    if (names.contains("model.weights.h5")) {
      return Optional.of(new FileKind("a Keras model", CONVERT));
    }
    if (!names.isEmpty() && names.stream().allMatch(name -> name.endsWith(".npy"))) {
      return Optional.of(new FileKind("an archive of NumPy arrays", OTHER));
    }
    return names.stream()
        .filter(name -> name.matches("(?i).*\\.(pt|pth|pyt|ckpt|bin|safetensors)"))
        .findFirst()
        .map(name -> new FileKind("a zip that holds " + StateDict.shortened(name), UNPACK));
  }

  /** The kind of a folder that is no checkpoint, if it can be told. */
  static Optional<FileKind> ofFolder(Path folder) {
    if (Files.exists(folder.resolve(BundleManifest.FILE))) {
      return Optional.of(BUNDLE);
    }
    return Files.exists(folder.resolve("saved_model.pb"))
        ? Optional.of(SAVED_MODEL)
        : Optional.empty();
  }

  /**
   * Whether a path is a checkpoint's container: for those who expect a bundle. Says nothing of what
   * is in it.
   */
  public static boolean isCheckpoint(Path path) {
    if (RawArrays.matches(path)) {
      return true;
    }
    if (!Files.isRegularFile(path)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(path)) {
      byte[] head = in.readNBytes(HEAD);
      return TorchLegacy.matches(head)
          || Safetensors.matches(head)
          || KerasHdf5.matches(head)
          || WeightsBlob.matches(head)
          || CArrays.matches(head)
          || (TorchZip.matches(head) && new String(head, ISO_8859_1).contains("/data.pkl"));
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean page(String head) {
    String start = head.stripLeading().toLowerCase(Locale.ROOT);
    return start.startsWith("<!doctype html") || start.startsWith("<html");
  }

  /** The version of the format, then the name of the producer, whose length is one byte. */
  private static boolean onnx(String head) {
    return head.length() > 4 && head.charAt(0) == 8 && head.charAt(1) < 64 && head.charAt(2) == 18;
  }

  /** Whether there are no control characters but those of texts. */
  private static boolean text(String head) {
    return head.chars().allMatch(c -> (c >= ' ' && c != 0x7f) || "\t\r\n\f".indexOf(c) >= 0);
  }
}
