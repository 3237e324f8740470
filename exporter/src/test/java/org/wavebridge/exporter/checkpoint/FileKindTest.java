package org.wavebridge.exporter.checkpoint;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wavebridge.exporter.files.PickleWriter.pickle;
import static org.wavebridge.exporter.files.Refusals.refused;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.exporter.family.Families;
import org.wavebridge.exporter.files.CheckpointFiles;
import org.wavebridge.exporter.files.Refusals;
import org.wavebridge.exporter.files.Tensor;
import org.wavebridge.graphs.files.LyraFolder;

/** A file that is no vocoder's checkpoint is named for what it is, with what to do. */
final class FileKindTest {
  private static final String UNPACK = "; unpack it and give the checkpoint inside";
  private static final String OTHER = "; give the checkpoint that training wrote with torch.save";
  private static final String CONVERT = "; convert it to PyTorch's format or safetensors first";
  private static final byte[] DATA = CheckpointFiles.floats(ByteOrder.LITTLE_ENDIAN, 1, 2);

  @TempDir Path folder;

  static Stream<Arguments> files() {
    return Stream.of(
        Arguments.of("", "an empty file; download or copy it again"),
        Arguments.of(
            "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n",
            "a git-lfs pointer, not the file it stands for; run 'git lfs pull' where it was cloned"),
        Arguments.of(
            "<!DOCTYPE html><html><head><title>Google Drive - Virus scan warning</title>",
            "Google Drive's page about its virus scan; download the file in a browser, or with gdown"),
        Arguments.of(
            "\n<HTML><body>404",
            "an HTML page, such as a server's error or login page; download the file itself"),
        Arguments.of("\u001f\u008b\u0008\0", "a gzip archive" + UNPACK),
        Arguments.of("BZh91AY&SY", "a bzip2 archive" + UNPACK),
        Arguments.of("\u00fd7zXZ\0\0", "an xz archive" + UNPACK),
        Arguments.of("(\u00b5/\u00fd\4", "a zstd archive" + UNPACK),
        Arguments.of("7z\u00bc\u00af'\u001c\0", "a 7-Zip archive" + UNPACK),
        Arguments.of("Rar!\u001a\u0007\1\0", "a RAR archive" + UNPACK),
        Arguments.of("a.pt" + "\0".repeat(253) + "ustar\00000", "a tar archive" + UNPACK),
        Arguments.of("\u0093NUMPY\1\0v\0{'descr'", "a NumPy array" + OTHER),
        Arguments.of("RIFF\0\0\0\0WAVEfmt ", "an audio recording" + OTHER),
        Arguments.of("\u001c\0\0\0TFL3\0\0", "a TensorFlow Lite model" + CONVERT),
        Arguments.of("\u0008\u0008\u0012\u0007pytorch:", "an ONNX model" + OTHER),
        Arguments.of(
            "\u0080\4\u0095\0\0",
            "a Python pickle that torch.save did not write; save model.state_dict() with torch.save and give that file"),
        Arguments.of(
            "{\"sample_rate\": 16000}",
            "JSON text; give the weights, and this file with --config if it has settings"),
        Arguments.of("sample_rate: 16000\n", "a text file" + OTHER));
  }

  @ParameterizedTest
  @MethodSource("files")
  void byTheirFirstBytes(String content, String expected) {
    refused(folder, content.getBytes(ISO_8859_1), "expected a checkpoint, found " + expected);
  }

  @ParameterizedTest
  @CsvSource({
    "saved_model.pb, a TensorFlow model",
    "model.ckpt-100.index, a TensorFlow model",
    "model.ckpt-100.data-00000-of-00001, a TensorFlow model",
  })
  void byTheirNames(String name, String expected) throws IOException {
    Path file = Files.write(folder.resolve(name), new byte[] {8, 1, 18, 4});
    Refusals.refused(
        file,
        "expected a checkpoint, found " + expected + CONVERT,
        () -> CheckpointReader.read(file));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "m/data.pkl m/constants.pkl m/code/__torch__.py|a TorchScript program; save model.state_dict() with torch.save and give that file",
        "bundle.json step.onnx|a bundle, which is exported already; use it with 'wavebridge vocode'",
        "voice/bundle.json|a bundle, which is exported already; use it with 'wavebridge vocode'",
        "config.json metadata.json model.weights.h5|a Keras model; convert it to PyTorch's format or safetensors first",
        "a.npy b.npy|an archive of NumPy arrays; give the checkpoint that training wrote with torch.save",
        "run/voice.pth run/log.txt|a zip that holds run/voice.pth; unpack it and give the checkpoint inside",
      })
  void zipsByTheirMembers(String names, String expected) {
    Map<String, byte[]> members = new LinkedHashMap<>();
    for (String name : names.split(" ")) {
      members.put(name, new byte[] {1});
    }
    refused(
        folder,
        CheckpointFiles.members(members, ZipEntry.STORED),
        "expected a checkpoint, found " + expected);
  }

  @Test
  void folders() throws IOException {
    Path bundle = Files.createDirectory(folder.resolve("voice"));
    Files.writeString(bundle.resolve("bundle.json"), "{}");
    Refusals.refused(
        bundle,
        "expected a checkpoint, found a bundle, which is exported already; use it with 'wavebridge vocode'",
        () -> CheckpointReader.read(bundle));
  }

  private static byte[] dictionary(String key, String... names) {
    Map<String, Object> tensors = new LinkedHashMap<>();
    for (String name : names) {
      tensors.put(name, Tensor.of("Float", "0", 2));
    }
    Object top = key.isEmpty() ? tensors : Map.of(key, tensors);
    return CheckpointFiles.zip(pickle().value(top).bytes(), Map.of("0", DATA));
  }

  @ParameterizedTest
  @CsvSource({
    "'', encoder.embedding.weight decoder.attn_rnn.weight_ih, of a Tacotron-like synthesizer",
    "state_dict, embedding.weight decoder.attention_rnn.weight_ih, of a Tacotron-like synthesizer",
    "model, dur_pred.lin.weight prenet.weight, of a FastSpeech-like synthesizer",
    "generator, conv_pre.weight_v ups.0.weight_v resblocks.0.convs1.0.bias, of a HiFi-GAN generator",
    "net, module.conv_pre.weight module.ups.0.bias module.resblocks.0.convs1.0.bias, of a HiFi-GAN generator",
    "'', WN.0.start.bias convinv.0.conv.weight, of a WaveGlow",
    "model_state, lstm.weight_ih_l0 similarity_weight, of a speaker encoder",
  })
  void otherNetworks(String key, String names, String expected) {
    Path file =
        CheckpointFiles.write(folder.resolve("other.pt"), dictionary(key, names.split(" ")));
    Refusals.refused(
        file,
        "this is the checkpoint %s, not of a WaveRNN vocoder; give the vocoder's checkpoint"
            .formatted(expected),
        () -> Families.read(CheckpointReader.read(file), Families.AUTO, Map.of()));
  }

  @Test
  void anOptimiser() {
    Map<String, Object> top = new LinkedHashMap<>();
    top.put("state", Map.of(0, Map.of("exp_avg", Tensor.of("Float", "0", 2))));
    top.put("param_groups", List.of(Map.of("lr", 1e-4)));
    refused(
        folder,
        CheckpointFiles.zip(pickle().value(top).bytes(), Map.of("0", DATA)),
        "this is the state of an optimiser, without weights; give the model's checkpoint");
  }

  @Test
  void whatIsACheckpointForThoseWhoExpectABundle() throws IOException {
    for (Path path :
        List.of(
            CheckpointFiles.golden("fatchord_raw/checkpoint_zip.pyt"),
            CheckpointFiles.golden("fatchord_raw/checkpoint_legacy.pyt"),
            LyraFolder.path())) {
      assertTrue(FileKind.isCheckpoint(path), path.toString());
    }
    assertFalse(FileKind.isCheckpoint(folder));
    assertFalse(FileKind.isCheckpoint(folder.resolve("missing")));
    assertFalse(FileKind.isCheckpoint(Files.writeString(folder.resolve("a.zip"), "PK\3\4")));
    assertEquals(
        true,
        FileKind.isCheckpoint(
            CheckpointFiles.write(
                folder.resolve("a.safetensors"), CheckpointFiles.safetensors("{}", new byte[0]))));
  }
}
