package org.wavebridge.exporter.family;

import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.exporter.checkpoint.CheckpointReader;
import org.wavebridge.exporter.files.CheckpointFiles;
import org.wavebridge.exporter.files.Relatives;
import org.wavebridge.graphs.files.LyraFolder;

/** Golden checkpoints, with a layer that each has and what its configuration must say. */
enum GoldenFile {
  FATCHORD_RAW("fatchord", "fatchord_raw/checkpoint_zip.pyt", "fc1.weight"),
  FATCHORD_MOL("fatchord", "fatchord_mol/checkpoint_zip.pyt", "fc1.weight"),
  CORENTINJ("corentinj", "corentinj/checkpoint_zip.pt", "fc1.weight"),
  BEGEEKMYFRIEND("begeekmyfriend", "begeekmyfriend/checkpoint_zip.pyt", "fc1.weight"),
  SCWAVERNN("scwavernn", Relatives.speaker().toString(), "fc1.weight"),
  MULTIBAND("multiband", Relatives.bands().toString(), "fc1.weight"),
  TORCHAUDIO("torchaudio", "torchaudio/checkpoint_zip.pth", "fc1.weight"),
  COQUI_BITS("coqui", "coqui_bits/checkpoint_zip.pth", "fc1.weight"),
  COQUI_NOAUX("coqui", "coqui_noaux_bits/checkpoint_zip.pth", "fc1.weight"),
  COQUI_INTERP("coqui", "coqui_interp_bits/checkpoint_zip.pth", "fc1.weight"),
  COQUI_MOLD("coqui", "coqui_mold/checkpoint_zip.pth", "fc1.weight"),
  GWANG_BITS("gwang", "gwang_bits/checkpoint_step000001000_zip.pth", "fc1.weight"),
  GWANG_MULAW("gwang", "gwang_mulaw/checkpoint_step000001000_zip.pth", "fc1.weight"),
  GENEING("geneing", "geneing/checkpoint_zip.pth", "fc1.weight"),
  MKOTHA("mkotha", "mkotha/checkpoint_zip.pyt", "wavernn.fc3.weight"),
  DEEPMIND("deepmind", "deepmind_dual/checkpoint_zip.pyt", "O3.weight"),
  PAPERCUP("papercup", "papercup_subscale/checkpoint_zip.pth", "fc1.weight"),
  UNIVOC("univoc", "univoc/checkpoint_zip.pt", "fc1.weight"),
  UNIVOC_V01("univoc_v01", "univoc_v01/checkpoint_zip.pt", "fc1.weight"),
  LYRA("lyra", "", "lyra_16khz_proj_weights"),
  VOICE("wavernn-dual-softmax", "en-us-16k/checkpoint.pt", "O3.weight");

  /** Tensors that files have beside the network: for training, or never used. */
  private static final Pattern UNUSED =
      Pattern.compile(
          "step|.*num_batches_tracked|wavernn\\.mask|mask_.h|lut_x\\..*|.*conv_layers\\..*");

  final String family;
  final String file;
  final String layer;

  GoldenFile(String family, String file, String layer) {
    this.family = family;
    this.file = file;
    this.layer = layer;
  }

  Map<String, Object> config() {
    return switch (this) {
      case GWANG_BITS -> Map.of("input_type", "bits");
      case GWANG_MULAW -> Map.of("input_type", "mulaw");
      // Rewritten files have only the tensors, which do not tell the version.
      case UNIVOC -> Map.of("family", "univoc");
      case UNIVOC_V01 -> Map.of("family", "univoc_v01", "hop_length", 220);
      case PAPERCUP -> Map.of("batch_factor", 8, "horizon", 3);
      default -> Map.of();
    };
  }

  Path path() {
    return this == LYRA ? LyraFolder.path() : CheckpointFiles.golden(file);
  }

  Checkpoint checkpoint() {
    return CheckpointReader.read(path());
  }

  ImportedModel read() {
    return read(path());
  }

  ImportedModel read(Path path) {
    return Families.read(CheckpointReader.read(path), Families.AUTO, config());
  }

  /** Whether the network uses a tensor. */
  boolean uses(String tensor) {
    return !UNUSED.matcher(tensor).matches()
        && !(this == COQUI_NOAUX && tensor.startsWith("upsample.resnet."));
  }
}
