package org.wavebridge.conformance.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.conformance.golden.GoldenFamily;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.spi.Tensor;

/** Clips that families' own code generated together, on both backends. */
final class ClipsParityTest {
  @TempDir Path folder;

  static Stream<Arguments> cases() {
    return FamilyParityTest.casesThat(family -> family.isThere() && family.golden().has("batch_u"));
  }

  /** Two clips as rows of one call, each with the uniforms recorded for it. */
  @ParameterizedTest
  @MethodSource("cases")
  void clipsTogether(GoldenFamily family, String backend) {
    try (GoldenVoice voice = GoldenVoice.open(family, folder, backend)) {
      VocoderModel model = voice.imported.model();
      List<Features> clips = family.clips();
      int rows = clips.size();
      float[] recorded = family.golden().floats("batch_u");
      int draws = model.network().draws();
      int samples = recorded.length / rows / draws;
      Map<String, Tensor> inputs = conditioning(voice, clips, samples);
      float[] uniforms = new float[recorded.length];
      for (int i = 0; i < uniforms.length; i++) {
        uniforms[i % rows * samples * draws + i / rows] = recorded[i];
      }
      inputs.put("uniforms", new Tensor(uniforms, rows, samples, draws));
      inputs.put("temperature", Tensor.repeated(1, rows));
      inputs.put("previous", repeated(model.network().initialPrevious(), rows));
      inputs.put("state", repeated(new float[model.network().stateSize()], rows));
      float[] made = voice.vocoder.graph(GraphKind.GENERATE).run(inputs).get("audio").values();
      float[] drawn = family.drawnClips(model);
      assertEquals(drawn.length, made.length);
      for (int i = 0; i < drawn.length; i++) {
        String where = family + " sample " + i / rows + " of clip " + i % rows;
        assertEquals(drawn[i], made[i % rows * samples + i / rows], 1e-6, where);
      }
    }
  }

  /** The conditioning of the clips' samples, clip by clip. */
  private static Map<String, Tensor> conditioning(
      GoldenVoice voice, List<Features> clips, int samples) {
    VocoderModel model = voice.imported.model();
    int hop = model.features().hop();
    Map<String, Tensor> inputs = new HashMap<>();
    for (Conditioning tensor : model.conditioningTensors()) {
      int perVector = tensor.rate() == Conditioning.Rate.FRAME ? hop : 1;
      int from = model.utterance().leadFrames() * hop / perVector * tensor.size();
      int vectors = samples / perVector;
      int size = vectors * tensor.size();
      float[] joined = new float[clips.size() * size];
      for (int clip = 0; clip < clips.size(); clip++) {
        float[] own = voice.conditioning(clips.get(clip)).get(tensor.name()).values();
        System.arraycopy(own, from, joined, clip * size, size);
      }
      inputs.put(tensor.name(), new Tensor(joined, clips.size(), vectors, tensor.size()));
    }
    return inputs;
  }

  private static Tensor repeated(float[] row, int rows) {
    float[] values = new float[rows * row.length];
    for (int i = 0; i < rows; i++) {
      System.arraycopy(row, 0, values, i * row.length, row.length);
    }
    return new Tensor(values, rows, row.length);
  }
}
