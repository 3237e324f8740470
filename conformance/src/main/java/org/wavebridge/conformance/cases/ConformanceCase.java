package org.wavebridge.conformance.cases;

import java.util.List;

/** One thing that can be wrong in a target, and how to find out. */
public interface ConformanceCase {
  /** The name in reports: {@code group/what}, such as {@code generate/chunks}. */
  String name();

  /** The fault that the case catches, as part of a sentence for the report. */
  String catches();

  /**
   * The models that the case runs on.
   *
   * @param given the bundle under test, if there is one, and a network of each kind
   */
  default List<Subject> subjects(List<Subject> given) {
    return given;
  }

  /** The order of samples that a model must have for the case. */
  default SampleOrder sampleOrder() {
    return SampleOrder.SEQUENTIAL;
  }

  /** Whether the case exists for a subject in a precision that the subject has. */
  default boolean appliesTo(Subject subject, String precision) {
    return true;
  }

  /** Whether the case belongs to the quick set. */
  default boolean quick() {
    return true;
  }

  /**
   * Runs the case; what it finds goes into the trial.
   *
   * @throws RuntimeException if the target fails
   */
  void run(Trial trial);
}
