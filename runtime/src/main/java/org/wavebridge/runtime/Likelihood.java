package org.wavebridge.runtime;

import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.network.lpcnet.LpcNetNetwork;

/** Negative log-likelihood, in bits, of given samples under the logits that predict them. */
final class Likelihood {
  private static final int HALF_RANGE = 32768;

  private final BundleManifest.Network network;
  private final Head head;

  Likelihood(BundleManifest manifest) {
    this.network = manifest.network();
    this.head =
        switch (network.head()) {
          case DUAL_SOFTMAX -> new Head.Categorical(network.outputs());
          case BAND_MIXTURES -> bands(manifest.bands().orElseThrow());
          case BINARY_TREE -> new Head.Categorical(network.outputs());
          default ->
              Head.of(
                  network.head(),
                  network.outputs(),
                  manifest.audio().encoding() == SampleEncoding.MU_LAW_AMPLITUDES);
        };
  }

  private Head bands(BundleManifest.BandPart bands) {
    // The margin is of draws.
    float margin = 0.25f;
    return new Head.BandMixtures(
        bands.count(), network.outputs() / 3, bands.levelsPerUnit(), margin);
  }

  /** Logits per sample: both softmaxes of a dual one. */
  int logitsPerSample() {
    return network.head().vectors() * network.outputs();
  }

  /** The shape of the logits of one row's samples. */
  long[] logitsShape(int samples) {
    int vectors = network.head().vectors();
    return vectors == 1
        ? new long[] {1, samples, network.outputs()}
        : new long[] {1, samples, vectors, network.outputs()};
  }

  /** Whether what is drawn is the class of an excitation, and not a sample. */
  boolean ofExcitations() {
    return network.kind().equals(LpcNetNetwork.KIND);
  }

  /**
   * The bits of one sample.
   *
   * @param logits of many samples
   * @param offset where this sample's begin
   * @param value the given sample, as the network emits it; or the class of its excitation
   */
  double bits(float[] logits, int offset, float value) {
    double nats =
        switch (network.head()) {
          case DUAL_SOFTMAX -> dualSoftmax((Head.Categorical) head, logits, offset, value);
          case BINARY_TREE -> tree(logits, offset, (int) value);
          default ->
              ofExcitations()
                  ? ((Head.Categorical) head).natsOfClass(logits, offset, (int) value)
                  : head.nats(logits, offset, value);
        };
    return nats / StrictMath.log(2);
  }

  /** The decisions that lead to a class: a one at a node has the probability sigmoid(logit). */
  private double tree(float[] logits, int offset, int drawn) {
    double nats = 0;
    int node = 1;
    for (int place = network.outputs() / 2; place > 0; place /= 2) {
      boolean one = (drawn & place) != 0;
      double logit = logits[offset + node];
      nats += StrictMath.log1p(StrictMath.exp(one ? -logit : logit));
      node = 2 * node + (one ? 1 : 0);
    }
    return nats;
  }

  private static double dualSoftmax(
      Head.Categorical head, float[] logits, int offset, float value) {
    int sample = (int) Math.rint((value + 1.0) * HALF_RANGE);
    int clamped = Math.max(0, Math.min(2 * HALF_RANGE - 1, sample));
    int classes = head.classes();
    return head.natsOfClass(logits, offset, clamped / classes)
        + head.natsOfClass(logits, offset + classes, clamped % classes);
  }
}
