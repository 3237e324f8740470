package org.wavebridge.conformance.pcm;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.wavebridge.conformance.golden.Golden;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.quantize.Quantizer;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.runtime.Uniforms;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.WavFile;
import org.wavebridge.runtime.io.Waveform;

/** A voice whose samples are recorded, with a short utterance for it. */
enum PcmVoice {
  DEMO("en-us-16k/checkpoint.pt", "", "en-us-16k/agent-pass.npy", 10),
  FATCHORD_RAW("fatchord_raw/checkpoint_zip.pyt", "", "fatchord_raw/mel.npy", 12),
  FATCHORD_MOL("fatchord_mol/checkpoint_zip.pyt", "", "fatchord_mol/mel.npy", 12),
  MKOTHA("mkotha/checkpoint_zip.pyt", "", "mkotha/mel.npy", 12),
  /** Conditioning by interpolation. */
  COQUI_INTERPOLATED("coqui_interp_bits/checkpoint_zip.pth", "", "coqui_interp_bits/mel.npy", 12),
  TORCHAUDIO("torchaudio/checkpoint_zip.pth", "", "torchaudio/mel.npy", 12),
  /** Subscale generation with a context network. */
  PAPERCUP(
      "papercup_subscale/checkpoint_zip.pth",
      "papercup_subscale/config.json",
      "papercup_subscale/mel.npy",
      12),
  /** Four bands of random weights, which only additions and products made. */
  MULTI_BAND("", "", "", 20);

  private static final int BANDS_MELS = 20;

  private final String checkpoint;
  private final String config;
  private final String mel;
  private final int frames;

  PcmVoice(String checkpoint, String config, String mel, int frames) {
    this.checkpoint = checkpoint;
    this.config = config;
    this.mel = mel;
    this.frames = frames;
  }

  /** The name in the table of hashes. */
  String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  VocoderModel model() {
    if (checkpoint.isEmpty()) {
      return RandomModels.multiBand(
          8, 64, BANDS_MELS, RandomModels.tree(2), 8, 4, 0.4, new BlockShape(4, 4));
    }
    Optional<Path> settings =
        config.isEmpty() ? Optional.empty() : Optional.of(Golden.path(config));
    return Exporter.read(Golden.path(checkpoint), "auto", settings).model();
  }

  /** Writes the bundle of both precisions. */
  Path export(Path folder) {
    VocoderModel model = model();
    try (StagedBundle staged =
        StagedBundle.write(
            model,
            Optional.of(Quantizer.quantise(model)),
            new BundleManifest.Source(title(), "0".repeat(64)),
            "test",
            folder.resolve(title()))) {
      return staged.publish();
    }
  }

  /** The utterance. */
  Features features() {
    if (checkpoint.isEmpty()) {
      float[] values = new float[BANDS_MELS * frames];
      new Uniforms(9).fill(values, 0, 0, 0, values.length, 1);
      return new Features(BANDS_MELS, frames, values);
    }
    return part(Features.read(Golden.path(mel), 80), frames);
  }

  /** The beginning of an utterance. */
  static Features part(Features mel, int frames) {
    float[] values = new float[mel.mels() * frames];
    for (int m = 0; m < mel.mels(); m++) {
      System.arraycopy(mel.values(), m * mel.frames(), values, m * frames, frames);
    }
    return new Features(mel.mels(), frames, values);
  }

  /** A recording of as many frames, as if it were of the voice's sample rate. */
  Waveform recording(BundleManifest manifest) {
    float[] speech = WavFile.read(Golden.path("en-us-16k/agent-pass.wav")).samples();
    int start = speech.length / 3;
    return new Waveform(
        Arrays.copyOfRange(speech, start, start + frames * manifest.features().hop()),
        manifest.audio().sampleRate());
  }
}
