package org.wavebridge.conformance.cases;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wavebridge.conformance.measure.Check;
import org.wavebridge.conformance.measure.NumericProfile;
import org.wavebridge.conformance.measure.Quantity;
import org.wavebridge.conformance.measure.Tolerances;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.runtime.spi.GraphSession;

/** One case on one subject in one precision on one target, and what it found. */
public final class Trial {
  private final ConformanceCase test;
  private final Subject subject;
  private final String precision;
  private final OpenGraphs graphs;
  private final boolean quick;
  private final List<Check> checks = new ArrayList<>();
  private final Map<String, String> notes = new LinkedHashMap<>();
  private final Map<String, double[]> curves = new LinkedHashMap<>();

  /**
   * A trial that has not run.
   *
   * @param graphs of the target
   * @param quick whether short sequences will do
   */
  public Trial(
      ConformanceCase test, Subject subject, String precision, OpenGraphs graphs, boolean quick) {
    this.test = test;
    this.subject = subject;
    this.precision = precision;
    this.graphs = graphs;
    this.quick = quick;
  }

  /** The name by which the trial can be run alone: case, subject and precision. */
  public static String name(ConformanceCase test, Subject subject, String precision) {
    return test.name() + "/" + subject.name() + "/" + precision;
  }

  /** Runs the case. */
  public void run() {
    test.run(this);
  }

  /** The model that the case runs on. */
  public Subject subject() {
    return subject;
  }

  /** The subject's model in the trial's precision. */
  public VocoderModel model() {
    return subject.model(precision);
  }

  /** {@code f32} or {@code int8}. */
  public String precision() {
    return precision;
  }

  /** The profile that the target promises in this precision. */
  public NumericProfile profile() {
    return graphs.target().profile(precision);
  }

  /** Whether this is the quick set. */
  public boolean quick() {
    return quick;
  }

  /** The first in the quick set, else the second. */
  public int size(int inQuick, int inFull) {
    return quick ? inQuick : inFull;
  }

  /** A graph of the subject on the target. */
  public GraphSession graph(GraphKind kind) {
    return graphs.open(subject.graph(kind, precision));
  }

  /** The target's graphs, for a case that brings its own. */
  public OpenGraphs graphs() {
    return graphs;
  }

  /** Records a value against the tolerance of its quantity. */
  public void check(String name, Quantity quantity, double value) {
    check(name, quantity, value, quantity.label());
  }

  /** Checks a quantity, with other words for the measurement. */
  public void check(String name, Quantity quantity, double value, String measure) {
    check(name, quantity, value, measure, profile());
  }

  /** Checks a quantity by another profile's tolerance, where a graph promises less. */
  public void check(
      String name, Quantity quantity, double value, String measure, NumericProfile promised) {
    checks.add(new Check(name, measure, value, Tolerances.of(quantity, promised)));
  }

  /** Checks a quantity by a larger bound than the table's, where there is a reason for one. */
  void check(String name, Quantity quantity, double value, String measure, double larger) {
    double allowed = Math.max(larger, Tolerances.of(quantity, profile()));
    checks.add(new Check(name, measure, value, allowed));
  }

  /** Records a condition. */
  public void require(String name, String violation, boolean holds) {
    checks.add(new Check(name, violation, holds ? 0 : 1, 0));
  }

  /** Records something to be read, such as a hash. */
  public void note(String name, String value) {
    notes.put(name, value);
  }

  /** Records a curve over steps, to be plotted. */
  public void curve(String name, double[] values) {
    curves.put(name, values);
  }

  /** The checks made, in order. */
  public List<Check> checks() {
    return List.copyOf(checks);
  }

  /** The notes taken, in order. */
  public Map<String, String> notes() {
    return notes;
  }

  /** The curves, in order. */
  public Map<String, double[]> curves() {
    return curves;
  }
}
