package org.wavebridge.conformance.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wavebridge.conformance.measure.Check;
import org.wavebridge.conformance.suite.CaseResult;
import org.wavebridge.conformance.suite.TargetResult;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** A run as one JSON object. Numbers that are not finite are texts. */
final class JsonReport {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private JsonReport() {}

  static String of(String bundle, String producer, List<TargetResult> results) {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("format", 1);
    report.put("producer", producer);
    report.put("bundle", bundle);
    report.put("passed", results.stream().allMatch(TargetResult::passed));
    report.put("targets", results.stream().map(JsonReport::target).toList());
    return JSON.writeValueAsString(report) + "\n";
  }

  private static Map<String, Object> target(TargetResult result) {
    Map<String, Object> target = new LinkedHashMap<>();
    target.put("target", result.target());
    for (CaseResult.Status status : CaseResult.Status.values()) {
      target.put(status.label(), result.count(status));
    }
    target.put("seconds", result.seconds());
    target.put("cases", result.cases().stream().map(JsonReport::test).toList());
    return target;
  }

  private static Map<String, Object> test(CaseResult result) {
    Map<String, Object> test = new LinkedHashMap<>();
    test.put("case", result.name());
    test.put("catches", result.catches());
    test.put("profile", result.profile());
    test.put("status", result.status().label());
    test.put("message", result.failed() ? result.failure() : result.message());
    test.put("seconds", result.seconds());
    List<Map<String, Object>> checks = new ArrayList<>();
    for (Check check : result.checks()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", check.name());
      one.put("measure", check.measure());
      one.put("value", number(check.value()));
      one.put("allowed", number(check.allowed()));
      one.put("passed", check.passed());
      checks.add(one);
    }
    test.put("checks", checks);
    test.put("notes", result.notes());
    Map<String, List<Object>> curves = new LinkedHashMap<>();
    result
        .curves()
        .forEach(
            (name, values) -> {
              List<Object> numbers = new ArrayList<>();
              for (double value : values) {
                numbers.add(number(value));
              }
              curves.put(name, numbers);
            });
    test.put("curves", curves);
    return test;
  }

  private static Object number(double value) {
    return Double.isFinite(value) ? value : Double.toString(value);
  }
}
