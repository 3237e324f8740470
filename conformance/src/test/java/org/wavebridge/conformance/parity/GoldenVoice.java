package org.wavebridge.conformance.parity;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.conformance.golden.Golden;
import org.wavebridge.conformance.golden.GoldenFamily;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.exporter.family.ImportedModel;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.Score;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.SpeakerEmbedding;
import org.wavebridge.runtime.spi.Tensor;

/** A golden checkpoint, exported as a user would and opened on one backend. */
final class GoldenVoice implements AutoCloseable {
  final ImportedModel imported;
  final Path bundle;
  final Vocoder vocoder;

  private GoldenVoice(ImportedModel imported, Path bundle, Vocoder vocoder) {
    this.imported = imported;
    this.bundle = bundle;
    this.vocoder = vocoder;
  }

  static GoldenVoice open(String checkpoint, Path folder, String backend) {
    return open(Golden.path(checkpoint), folder, backend);
  }

  static GoldenVoice open(Path checkpoint, Path folder, String backend) {
    return open(Exporter.read(checkpoint, "auto", Optional.empty()), folder, backend);
  }

  static GoldenVoice open(GoldenFamily family, Path folder, String backend) {
    return open(family.read(), folder, backend);
  }

  static GoldenVoice open(ImportedModel imported, Path folder, String backend) {
    try (StagedBundle staged =
        Exporter.stage(imported, Optional.empty(), folder.resolve("voice"), "test")) {
      Path bundle = staged.publish();
      VocoderOptions options = VocoderOptions.defaults().withBackend(backend);
      return new GoldenVoice(imported, bundle, Vocoder.open(bundle, options));
    }
  }

  Features mel(String file) {
    return Features.read(Golden.path(file), imported.model().features().mels());
  }

  /** The conditioning of a whole utterance, in one run of the graph. */
  Map<String, Tensor> conditioning(Features mel) {
    return conditioning(mel, Optional.empty());
  }

  /** The same with a speaker. */
  Map<String, Tensor> conditioning(Features mel, Optional<SpeakerEmbedding> speaker) {
    Map<String, Tensor> inputs = new HashMap<>();
    inputs.put("features", new Tensor(mel.values(), 1, mel.mels(), mel.frames()));
    speaker.ifPresent(
        who -> inputs.put("speaker", new Tensor(who.values(), 1, who.values().length)));
    return vocoder.graph(GraphKind.CONDITIONER).run(inputs);
  }

  /** The logits of every sample, one array a sample. */
  List<float[]> logits(Features mel, float[] values, int perSample) {
    List<float[]> all = new ArrayList<>();
    score(mel, values, perSample, all);
    return all;
  }

  Score score(Features mel, float[] values, int perSample, List<float[]> all) {
    return vocoder.score(
        mel,
        values,
        (piece, samples) -> {
          for (int at = 0; at < piece.length; at += perSample) {
            all.add(Arrays.copyOfRange(piece, at, at + perSample));
          }
        },
        Progress.NONE);
  }

  @Override
  public void close() {
    vocoder.close();
  }
}
