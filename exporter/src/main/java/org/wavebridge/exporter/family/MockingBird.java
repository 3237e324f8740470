package org.wavebridge.exporter.family;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;

/**
 * babysor/MockingBird: CorentinJ's files and network. Since 2023 its features have a hop of 256,
 * while the network still makes 200 samples a frame. Only the end knows the hop: it fades over 20
 * hops, and no frame is cut off. Nothing in a file tells it from CorentinJ's, so it is asked for by
 * name.
 */
final class MockingBird implements Family {
  static final String NAME = "mockingbird";
  private static final String HOP = "hop_length";
  private static final int USUAL_HOP = 256;
  private static final int LARGEST_HOP = 1 << 16;
  private static final int FADE_OUT_HOPS = 20;

  /** CorentinJ's names, but the samples that the network makes are not the hop. */
  private static final Map<String, String> NAMES = new TreeMap<>(Fatchord.NAMES);

  static {
    NAMES.put(HOP, "samples_per_frame");
  }

  private final CorentinJ corentinJ = new CorentinJ();

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<String> settings() {
    Set<String> names = new TreeSet<>(corentinJ.settings());
    names.addAll(NAMES.values());
    return names;
  }

  @Override
  public boolean ignores(String name) {
    return corentinJ.ignores(name);
  }

  @Override
  public List<String> tensors(Checkpoint checkpoint) {
    return corentinJ.tensors(checkpoint);
  }

  @Override
  public Set<String> unused(Checkpoint checkpoint) {
    return corentinJ.unused(checkpoint);
  }

  @Override
  public Optional<String> doubt(Checkpoint checkpoint) {
    return Optional.of("all tensors are there, but they are those of corentinj too");
  }

  @Override
  public VocoderModel read(TensorReader tensors, Settings settings) {
    return CorentinJ.read(
        tensors, settings, name(), NAMES, samples -> utterance(settings, samples));
  }

  /**
   * As CorentinJ's, but the waveform is cut to a hop less than the hops of its frames, which cuts
   * nothing where the hop is the larger one.
   */
  private static Utterance utterance(Settings settings, int samples) {
    int hop = settings.integer(HOP, Math.max(USUAL_HOP, samples), samples, LARGEST_HOP);
    Utterance plain = hop == samples ? Utterance.PLAIN : Utterance.WHOLE;
    return plain
        .with(Utterance.Crossfade.RELEASE)
        .joiningValues()
        .withFadeSamples(FADE_OUT_HOPS * hop);
  }
}
