package org.wavebridge.conformance.parity;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wavebridge.conformance.cases.Cases;
import org.wavebridge.conformance.cases.ConformanceCase;
import org.wavebridge.conformance.cases.Subject;
import org.wavebridge.conformance.golden.GoldenFamily;
import org.wavebridge.conformance.junit.ConformanceSuite;
import org.wavebridge.conformance.targets.BackendTarget;
import org.wavebridge.conformance.targets.ConformanceTarget;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.graphs.files.LyraFolder;

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
    List<Subject> subjects = new ArrayList<>(recordings.stream().map(Recording::subject).toList());
    subjects.add(Subject.of("geneing-random", GoldenFamily.GENEING.random().model()));
    if (!quick()) {
      subjects.add(lyra());
    }
    return subjects;
  }

  /** Large: its conditioner takes the reference long. */
  private static Subject lyra() {
    return Subject.of(
        "lyra-random", Exporter.read(LyraFolder.path(), "auto", Optional.empty()).model());
  }

  @Override
  protected List<ConformanceCase> cases() {
    List<ConformanceCase> cases = new ArrayList<>(Cases.ALL);
    cases.add(new GoldenCase(recordings));
    return cases;
  }
}
