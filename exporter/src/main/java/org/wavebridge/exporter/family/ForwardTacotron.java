package org.wavebridge.exporter.family;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.graphs.model.VocoderModel;

/**
 * as-ideas/ForwardTacotron: fatchord's files and network, for features that are natural logarithms
 * of the mel magnitudes. Features are padded with 0, which in this scale is loud. Nothing in a file
 * tells it from fatchord's, so it is asked for by name.
 */
final class ForwardTacotron implements Family {
  static final String NAME = "forwardtacotron";

  private final Fatchord fatchord = new Fatchord();

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<String> settings() {
    return fatchord.settings();
  }

  @Override
  public Map<String, String> parts() {
    return fatchord.parts();
  }

  @Override
  public boolean ignores(String name) {
    return fatchord.ignores(name);
  }

  @Override
  public List<String> tensors(Checkpoint checkpoint) {
    return fatchord.tensors(checkpoint);
  }

  @Override
  public Set<String> unused(Checkpoint checkpoint) {
    return fatchord.unused(checkpoint);
  }

  @Override
  public Optional<String> doubt(Checkpoint checkpoint) {
    return Optional.of("all tensors are there, but they are those of fatchord too");
  }

  @Override
  public VocoderModel read(TensorReader tensors, Settings settings) {
    return Fatchord.read(tensors, settings, name(), MelSettings.Usual.FORWARD_TACOTRON);
  }
}
