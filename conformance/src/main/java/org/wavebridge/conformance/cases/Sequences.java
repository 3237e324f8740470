package org.wavebridge.conformance.cases;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.wavebridge.conformance.targets.ConditioningTensors;
import org.wavebridge.conformance.targets.FeatureFrames;
import org.wavebridge.conformance.targets.Sequence;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.Conditioning;
import org.wavebridge.reference.Reference;
import org.wavebridge.runtime.Uniforms;

/** Sequences made from seeds. */
final class Sequences {
  private Sequences() {}

  /**
   * A sequence from the start of an utterance. Its conditioning is the reference's for made-up
   * features, rounded to f32, so that a target's own conditioner plays no part.
   *
   * @param atLeast samples; as many more as make whole steps
   */
  static Sequence of(VocoderModel model, int atLeast, long seed) {
    int step = model.network().samplesPerStep();
    int samples = (atLeast + step - 1) / step * step;
    int hop = model.features().hop();
    int frames = Math.max(2, (samples + hop - 1) / hop);
    Conditioning made =
        new Reference(model, Arithmetic.DOUBLE)
            .conditioning(
                FeatureFrames.of(MadeUpFeatures.of(model, frames, seed)),
                Arithmetic.widen(MadeUpFeatures.speaker(model, seed)));
    Map<String, float[]> conditioning = new HashMap<>();
    for (var tensor : model.conditioningTensors()) {
      conditioning.put(tensor.name(), ConditioningTensors.values(tensor, made));
    }
    StepNetwork network = model.network();
    float[] uniforms = new float[frames * hop * network.draws()];
    new Uniforms(seed).fill(uniforms, 0, 0, 0, frames * hop, network.draws());
    return new Sequence(
            model,
            frames * hop,
            conditioning,
            uniforms,
            network.initialPrevious(),
            new float[network.stateSize()],
            1)
        .part(0, samples);
  }

  /** A random sequence that starts from a state and previous values in the middle of nowhere. */
  static Sequence fromAnywhere(VocoderModel model, int samples, long seed) {
    RandomGenerator random =
        RandomGeneratorFactory.of("Xoroshiro128PlusPlus").create(seed + 1_000_003);
    Sequence start = of(model, samples, seed);
    return start.from(
        numbers(random, start.previous().length, 1), numbers(random, start.state().length, 0.9));
  }

  /** A sequence with one uniform for every draw. */
  static Sequence withUniform(Sequence sequence, float uniform) {
    float[] uniforms = new float[sequence.uniforms().length];
    Arrays.fill(uniforms, uniform);
    return sequence.withUniforms(uniforms);
  }

  private static float[] numbers(RandomGenerator random, int count, double scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) ((2 * random.nextDouble() - 1) * scale);
    }
    return values;
  }
}
