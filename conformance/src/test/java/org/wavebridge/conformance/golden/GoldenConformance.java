package org.wavebridge.conformance.golden;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.wavebridge.conformance.cases.Cases;
import org.wavebridge.conformance.cases.ConformanceCase;
import org.wavebridge.conformance.cases.Subject;
import org.wavebridge.conformance.junit.ConformanceSuite;
import org.wavebridge.conformance.reference.Golden;
import org.wavebridge.conformance.targets.BackendTarget;
import org.wavebridge.conformance.targets.ConformanceTarget;
import org.wavebridge.exporter.Exporter;

/** Every case, and the recorded ones, on the golden checkpoints. */
abstract class GoldenConformance extends ConformanceSuite {
  private final List<Recording> recordings = Recording.all();
  private final String backend;

  GoldenConformance(String backend) {
    this.backend = backend;
  }

  @Override
  protected ConformanceTarget target() {
    return new BackendTarget(backend, 2);
  }

  @Override
  protected List<Subject> subjects() {
    Stream<Subject> recorded = recordings.stream().map(Recording::subject);
    return (quick() ? recorded : Stream.concat(recorded, Stream.of(lyra()))).toList();
  }

  /** Large: its conditioner takes the reference long. */
  private static Subject lyra() {
    Path folder = Golden.path("lyra/wavegru");
    return Subject.of("lyra", Exporter.read(folder, "auto", Optional.empty()).model());
  }

  @Override
  protected List<ConformanceCase> cases() {
    List<ConformanceCase> cases = new ArrayList<>(Cases.ALL);
    cases.add(new GoldenCase(recordings));
    return cases;
  }
}
