package org.wavebridge.runtime.service;

import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;

/**
 * An opened vocoder and how its calls are made. How fast that is on this machine is measured once
 * for a network, and kept.
 */
record CallChoice(Vocoder vocoder, CallCosts costs) {
  private static final Logger LOG = LoggerFactory.getLogger(CallChoice.class);

  /** Opens a bundle with the fastest threads; see {@link VocoderService#open}. */
  static CallChoice open(Path bundle, VocoderOptions opening, ServiceOptions options) {
    Vocoder vocoder = Vocoder.open(bundle, opening);
    try {
      int processors = Calibrations.processors();
      boolean given = opening.threads() > 1 || options.workers().isPresent();
      if (given || processors == 1 || !isOnProcessors(vocoder)) {
        return new CallChoice(vocoder, costs(vocoder, options));
      }
      String key = Calibrations.key(vocoder, "any threads, " + options.firstSample());
      Calibrations kept = new Calibrations(options);
      Optional<CallCosts> known = kept.read(key);
      if (known.isEmpty()) {
        CallChoice fastest = fastest(vocoder, bundle, options);
        kept.keep(key, fastest.costs);
        return fastest;
      }
      LOG.info("{} are known from an earlier run", known.get());
      if (known.get().threads() == 1) {
        return new CallChoice(vocoder, known.get());
      }
      vocoder.close();
      return new CallChoice(
          Vocoder.open(bundle, opening.withThreads(known.get().threads())), known.get());
    } catch (RuntimeException | Error e) {
      vocoder.close();
      throw e;
    }
  }

  /** Calls of one thread each, or one call of all threads. */
  private static CallChoice fastest(Vocoder single, Path bundle, ServiceOptions options) {
    int processors = Calibrations.processors();
    CallChoice alone = new CallChoice(single, measure(single, options, processors));
    Vocoder shared = Vocoder.open(bundle, single.options().withThreads(processors));
    try {
      CallChoice together = new CallChoice(shared, measure(shared, options, 1));
      boolean faster = together.speed() > alone.speed();
      (faster ? single : shared).close();
      return faster ? together : alone;
    } catch (RuntimeException | Error e) {
      shared.close();
      throw e;
    }
  }

  private double speed() {
    return costs.framesPerSecond(costs.workers() * costs.rows());
  }

  /** What calls of an open vocoder take. */
  static CallCosts costs(Vocoder vocoder, ServiceOptions options) {
    int threads = vocoder.options().threads();
    int most = isOnProcessors(vocoder) ? Math.max(1, Calibrations.processors() / threads) : 1;
    int workers = options.workers().orElse(most);
    String work = "%d calls, %d threads, %s".formatted(workers, threads, options.firstSample());
    String key = Calibrations.key(vocoder, work);
    Calibrations kept = new Calibrations(options);
    Optional<CallCosts> known = kept.read(key);
    if (known.isPresent()) {
      LOG.info("{} are known from an earlier run", known.get());
      return known.get();
    }
    CallCosts costs = measure(vocoder, options, workers);
    kept.keep(key, costs);
    return costs;
  }

  private static CallCosts measure(Vocoder vocoder, ServiceOptions options, int workers) {
    double longest = options.firstSample().toNanos() * 1e-9 / 4;
    return new Calibration(new VocoderEngine(vocoder), workers, longest)
        .measure(vocoder.options().threads());
  }

  /** Whether calls take the processors that their threads run on, and nothing else. */
  private static boolean isOnProcessors(Vocoder vocoder) {
    return vocoder.backend().equals("cpu") || vocoder.backend().equals("stock");
  }
}
