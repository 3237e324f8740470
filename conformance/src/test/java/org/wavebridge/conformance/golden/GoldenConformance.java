package org.wavebridge.conformance.golden;

import java.util.ArrayList;
import java.util.List;
import org.wavebridge.conformance.cases.Cases;
import org.wavebridge.conformance.cases.ConformanceCase;
import org.wavebridge.conformance.cases.Subject;
import org.wavebridge.conformance.junit.ConformanceSuite;
import org.wavebridge.conformance.targets.BackendTarget;
import org.wavebridge.conformance.targets.ConformanceTarget;

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
    return recordings.stream().map(Recording::subject).toList();
  }

  @Override
  protected List<ConformanceCase> cases() {
    List<ConformanceCase> cases = new ArrayList<>(Cases.ALL);
    cases.add(new GoldenCase(recordings));
    return cases;
  }
}
