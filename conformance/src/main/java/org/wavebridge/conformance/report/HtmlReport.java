package org.wavebridge.conformance.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.wavebridge.conformance.measure.Check;
import org.wavebridge.conformance.suite.CaseResult;
import org.wavebridge.conformance.suite.CaseResult.Status;
import org.wavebridge.conformance.suite.TargetResult;

/** A run as one page, with its plots inside: summary, every case side by side, error curves. */
final class HtmlReport {
  private static final List<String> ABOUT_STEPS = List.of("score/growth/", "long/", "golden/");

  private HtmlReport() {}

  static String of(String bundle, String producer, List<TargetResult> results) {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("producer", producer);
    page.put("targets", results.stream().map(HtmlReport::summary).toList());
    List<Map<String, Object>> cases = new ArrayList<>();
    for (String name : names(results)) {
      cases.add(test(name, results));
    }
    page.put("cases", cases);
    page.put("sidebyside", results.size() > 1);
    page.put("growth", growth(cases));
    return Page.of("report", "Conformance of " + bundle, page);
  }

  /** The plots of the cases that are about errors over many steps. */
  private static List<Object> growth(List<Map<String, Object>> cases) {
    List<Object> plots = new ArrayList<>();
    for (Map<String, Object> test : cases) {
      String name = String.valueOf(test.get("name"));
      if (ABOUT_STEPS.stream().anyMatch(name::startsWith)
          && test.get("plots") instanceof List<?> own) {
        own.forEach(plot -> plots.add(Map.of("case", name, "plot", plot)));
      }
    }
    return plots;
  }

  private static Map<String, Object> summary(TargetResult result) {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("target", result.target());
    summary.put("verdict", result.passed() ? "passed" : "failed");
    summary.put("passed", result.count(Status.PASSED));
    summary.put("failed", result.count(Status.FAILED));
    summary.put("skipped", result.count(Status.SKIPPED));
    summary.put("seconds", String.format(Locale.ROOT, "%.1f", result.seconds()));
    return summary;
  }

  private static List<String> names(List<TargetResult> results) {
    return results.stream()
        .flatMap(result -> result.cases().stream())
        .map(CaseResult::name)
        .distinct()
        .toList();
  }

  private static Map<String, Object> test(String name, List<TargetResult> results) {
    List<Optional<CaseResult>> each = results.stream().map(result -> result.find(name)).toList();
    Map<String, Object> test = new LinkedHashMap<>();
    test.put("name", name);
    test.put(
        "catches", each.stream().flatMap(Optional::stream).findFirst().orElseThrow().catches());
    test.put("cells", each.stream().map(HtmlReport::cell).toList());
    test.put("open", each.stream().flatMap(Optional::stream).anyMatch(CaseResult::failed));
    test.put("columns", results.stream().map(TargetResult::target).toList());
    test.put("checks", checks(each));
    test.put("notes", notes(each, results));
    test.put("plots", plots(each, results));
    return test;
  }

  private static Map<String, Object> cell(Optional<CaseResult> result) {
    Map<String, Object> cell = new LinkedHashMap<>();
    String status = result.map(found -> found.status().label()).orElse("absent");
    cell.put("status", status);
    String detail =
        result
            .map(
                found ->
                    found.status() == Status.PASSED
                        ? found.tightest().map(HtmlReport::tightest).orElse("")
                        : found.failed() ? found.failure() : found.message())
            .orElse("");
    cell.put("detail", detail);
    return cell;
  }

  private static String tightest(Check check) {
    return check.name() + ": " + number(check.value()) + " of " + number(check.allowed());
  }

  /** One row a check, one value a target. */
  private static List<Map<String, Object>> checks(List<Optional<CaseResult>> results) {
    Map<String, List<Optional<Check>>> rows = new LinkedHashMap<>();
    for (int i = 0; i < results.size(); i++) {
      Map<String, Integer> seen = new LinkedHashMap<>();
      for (Check check : results.get(i).map(CaseResult::checks).orElse(List.of())) {
        String key = check.name() + "\n" + check.measure().replaceAll("[;:].*|of \\d+ other.*", "");
        int count = seen.merge(key, 1, Integer::sum);
        List<Optional<Check>> row =
            rows.computeIfAbsent(key + "\n" + count, ignored -> new ArrayList<>());
        while (row.size() < i) {
          row.add(Optional.empty());
        }
        row.add(Optional.of(check));
      }
    }
    List<Map<String, Object>> table = new ArrayList<>();
    rows.forEach(
        (key, row) -> {
          Map<String, Object> entry = new LinkedHashMap<>();
          entry.put("check", key.substring(0, key.indexOf('\n')));
          List<Map<String, Object>> values = new ArrayList<>();
          for (int i = 0; i < results.size(); i++) {
            values.add(value(i < row.size() ? row.get(i) : Optional.empty()));
          }
          entry.put("values", values);
          table.add(entry);
        });
    return table;
  }

  private static Map<String, Object> value(Optional<Check> check) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("status", check.map(found -> found.passed() ? "passed" : "failed").orElse("absent"));
    value.put("measure", check.map(Check::measure).orElse(""));
    value.put("value", check.map(found -> number(found.value())).orElse(""));
    value.put("allowed", check.map(found -> number(found.allowed())).orElse(""));
    return value;
  }

  private static List<String> notes(List<Optional<CaseResult>> each, List<TargetResult> results) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < each.size(); i++) {
      String target = results.get(i).target();
      each.get(i)
          .map(CaseResult::notes)
          .orElse(Map.of())
          .forEach((name, value) -> lines.add(target + ": " + name + ": " + value));
    }
    return lines;
  }

  private static List<Map<String, Object>> plots(
      List<Optional<CaseResult>> each, List<TargetResult> results) {
    TreeSet<String> names = new TreeSet<>();
    each.forEach(result -> result.ifPresent(found -> names.addAll(found.curves().keySet())));
    List<Map<String, Object>> plots = new ArrayList<>();
    for (String name : names) {
      List<Plot.Curve> curves = new ArrayList<>();
      for (int i = 0; i < each.size(); i++) {
        double[] values = each.get(i).map(found -> found.curves().get(name)).orElse(null);
        if (values != null) {
          curves.add(new Plot.Curve(results.get(i).target(), values));
        }
      }
      plots.add(Map.of("title", name, "chart", Plot.errors(name, curves)));
    }
    return plots;
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e6
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.2e", value);
  }
}
