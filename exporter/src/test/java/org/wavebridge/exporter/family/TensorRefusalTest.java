package org.wavebridge.exporter.family;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.exporter.checkpoint.CheckpointReader;
import org.wavebridge.exporter.files.Altered;
import org.wavebridge.exporter.files.Refusals;

/** Tensors that are there but do not fit. */
final class TensorRefusalTest {
  @TempDir Path folder;

  @Test
  void shapesOfTheFatchordModel() {
    Altered.raw(folder)
        .shape("rnn1.weight_hh_l0", 192, 63)
        .refused("tensor 'rnn1.weight_hh_l0': expected shape [192, 64], found [192, 63]");
    Altered.raw(folder)
        .shape("rnn1.weight_hh_l0", 192 * 64)
        .refused("tensor 'rnn1.weight_hh_l0': expected shape [192, 64], found [12288]");
    Altered.raw(folder)
        .shape("I.weight", 64, 90)
        .refused("tensor 'I.weight': expected shape [any, 89], found [64, 90]");
    Altered.raw(folder)
        .shape("I.weight", 0, 89)
        .refused("tensor 'I.weight': expected shape [any, 89], found [0, 89]");
    Altered.raw(folder)
        .shape("fc1.bias", 97)
        .refused("tensor 'fc1.bias': expected shape [96], found [97]");
    Altered.raw(folder)
        .shape("upsample.resnet.layers.1.batch_norm2.running_mean", 31)
        .refused(
            "tensor 'upsample.resnet.layers.1.batch_norm2.running_mean': expected shape [32], found [31]");
    Altered.raw(folder)
        .shape("upsample.resnet.layers.1.conv1.weight", 32, 32, 3)
        .refused(
            "tensor 'upsample.resnet.layers.1.conv1.weight': expected shape [32, 32, 1], found [32, 32, 3]");
    Altered.raw(folder)
        .shape("upsample.resnet.conv_in.weight", 32, 80, 4)
        .refused("tensor 'upsample.resnet.conv_in.weight': expected an odd width, found 4");
    Altered.raw(folder)
        .shape("upsample.resnet.conv_out.weight", 30, 32, 1)
        .shape("upsample.resnet.conv_out.bias", 30)
        .refused("upsample.resnet.conv_out has 30 outputs, expected a multiple of 4");
  }

  @Test
  void upsamplingKernels() {
    Altered.raw(folder)
        .shape("upsample.up_layers.3.weight", 1, 1, 1, 10)
        .refused("tensor 'upsample.up_layers.3.weight': expected 2 x factor + 1 taps, found 10");
    Altered.raw(folder)
        .shape("upsample.up_layers.3.weight", 1, 1, 1, 1)
        .refused("tensor 'upsample.up_layers.3.weight': expected 2 x factor + 1 taps, found 1");
    Altered.raw(folder)
        .shape("upsample.up_layers.3.weight", 1, 1, 1, 100_001)
        .refused("the upsampling factors make 250000 samples per frame, at most 65536 fit");
  }

  @Test
  void shapesOfTheVoice() {
    Altered.voice(folder)
        .shape("w_hh", 768, 257)
        .refused("tensor 'w_hh': expected an even number of columns, found 257");
    Altered.voice(folder)
        .shape("w_hh", 767, 256)
        .refused("tensor 'w_hh': expected shape [768, 256], found [767, 256]");
    Altered.voice(folder)
        .shape("w_ih", 768, 66)
        .refused("tensor 'w_ih': expected shape [768, 67], found [768, 66]");
    Altered.voice(folder)
        .shape("O4.weight", 255, 128)
        .refused("tensor 'O4.weight': expected shape [256, 128], found [255, 128]");
    Altered.voice(folder)
        .shape("conv2.weight", 64, 127, 3)
        .refused("tensor 'conv2.weight': expected shape [any, 128, any], found [64, 127, 3]");
    Altered.voice(folder)
        .shape("conv2.weight", 64, 128, 2)
        .refused("tensor 'conv2.weight': expected an odd width, found 2");
  }

  /** The types have as many bytes, so one name in the header is all that changes. */
  @Test
  void elementTypesOfASafetensorsFile() throws IOException {
    Map<String, Altered> files =
        Map.of("fc3.bias", Altered.raw(folder), "O3.bias", Altered.voice(folder));
    for (String name : files.keySet()) {
      Path file = files.get(name).write();
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      String entry = "\"" + name + "\":{\"dtype\":\"";
      assertTrue(text.contains(entry + "F32"), name);
      Files.writeString(
          file, text.replace(entry + "F32", entry + "I32"), StandardCharsets.ISO_8859_1);
      Refusals.refused(
          file,
          "tensor '%s': expected floating-point elements, found I32; is this a quantised model?"
              .formatted(name),
          () -> Families.read(CheckpointReader.read(file), Families.AUTO, Map.of()));
    }
  }

  @Test
  void valuesThatAreNotFinite() {
    String why = "; the checkpoint is damaged or its training diverged";
    Altered.raw(folder)
        .edit("fc2.weight", values -> values[77] = Float.NaN)
        .refused("tensor 'fc2.weight': element 77 is NaN" + why);
    Altered.raw(folder)
        .edit("upsample.resnet.batch_norm.bias", values -> values[3] = Float.POSITIVE_INFINITY)
        .refused("tensor 'upsample.resnet.batch_norm.bias': element 3 is Infinity" + why);
    Altered.voice(folder)
        .edit("w_ih", values -> values[2] = Float.NEGATIVE_INFINITY)
        .refused("tensor 'w_ih': element 2 is -Infinity" + why);
  }

  @Test
  void variancesAndGains() {
    Altered.raw(folder)
        .edit("upsample.resnet.layers.2.batch_norm1.running_var", values -> values[5] = -0.25f)
        .refused(
            "tensor 'upsample.resnet.layers.2.batch_norm1.running_var': element 5 is -0.25, a variance cannot be negative");
    Altered.raw(folder)
        .edit("upsample.resnet.batch_norm.weight", values -> values[0] = 3e38f)
        .edit("upsample.resnet.batch_norm.running_var", values -> values[0] = 0)
        .refused(
            "tensor 'upsample.resnet.batch_norm.weight': element 0 is too large to be absorbed into the convolution");
  }

  @Test
  void theCoarseHalfMustNotSeeTheCoarseSample() {
    Altered.voice(folder)
        .edit("w_ih", values -> values[(256 + 127) * 67 + 2] = 0.5f)
        .refused(
            "tensor 'w_ih': row 383, column of c_t is 0.5, expected 0: the coarse half must not see c_t");
    Altered.voice(folder).edit("w_ih", values -> values[(256 + 128) * 67 + 2] = 0.5f).read();
  }

  @Test
  void outputsThatFitNoMode() {
    Altered.raw(folder)
        .shape("fc3.weight", 500, 96)
        .shape("fc3.bias", 500)
        .refused(
            "fc3 has 500 outputs: neither 2^bits classes (RAW) nor 3 per mixture component (MOL)");
    Altered.mol(folder)
        .refused(
            "fatchord",
            Map.of("voc_mode", "RAW"),
            "setting 'voc_mode' is RAW, but fc3 has 30 outputs, expected 2^bits, 4 or more");
    Altered.raw(folder)
        .refused(
            "fatchord",
            Map.of("voc_mode", "MOL"),
            "setting 'voc_mode' is MOL, but fc3 has 512 outputs, expected 3 per mixture component (30)");
  }
}
